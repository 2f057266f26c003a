"""Reads of who of a unit's people has which matter."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.core.paging import Page, page
from pingzhan.matters.choices_taking import TAKEN_IN, Load, TakingEnd
from pingzhan.matters.models import Matter, Taking, TeamRule
from pingzhan.matters.queries.areas import matters_in_scope
from pingzhan.matters.queries.reference import UnitRef, reference
from pingzhan.people.queries import Colleague, colleagues_of

NO_SHOWS_WITHIN = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Taker:
    """Who has a matter now."""

    name: str
    mine: bool
    since: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Member:
    """One of a unit's people: what they have, have finished and have not turned up for in the last 90 days."""

    who: Colleague
    open: int
    done: int
    no_shows: int


def holds_for(actor: Actor, matter: Matter) -> bool:
    """Whether `actor` handles matters on behalf of the unit in charge, there."""
    return any(
        held.unit_id is not None and held.unit_id == matter.handler_id and matter.path.startswith(held.path)
        for held in actor.holding(Permission.MATTER_HANDLE)
    )


def may_assign(actor: Actor, matter: Matter) -> bool:
    """Whether `actor` shares out the matters of the unit in charge."""
    return any(
        held.unit_id is not None and held.unit_id == matter.handler_id and matter.path.startswith(held.path)
        for held in actor.holding(Permission.MATTER_ASSIGN)
    )


def cap_of(unit_id: UUID) -> int | None:
    """How many open matters one person of the unit may have; None: no limit."""
    return TeamRule.objects.filter(unit_id=unit_id).values_list("cap", flat=True).first()


def loads_of(unit_id: UUID, people: Iterable[UUID]) -> list[Load]:
    """What each of `people` has open and when they last took something; one statement."""
    rows = Taking.objects.filter(unit_id=unit_id).order_by("person_id").values_list("person_id")
    found = {
        person: Load(person, count, last)
        for person, count, last in rows.annotate(open=Count("pk", filter=Q(until__isnull=True)), last=Max("since"))
    }
    return [found.get(person, Load(person, 0, None)) for person in people]


def takers_of(matters: Collection[UUID], actor: Actor) -> dict[UUID, Taker]:
    """Who has each of these matters; one statement for a page of them."""
    rows = Taking.objects.filter(matter_id__in=matters, until__isnull=True).order_by("matter_id")
    values = rows.values_list("matter_id", "person__name", "person__user_id", "since", "due_at")
    return {
        matter: Taker(name, user is not None and user == actor.user_id, since, due)
        for matter, name, user, since, due in values
    }


def history_of(matter: Matter) -> list[Taking]:
    """All who had the matter, the latest first; one statement."""
    return list(Taking.objects.filter(matter=matter).select_related("person").order_by("-since", "-id"))


def taken_by_me(actor: Actor) -> Q:
    """Matters that the actor has taken; a handful, so they are named."""
    if actor.user_id is None:
        return Q(pk__in=[])
    rows = Taking.objects.filter(person__user_id=actor.user_id, until__isnull=True)
    return Q(pk__in=rows.values("matter_id"))


def waiting_for_somebody(units: Collection[UUID]) -> Q:
    """Matters in the hands of `units` that none of their people has taken."""
    held = Taking.objects.filter(matter_id=OuterRef("pk"), until__isnull=True)
    return Q(~Exists(held), handler_id__in=list(units), status__in=TAKEN_IN, is_open=True)


def own_teams(actor: Actor) -> list[UnitRef]:
    """The units on whose behalf the actor handles matters, by name."""
    known = reference().units
    ids = {held.unit_id for held in actor.holding(Permission.MATTER_HANDLE) if held.unit_id in known}
    return sorted((known[pk] for pk in ids if pk is not None), key=lambda unit: (unit.path, unit.name, unit.code))


def members_of(unit: UnitRef, *, at: datetime) -> list[Member]:
    """The unit's people with what they have; three statements."""
    people = colleagues_of([unit.id])
    since = at - NO_SHOWS_WITHIN
    rows = Taking.objects.filter(unit_id=unit.id).order_by("person_id").values_list("person_id")
    counts = {
        person: (open_, done, missed)
        for person, open_, done, missed in rows.annotate(
            open_=Count("pk", filter=Q(until__isnull=True)),
            done=Count("pk", filter=Q(ending=TakingEnd.DONE, until__gte=since)),
            missed=Count("pk", filter=Q(no_show_at__gte=since)),
        )
    }
    return [Member(one, *counts.get(one.person_id, (0, 0, 0))) for one in people]


def team_matters(
    actor: Actor, unit: UnitRef, *, after: str | None = None, limit: int = 20, free: bool = False
) -> Page[Matter]:
    """What the unit has in hand within the actor's scope, the most pressing first; `free`: what nobody has taken."""
    rows = Matter.objects.filter(matters_in_scope(actor, Permission.MATTER_HANDLE), handler_id=unit.id)
    rows = rows.filter(is_open=True, status__in=TAKEN_IN, next_due_at__isnull=False)
    if free:
        rows = rows.filter(waiting_for_somebody([unit.id]))
    return page(rows, order=("next_due_at", "id"), after=after, limit=limit)
