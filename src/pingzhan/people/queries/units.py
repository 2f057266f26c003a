"""Reads of units."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import roots
from pingzhan.core.errors import NotFound
from pingzhan.people.models import Unit


def unit(code: str) -> Unit:
    """The unit with this code, still existing; raises NotFound."""
    found = Unit.objects.filter(code=code, until__isnull=True).first()
    if found is None:
        raise NotFound
    return found


def units_for_dispatch(by: Actor, path: str) -> QuerySet[Unit]:
    """The units to which a matter at `path` may be given: those on its way up, from near to far."""
    above = [path[: index + 1] for index, letter in enumerate(path) if letter == "/"]
    return Unit.objects.filter(path__in=above, until__isnull=True).order_by("-path", "kind", "name", "id")


def units_in_scope(by: Actor) -> QuerySet[Unit]:
    """Units that may handle matters of the actor's area: its own, those below and those on the way up."""
    reach = Q(pk__in=[])
    for root in roots(by, Permission.MATTER_VIEW):
        above = [root[: index + 1] for index, letter in enumerate(root) if letter == "/"]
        reach |= Q(path__startswith=root) | Q(path__in=above)
    return Unit.objects.filter(reach, until__isnull=True).order_by("path", "name", "id")


def names_of(ids: Iterable[UUID]) -> dict[UUID, str]:
    return dict(Unit.objects.filter(pk__in=list(ids)).order_by("pk").values_list("pk", "name"))


def current_units() -> QuerySet[Unit]:
    """All units that exist, by code."""
    return Unit.objects.filter(until__isnull=True).order_by("code")
