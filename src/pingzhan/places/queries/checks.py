"""What is wrong with the ground: holes, overlaps, sizes, what lies nowhere. Each finding can be mended on a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

import numpy as np
import shapely
from django.db.models import Exists, OuterRef
from numpy.typing import NDArray
from shapely import STRtree

from pingzhan.places.choices import Finding, GridKind, Level
from pingzhan.places.models import Outline, Place
from pingzhan.places.queries.grids import sizes_for
from pingzhan.places.queries.tree import scope, version
from pingzhan.places.rules.sizes import Fit, fit_of

# Of the area of a community: less is rounding.
_ROUNDING = 1e-4
_OF_FIT = {Fit.OVER: Finding.OVER, Fit.UNDER: Finding.UNDER, Fit.EMPTY: Finding.EMPTY}


@dataclass(frozen=True, slots=True)
class Found:
    """One finding at a place. `figure`: households of a grid, or the share of the community's area in per mille."""

    kind: Finding
    code: str
    name: str
    path: str
    level: str
    figure: int = 0


def findings(within: Sequence[str]) -> dict[Finding, list[Found]]:
    """All that is wrong under these paths, by kind, each in the order of paths; five statements at most."""
    found: dict[Finding, list[Found]] = {kind: [] for kind in Finding}
    live = Place.objects.filter(scope(list(within)), until__isnull=True).order_by("path")
    grids = live.filter(level=Level.GRID).values_list("code", "name", "path", "kind", "households")
    sizes = {kind: sizes_for(kind) for kind in GridKind.values}
    drawn = set()
    for code, name, path, kind, households in grids:
        drawn.add(path[: -len(code) - 1])
        fit = _OF_FIT.get(fit_of(kind, households, sizes[kind]))
        if fit is not None:
            found[fit].append(Found(fit, code, name, path, Level.GRID, households))
    for code, name, path in live.filter(level=Level.COMMUNITY).values_list("code", "name", "path"):
        if path not in drawn:
            found[Finding.NO_GRIDS].append(Found(Finding.NO_GRIDS, code, name, path, Level.COMMUNITY))
    loose = live.filter(level=Level.BUILDING).exclude(parent__level=Level.GRID, parent__until__isnull=True)
    for code, name, path in loose.values_list("code", "name", "path"):
        found[Finding.NO_GRID].append(Found(Finding.NO_GRID, code, name, path, Level.BUILDING))
    bare = live.filter(level=Level.GRID).exclude(Exists(Outline.objects.filter(place=OuterRef("pk"))))
    for code, name, path in bare.values_list("code", "name", "path"):
        found[Finding.NO_OUTLINE].append(Found(Finding.NO_OUTLINE, code, name, path, Level.GRID))
    for one in _drawing_faults(version(), tuple(within)):
        found[one.kind].append(one)
    return found


@lru_cache(maxsize=32)
def _drawing_faults(token: UUID | None, within: tuple[str, ...]) -> tuple[Found, ...]:
    """Holes and overlaps of the outlines; kept until the next change of places, whose token is part of the key."""
    rows = list(
        Outline.objects.filter(
            scope(list(within), field="place__path"),
            place__until__isnull=True,
            place__level__in=(Level.COMMUNITY, Level.GRID),
        )
        .order_by("place__path")
        .values_list("place__code", "place__name", "place__path", "place__level", "geometry")
    )
    areas = shapely.from_geojson([row[4] for row in rows])
    size = dict(zip([row[2] for row in rows], shapely.area(areas), strict=True))
    members: dict[str, list[int]] = {}
    for position, (code, _name, path, level, _geometry) in enumerate(rows):
        if level == Level.GRID:
            members.setdefault(path[: -len(code) - 1], []).append(position)
    faults = []
    for position, (code, name, path, level, _geometry) in enumerate(rows):
        if level != Level.COMMUNITY or path not in members:
            continue
        inside = areas[members[path]]
        # Most communities are told by their numbers alone; where they do not fit, the drawing itself is asked.
        twice = _overlap(inside)
        hole = size[path] - sum(size[rows[member][2]] for member in members[path]) + twice
        if abs(hole) > _ROUNDING * size[path]:
            hole = shapely.difference(areas[position], shapely.union_all(inside)).area
        for kind, missing in ((Finding.HOLE, hole), (Finding.OVERLAP, twice)):
            if missing > _ROUNDING * size[path]:
                faults.append(Found(kind, code, name, path, level, max(1, round(1000 * missing / size[path]))))
    return tuple(faults)


def _overlap(areas: NDArray[np.object_]) -> float:
    """The area that lies in two of them, in their own unit squared."""
    one, other = STRtree(areas).query(areas, predicate="intersects")
    once = one < other
    if not once.any():
        return 0.0
    return float(shapely.area(shapely.intersection(areas[one[once]], areas[other[once]])).sum())
