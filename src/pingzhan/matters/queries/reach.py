"""How far a whistle widens what a unit sees: the one matter, for as long as the whistle runs.

A unit's staff see what their unit handles (`by_unit`). Those summoned to the spot, and the superior who was told that
they are late, also see that matter. Lists and counts of matters stay as they were: what one was summoned to stands in
the list of whistles, so that the lists need no other index.
"""

from django.db.models import Q

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import can
from pingzhan.core.db import under
from pingzhan.matters.models import Lateness, Matter, Summons, Whistle
from pingzhan.matters.whistle_workflow import SummonsState


def summoned_to(actor: Actor) -> Q:
    """The filter on matters that `actor` sees by a running whistle only; matches nothing for most, unasked."""
    running = _running_for(actor)
    if running is None:
        return Q(pk__in=[])
    return Q(pk__in=Whistle.objects.filter(running, ended_at__isnull=True).values("matter_id"))


def whistles_summoning(actor: Actor) -> Q:
    """The same on whistles: those that run and that called one of the actor's units."""
    running = _running_for(actor)
    return Q(pk__in=[]) if running is None else running & Q(ended_at__isnull=True)


def sees_as_staff(actor: Actor, matter: Matter) -> bool:
    """Whether `actor` sees what is said among staff; one statement where only a whistle could open it."""
    if can(actor, Permission.MATTER_VIEW, matter.path, unit_id=matter.handler_id):
        return True
    running = _running_for(actor)
    return running is not None and Whistle.objects.filter(running, ended_at__isnull=True, matter=matter).exists()


def _running_for(actor: Actor) -> Q | None:
    reach, by_unit = Q(pk__in=[]), False
    for held in actor.holding(Permission.MATTER_VIEW):
        if not held.definition.by_unit or held.unit_id is None:
            continue
        by_unit = True
        called = Summons.objects.filter(unit_id=held.unit_id).exclude(state=SummonsState.RELEASED).values("whistle_id")
        told = Lateness.objects.filter(told_id=held.unit_id).values("summons__whistle_id")
        reach |= under("matter__path", held.path) & (Q(pk__in=called) | Q(pk__in=told))
    return reach if by_unit else None
