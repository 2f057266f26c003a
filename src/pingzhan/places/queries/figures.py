"""Figures and names that pages of places show beside the places themselves; a fixed number of statements a page."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Avg, Count, F, Q, QuerySet
from django.db.models.functions import Substr
from django.utils.translation import gettext as _

from pingzhan.core.db import under
from pingzhan.core.errors import NotFound
from pingzhan.core.paths import codes_of
from pingzhan.places.choices import Level, ProposalState
from pingzhan.places.models import Alias, Estate, FormerName, GridProposal, Place
from pingzhan.places.queries.grids import sizes_for
from pingzhan.places.queries.tree import scope
from pingzhan.places.rules.codes import shared_superior
from pingzhan.places.rules.sizes import Fit, fit_of

_COUNTED = (Level.STREET, Level.COMMUNITY, Level.GRID, Level.BUILDING)


def figures(place: Place) -> list[dict[str, Any]]:
    """How much lies in a place: households, then the levels below it; one statement."""
    counts = dict(
        Place.objects.filter(under("path", place.path), level__in=_COUNTED, until__isnull=True)
        .exclude(pk=place.pk)
        .order_by("level")
        .values_list("level")
        .annotate(count=Count("id"))
    )
    shown = [{"label": _("户数"), "count": place.households}]
    shown += [{"label": level.label, "count": counts[level]} for level in _COUNTED if counts.get(level)]
    return shown


def counts_below(places: Sequence[Place]) -> dict[UUID, dict[str, int]]:
    """How many grids and buildings lie in each of some places of a list; one statement a length of path."""
    found: dict[UUID, dict[str, int]] = {}
    by_path = {place.path: place.pk for place in places}
    for length in sorted({len(path) for path in by_path}):
        same = [path for path in by_path if len(path) == length]
        rows = (
            Place.objects.filter(
                under("path", shared_superior(same)), level__in=(Level.GRID, Level.BUILDING), until__isnull=True
            )
            .annotate(top=Substr("path", 1, length))
            .filter(top__in=same)
            .exclude(path=F("top"))
            .order_by("top", "level")
            .values_list("top", "level")
            .annotate(count=Count("id"))
        )
        for top, level, count in rows:
            found.setdefault(by_path[top], {})[level] = count
    return found


def superior_names(places: Sequence[Place]) -> dict[str, str]:
    """What the superiors of some places are called, in one line each by the path; one statement."""
    names = names_of_codes({code for place in places for code in codes_of(place.path)})
    return {
        place.path: " · ".join(names[code] for code in codes_of(place.path)[:-1] if code in names) for place in places
    }


def names_of_codes(codes: Collection[str]) -> dict[str, str]:
    """The names of places by their codes, also of those that have ended; one statement."""
    if not codes:
        return {}
    return dict(Place.objects.filter(code__in=list(codes)).order_by("code").values_list("code", "name"))


def estates_in(community: Place) -> "QuerySet[Estate]":
    """The estates of a community by name, with `count`, how many buildings each has; one statement."""
    standing = Count("buildings", filter=Q(buildings__until__isnull=True))
    return Estate.objects.filter(community=community, until__isnull=True).annotate(count=standing).order_by("name")


class EstateSpot(NamedTuple):
    """An estate with the path of its community and the middle of its buildings (WGS-84, degrees), where known."""

    code: str
    name: str
    path: str
    lon: float | None
    lat: float | None


def estates_under(within: Sequence[str]) -> list[EstateSpot]:
    """The estates at or below these paths, by path and code; one statement."""
    standing = Q(buildings__until__isnull=True)
    rows = Estate.objects.filter(scope(within), until__isnull=True).annotate(
        lon=Avg("buildings__lon", filter=standing), lat=Avg("buildings__lat", filter=standing)
    )
    return [EstateSpot(one.code, one.name, one.path, one.lon, one.lat) for one in rows.order_by("path", "code")]


def get_estate(code: str, *, within: Sequence[str]) -> Estate:
    """The estate with this code, with its community; raises NotFound when there is none, or it lies outside."""
    rows = Estate.objects.filter(scope(within), until__isnull=True).select_related("community")
    found = rows.filter(code=code.replace("\x00", "")).first()
    if found is None:
        raise NotFound(_("没有找到这个小区"))
    return found


def aliases_of(estate: Estate) -> list[str]:
    """The other names of an estate, in the order in which they came."""
    return list(Alias.objects.filter(estate=estate).order_by("pk").values_list("name", flat=True))


def estate_of(building: Place) -> Estate | None:
    """The estate that a building belongs to."""
    return Estate.objects.filter(pk=building.estate_id).first() if building.estate_id else None


def former_names(place: Place) -> list[str]:
    """What a place was called before, latest first."""
    return list(FormerName.objects.filter(place=place).order_by("-until", "-id").values_list("name", flat=True))


def communities_that_misfit(root: str, *, settled_since: datetime | None = None) -> list[Place]:
    """The communities under a path with a grid that is too large, too small or empty; two statements.

    With `settled_since` only those for which nothing is proposed, and nothing was since then.
    """
    sizes = {kind: sizes_for(kind) for kind in ("town", "village", "dedicated")}
    grids = Place.objects.filter(under("path", root), level=Level.GRID, until__isnull=True).order_by("path")
    parents = {
        parent
        for parent, kind, households in grids.values_list("parent", "kind", "households")
        if fit_of(kind, households, sizes[kind]) != Fit.RIGHT
    }
    rows = Place.objects.filter(under("path", root), level=Level.COMMUNITY, until__isnull=True).order_by("path")
    if settled_since is not None:
        lately = Q(state=ProposalState.OPEN) | Q(created_at__gte=settled_since)
        rows = rows.exclude(pk__in=GridProposal.objects.filter(lately).values("community"))
    return [row for row in rows if row.pk in parents]
