"""Where a point lies: from coordinates to the chain of places, without asking the database.

Each process keeps an index of all outlines in memory. At most every CHECK_SECONDS one caller asks the database, in one
statement, whether places changed; if so, that caller builds a new index while all others go on with the old one.
"""

import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from pingzhan.core.paths import paths_above
from pingzhan.places import queries
from pingzhan.places.choices import Level
from pingzhan.places.models import Outline, Place
from pingzhan.places.rules.spatial import OUTSIDE, SpatialIndex

CHECK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class PlaceRef:
    """What is known of a place without asking: enough to show it and to go on from it."""

    id: UUID
    code: str
    name: str
    level: str
    path: str


Chain = tuple[PlaceRef, ...]  # from the top to the finest place


@dataclass(frozen=True, slots=True)
class Located:
    """Where n points lie. chains: (m) the places that occur; of_point: (n) positions in `chains`, OUTSIDE for none."""

    chains: tuple[Chain, ...]
    of_point: NDArray[np.int64]

    def __getitem__(self, point: int) -> Chain | None:
        position = int(self.of_point[point])
        return None if position == OUTSIDE else self.chains[position]


class _Snapshot:
    """All outlines at one moment. Never changed after it is built."""

    def __init__(self, token: UUID | None) -> None:
        rows = list(
            Outline.objects.filter(place__until__isnull=True)
            .order_by("place__path")
            .values_list("place__path", "geometry")
        )
        paths = [path for path, _ in rows]
        wanted = {above for path in paths for above in paths_above(path)}
        refs = {ref.path: ref for ref in _refs(wanted)}
        self.token = token
        self.chains = tuple(tuple(refs[above] for above in paths_above(path)) for path in paths)
        self.by_path = {chain[-1].path: chain for chain in self.chains}
        self.index = SpatialIndex(paths, list(shapely.from_geojson([geometry for _, geometry in rows])))


def _refs(paths: set[str]) -> list[PlaceRef]:
    """All places at these paths. Above the buildings there are so few that reading all is quicker than naming them."""
    rows = (
        Place.objects.exclude(level__in=(Level.BUILDING, Level.HOUSEHOLD))
        .order_by("path")
        .values_list("id", "code", "name", "level", "path")
    )
    found = [PlaceRef(*row) for row in rows if row[4] in paths]
    if len(found) < len(paths):  # a building with an outline of its own
        missing = paths - {ref.path for ref in found}
        extra = Place.objects.filter(path__in=missing).order_by("path")
        found += [PlaceRef(*row) for row in extra.values_list("id", "code", "name", "level", "path")]
    return found


_building = threading.Lock()
_kept: _Snapshot | None = None
_checked = -math.inf  # monotonic seconds


def locate(lon: float, lat: float) -> Chain | None:
    """The places that hold the point (WGS-84, degrees), from the top to the finest; None outside of all outlines.

    The chain ends with a grid where grids are drawn; where they are not, with the finest place that has an outline
    (`chain[-1].level` tells). A point on a shared edge belongs to the place with the lowest code, always.
    """
    snapshot = _current()
    position = snapshot.index.find(lon, lat)
    return None if position == OUTSIDE else snapshot.chains[position]


def locate_many(lons: ArrayLike, lats: ArrayLike) -> Located:
    """The same for n points at once; several times quicker than one by one."""
    snapshot = _current()
    return Located(snapshot.chains, snapshot.index.find_many(lons, lats))


def chain_known(path: str) -> Chain | None:
    """The chain of the place at `path` as the index in memory has it, None where it has none or may be out of date.

    Never asks the database: for whoever has just located something and wants to say where that is.
    """
    kept = _kept
    if kept is None or time.monotonic() - _checked >= CHECK_SECONDS:
        return None
    return kept.by_path.get(path)


def refresh() -> None:
    """Build the index now if it is missing or places changed: at the start of a server."""
    check_soon()
    _current()


def check_soon() -> None:
    """Let the next call ask whether places changed: after this process changed them. Readers go on meanwhile."""
    global _checked
    _checked = -math.inf


def forget() -> None:
    """Drop the index, as in a process that has just started."""
    global _kept
    _kept = None
    check_soon()


def _current() -> _Snapshot:
    global _kept, _checked
    kept = _kept
    if kept is not None:
        if time.monotonic() - _checked < CHECK_SECONDS:
            return kept
        if not _building.acquire(blocking=False):  # somebody else is asking or building
            return kept
    else:
        _building.acquire()
    try:
        if _kept is not None and time.monotonic() - _checked < CHECK_SECONDS:  # built while this one waited
            return _kept
        # The token is read before the outlines: a change in between is found at the next check.
        token = queries.version()
        if _kept is None or _kept.token != token:
            _kept = _Snapshot(token)
        _checked = time.monotonic()
        return _kept
    finally:
        _building.release()


def lowest(chain: Sequence[PlaceRef], level: Level) -> PlaceRef | None:
    """The place of one level in a chain, if the chain has it."""
    return next((ref for ref in reversed(chain) if ref.level == level), None)
