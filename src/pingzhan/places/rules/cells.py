"""Dividing an outline among points so that everything fits together: one cell a point, no gap, no overlap.

The cells are those of Voronoi, noded once together with the outline, so that neighbours are made of the same segments
and an area joined from several cells has exactly the edge of the area beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon, STRtree
from shapely.geometry.base import BaseGeometry

from pingzhan.places.rules.outlines import Area

# Degrees, a tenth of a millimetre: all corners lie on this raster.
RASTER = 1e-9

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cells:
    """faces: (f) polygons that cover the outline; of_face: (f) the node each belongs to; of_point: (n) the node of
    each given point; first, second, border: (e) neighbouring nodes and the length of their common edge, degrees of
    latitude; x, y: (m) where the nodes lie in that plane. Nodes are numbered from 0."""

    faces: NDArray[np.object_]
    of_face: Ints
    of_point: Ints
    first: Ints
    second: Ints
    border: NDArray[np.float64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]

    def joined(self, nodes: Sequence[int]) -> Area:
        """The area of some nodes together, shells counter-clockwise."""
        return plain(shapely.coverage_union_all(self.faces[np.isin(self.of_face, nodes)]))


def divide(outline: Area, lons: Sequence[float], lats: Sequence[float]) -> Cells:
    """Cells of the points (degrees) inside of `outline`, which is valid. There must be one point at least.

    Points at the same spot share a node. A point outside of the outline shares the node of the nearest one inside.
    What is cut off from every point (beyond a bay of the outline) joins the neighbour with the longest common edge.
    """
    squeeze = cos(radians((outline.bounds[1] + outline.bounds[3]) / 2))
    points = np.column_stack([np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)])
    spots, of_point = _spots(outline, points, squeeze)
    faces = _faces(outline, spots, squeeze)
    pairs, lengths = _neighbours(faces, squeeze)
    holder = _holders(faces, spots)
    of_face = _spread(faces, holder, pairs, lengths)
    first, second, border = _contracted(of_face, pairs, lengths)
    return Cells(faces, of_face, of_point, first, second, border, spots[:, 0] * squeeze, spots[:, 1])


def plain(area: BaseGeometry) -> Area:
    """Only its polygons, shells counter-clockwise, free of any precision model."""
    parts = [part for part in shapely.get_parts(shapely.orient_polygons(area)) if isinstance(part, Polygon)]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def _spots(outline: Area, points: NDArray[np.float64], squeeze: float) -> tuple[NDArray[np.float64], Ints]:
    """The distinct spots inside of the outline (s, 2), and the spot of each point."""
    rounded = points.round(8)
    distinct, of_point = np.unique(rounded, axis=0, return_inverse=True)
    of_point = of_point.reshape(-1).astype(np.int64)
    inside = shapely.intersects_xy(outline, distinct[:, 0], distinct[:, 1])
    if inside.all():
        return distinct, of_point
    if not inside.any():
        middle = shapely.get_coordinates(shapely.point_on_surface(outline))
        return middle, np.zeros(len(points), dtype=np.int64)
    kept = distinct[inside]
    there: Any = shapely.points(kept * (squeeze, 1.0))
    nearest: Any = STRtree(there).nearest(shapely.points(distinct * (squeeze, 1.0)))
    return kept, nearest[of_point].astype(np.int64)


def _faces(outline: Area, spots: NDArray[np.float64], squeeze: float) -> NDArray[np.object_]:
    if len(spots) == 1:
        return np.array(shapely.get_parts(outline), dtype=object)
    west, south, east, north = outline.bounds
    frame = shapely.box((west - 0.1) * squeeze, south - 0.1, (east + 0.1) * squeeze, north + 0.1)
    borders: Any = shapely.voronoi_polygons(
        shapely.multipoints(spots * (squeeze, 1.0)), extend_to=frame, only_edges=True
    )
    borders = shapely.transform(borders, lambda corners: corners / (squeeze, 1.0))
    noded = shapely.union_all([borders, outline.boundary], grid_size=RASTER)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    inner = shapely.get_coordinates(shapely.point_on_surface(faces))
    return np.array(faces[shapely.intersects_xy(outline, inner[:, 0], inner[:, 1])], dtype=object)


def _neighbours(faces: NDArray[np.object_], squeeze: float) -> tuple[Ints, NDArray[np.float64]]:
    """Pairs of faces with a common edge (p, 2) and its length (p), degrees of latitude."""
    one, other = STRtree(faces).query(faces, predicate="intersects")
    once = one < other
    one, other = one[once], other[once]
    shared = shapely.intersection(faces[one], faces[other])
    lengths = shapely.length(shapely.transform(shared, lambda corners: corners * (squeeze, 1.0)))
    edge = lengths > 0
    return np.column_stack([one[edge], other[edge]]).astype(np.int64), lengths[edge]


def _holders(faces: NDArray[np.object_], spots: NDArray[np.float64]) -> Ints:
    """Of each face the spot in it, or -1."""
    tree = STRtree(faces)
    holder = np.full(len(faces), -1, dtype=np.int64)
    spot, face = tree.query(shapely.points(spots), predicate="intersects")
    holder[face[::-1]] = spot[::-1]
    lost = np.setdiff1d(np.arange(len(spots)), holder)
    if lost.size:  # rounded out of its face at the very edge
        nearest: Any = tree.nearest(shapely.points(spots[lost]))
        free = holder[nearest] == -1
        holder[nearest[free]] = lost[free]
    return holder


def _spread(faces: NDArray[np.object_], holder: Ints, pairs: Ints, lengths: NDArray[np.float64]) -> Ints:
    """The node of every face: those without a spot join the neighbour with the longest common edge, step by step."""
    node = holder.copy()
    order = np.argsort(-lengths, kind="stable")
    while (node == -1).any():
        joined = False
        for one, other in pairs[order]:
            if node[one] == -1 and node[other] != -1:
                node[one], joined = node[other], True
            elif node[other] == -1 and node[one] != -1:
                node[other], joined = node[one], True
        if not joined:  # an island on which nothing stands
            island = int(np.flatnonzero(node == -1)[0])
            known = np.flatnonzero(node != -1)
            node[island] = node[known[int(np.argmin(shapely.distance(faces[known], faces[island])))]]
    return node


def _contracted(of_face: Ints, pairs: Ints, lengths: NDArray[np.float64]) -> tuple[Ints, Ints, NDArray[np.float64]]:
    """Neighbouring nodes from neighbouring faces, each pair once with the sum of its edges."""
    if not len(pairs):
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    ends = np.sort(of_face[pairs], axis=1)
    between = ends[:, 0] != ends[:, 1]
    distinct, which = np.unique(ends[between], axis=0, return_inverse=True)
    total: Any = np.bincount(which.reshape(-1), weights=lengths[between], minlength=len(distinct))
    return distinct[:, 0], distinct[:, 1], total
