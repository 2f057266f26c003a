"""Reads of the lists: what is in force at a place, and whether something may be passed down to a community."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import roots
from pingzhan.core.db import under
from pingzhan.core.errors import NotFound
from pingzhan.core.paths import paths_above
from pingzhan.people.choices import ListKind
from pingzhan.people.models import ListItem, ListVersion
from pingzhan.places.choices import Level

_ABOVE = {Level.PROVINCE, Level.CITY, Level.DISTRICT, Level.STREET}
_BELOW = {Level.COMMUNITY, Level.GRID, Level.BUILDING, Level.HOUSEHOLD}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether something may be passed down, and by which list; without a list everything may."""

    allowed: bool
    version: ListVersion | None = None


def list_in_force(kind: str, path: str) -> ListVersion | None:
    """The list of this kind that holds at `path`: the one of the nearest place on the way up; one statement."""
    above = paths_above(path)
    rows = ListVersion.objects.filter(path__in=above, kind=kind, until__isnull=True)
    return rows.select_related("place").order_by("-path").first()


def may_pass_down(*, category: str, group: str, path: str, from_level: str, to_level: str) -> Verdict:
    """Whether a matter of `category` (of `group`) at `path` may go from one level to another; two statements at most.

    The list restricts only what comes from a street or above down to a community; everything else goes as ever.
    """
    if from_level not in _ABOVE or to_level not in _BELOW:
        return Verdict(True)
    version = list_in_force(ListKind.PASS_DOWN, path)
    if version is None:
        return Verdict(True)
    return Verdict(version.items.filter(code__in=[category, group]).exists(), version)


def lists_for(actor: Actor) -> QuerySet[ListVersion]:
    """The lists in force in the actor's area and on the way up from it."""
    reach = Q(pk__in=[])
    for root in sorted({*roots(actor, Permission.MEMBER_VIEW), *roots(actor, Permission.LIST_KEEP)}):
        above = paths_above(root)
        reach |= under("path", root) | Q(path__in=above)
    return ListVersion.objects.filter(reach).select_related("place")


def list_for(actor: Actor, version_id: UUID) -> ListVersion:
    """A version that the actor may read; raises NotFound otherwise."""
    found = lists_for(actor).filter(pk=version_id).first()
    if found is None:
        raise NotFound
    return found


def items_of(version: ListVersion) -> list[ListItem]:
    return list(version.items.order_by("position"))


def versions_of(version: ListVersion) -> list[ListVersion]:
    """All versions of the same list, newest first."""
    return list(ListVersion.objects.filter(place=version.place, kind=version.kind).order_by("-number"))
