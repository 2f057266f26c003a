"""Which of many areas a point lies in: an index in memory, built once and then only read."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from pingzhan.core.paths import code_of

OUTSIDE = -1
# Degrees, about a centimetre: a gap of this width between neighbours is a rounding error and belongs to the nearer one.
GAP = 1e-7


class SpatialIndex:
    """The finest area that a point lies in.

    `paths` are the paths of the places whose areas are given. Those that have no other below them are the finest
    ones. A point in several of them (on a shared edge, or where outlines overlap) belongs to the one with the lowest
    code; a point at most GAP outside of all belongs to the nearest. Where there is no finest area, the deepest of the
    others answers: a community without grids, a street without outlined communities.

    Every method is safe to call from many threads: nothing changes after the building.
    """

    def __init__(self, paths: Sequence[str], areas: Sequence[BaseGeometry]) -> None:
        codes = [code_of(path) for path in paths]
        by_path = sorted(range(len(paths)), key=paths.__getitem__)
        inner = {here for here, following in pairwise(by_path) if paths[following].startswith(paths[here])}
        finest = sorted((i for i in by_path if i not in inner), key=codes.__getitem__)
        coarser = sorted(inner, key=lambda i: (-paths[i].count("/"), codes[i]))
        self._finest = _Layer(finest, areas)
        self._coarser = _Layer(coarser, areas)

    def find(self, lon: float, lat: float) -> int:
        """The position (in `paths`) of the area that holds the point (degrees), or OUTSIDE."""
        found = self._finest.holding(lon, lat)
        if found == OUTSIDE:
            found = self._finest.nearest(lon, lat)
        if found == OUTSIDE:
            found = self._coarser.holding(lon, lat)
        return found

    def find_many(self, lons: ArrayLike, lats: ArrayLike) -> NDArray[np.int64]:
        """The same for arrays of n longitudes and n latitudes (degrees): n positions."""
        x = np.asarray(lons, dtype=np.float64).ravel()
        y = np.asarray(lats, dtype=np.float64).ravel()
        if x.shape != y.shape:
            raise ValueError(f"{x.size} longitudes, {y.size} latitudes")
        found = self._finest.holding_many(x, y)
        missed = np.flatnonzero(found == OUTSIDE)
        for look in (self._finest.nearest_many, self._coarser.holding_many):
            if missed.size:
                found[missed] = look(x[missed], y[missed])
                missed = missed[found[missed] == OUTSIDE]
        return found


class _Layer:
    """Areas in the order in which they win; answers are positions in the caller's sequence."""

    def __init__(self, order: Sequence[int], areas: Sequence[BaseGeometry]) -> None:
        self._order = np.array(order, dtype=np.int64)
        self._areas = np.array([areas[i] for i in order], dtype=object)
        shapely.prepare(self._areas)
        self._tree = STRtree(self._areas)
        self._bounds = shapely.total_bounds(self._areas) if len(order) else np.full(4, np.nan)

    def holding(self, lon: float, lat: float) -> int:
        west, south, east, north = self._bounds
        if not (west <= lon <= east and south <= lat <= north):  # also when a coordinate is not a number
            return OUTSIDE
        candidates = self._tree.query(shapely.points(lon, lat))
        candidates.sort()
        for rank in candidates.tolist():
            if shapely.intersects_xy(self._areas[rank], lon, lat):
                return int(self._order[rank])
        return OUTSIDE

    def nearest(self, lon: float, lat: float) -> int:
        return int(self.nearest_many(np.array([lon]), np.array([lat]))[0])

    def holding_many(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
        rank = np.full(x.size, len(self._order), dtype=np.int64)
        possible = np.flatnonzero(self._may_hold(x, y, 0.0))
        if possible.size:
            which, candidate = self._tree.query(shapely.points(x[possible], y[possible]))
            point = possible[which]
            inside = shapely.intersects_xy(self._areas[candidate], x[point], y[point])
            np.minimum.at(rank, point[inside], candidate[inside])
        return self._named(rank)

    def nearest_many(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
        rank = np.full(x.size, len(self._order), dtype=np.int64)
        possible = np.flatnonzero(self._may_hold(x, y, GAP))
        if possible.size:
            points = shapely.points(x[possible], y[possible])
            which, candidate = self._tree.query_nearest(points, max_distance=GAP, all_matches=True)
            np.minimum.at(rank, possible[which], candidate)
        return self._named(rank)

    def _may_hold(self, x: NDArray[np.float64], y: NDArray[np.float64], margin: float) -> NDArray[np.bool_]:
        west, south, east, north = self._bounds
        return (x >= west - margin) & (x <= east + margin) & (y >= south - margin) & (y <= north + margin)

    def _named(self, rank: NDArray[np.int64]) -> NDArray[np.int64]:
        """Positions in the caller's sequence of the ranks; a rank beyond the last is OUTSIDE."""
        return np.append(self._order, OUTSIDE)[rank]
