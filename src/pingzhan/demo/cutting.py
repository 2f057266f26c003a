"""Cutting an outline into made-up streets, communities and grids that fit together without gaps.

Real outlines end at the district; what lies below is invented here for demonstrations and benchmarks. The outline is
filled with a mesh of Voronoi cells; the mesh is halved again and again along the shortest of several straight fronts,
following the tree of parts, so that every part is connected and compact and has its share of the area; the borders are
smoothed together, so that neighbours keep exactly the same edge.
"""

from dataclasses import dataclass
from math import cos, pi, radians, sin, sqrt
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

# Degrees. All vertices lie on this raster (a tenth of a millimetre), so that shared edges are shared exactly.
RASTER = 1e-9
# Cells of the mesh for each part at the bottom of the tree: enough for shapes, few enough to be quick.
_CELLS_A_LEAF = 5
_FINER_TRIES = 4
# Faces smaller than this share of the middle one are shreds at the outline's edge; they join a neighbour.
_SHRED = 0.3
# Directions tried for each cut, and how far (of the smaller share) a side may miss its area before another is tried.
_DIRECTIONS = 12
_MOST_ASTRAY = 0.25
# Tolerance of smoothing in cell widths.
_SMOOTHING = 0.8

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Area = Polygon | MultiPolygon


class CannotCut(ValueError):
    """The outline is too narrow somewhere for the number of parts asked for."""


@dataclass(frozen=True, slots=True)
class Part:
    """One node of the tree to cut: `weight` is its share of the area among its siblings.

    `near` (longitude, latitude in degrees) says roughly where it lies; it is followed where all siblings have it.
    """

    code: str
    weight: float = 1.0
    children: tuple["Part", ...] = ()
    near: tuple[float, float] | None = None

    @property
    def leaves(self) -> int:
        return sum(child.leaves for child in self.children) or 1


def cut(outline: BaseGeometry, root: Part, *, seed: int) -> dict[str, Area]:
    """The area of every part of the tree by code, `root` included. Longitude and latitude in degrees, WGS-84.

    Each level covers the outline without holes or overlaps, and parts share their borders vertex by vertex. A part
    is connected where the outline is. The same arguments give the same result. Raises CannotCut.
    """
    whole = shapely.set_precision(shapely.make_valid(outline), RASTER)
    for attempt in range(_FINER_TRIES):
        random = np.random.default_rng([seed, attempt])
        mesh = _mesh(whole, root.leaves * _CELLS_A_LEAF * 2**attempt, random)
        try:
            labels = _assign(mesh, root, random)
        except CannotCut:
            continue
        return _areas(mesh, root, labels)
    raise CannotCut(f"{root.code}: no {root.leaves} connected parts fit into this outline")


def spread(area: Area, count: int, *, seed: int) -> list[tuple[float, float]]:
    """`count` points inside of the area, far from each other and from its edge: where buildings could stand.

    Longitude and latitude in degrees. The same arguments give the same points.
    """
    random = np.random.default_rng(seed)
    west, south, east, north = area.bounds
    squeeze = cos(radians((south + north) / 2))
    inside = np.empty((0, 2))
    while len(inside) < 12 * count:
        thrown = random.uniform((west, south), (east, north), (40 * count, 2)).round(7)
        inside = np.concatenate([inside, thrown[_inside(area, thrown)]])
    plane = inside * (squeeze, 1.0)
    # A building keeps from the edge half the distance that it keeps from its neighbour.
    room = 2.0 * shapely.distance(shapely.points(inside), area.boundary)
    chosen: list[int] = []
    for _ in range(count):
        best = int(np.argmax(room))
        chosen.append(best)
        room = np.minimum(room, np.hypot(*(plane - plane[best]).T))
        room[best] = -1.0
    return [(float(lon), float(lat)) for lon, lat in inside[chosen]]


# --- the mesh -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Mesh:
    """faces: (f) polygons in degrees; cell: (f) the cell each face belongs to; x, y, area: (c) of the cells in plane
    units (degrees of latitude); first, second, length: (e) pairs of neighbouring cells and their common border, in
    plane units; squeeze: plane units a degree of longitude; spacing: plane units from cell to cell."""

    faces: NDArray[np.object_]
    cell: Ints
    x: Floats
    y: Floats
    area: Floats
    first: Ints
    second: Ints
    length: Floats
    squeeze: float
    spacing: float


def _mesh(outline: BaseGeometry, cells: int, random: np.random.Generator) -> _Mesh:
    west, south, east, north = outline.bounds
    squeeze = cos(radians((south + north) / 2))
    spacing = sqrt(outline.area * squeeze / cells)
    seeds = _seeds(outline, squeeze, spacing, random)
    frame = shapely.box(west - 0.1, south - 0.1, east + 0.1, north + 0.1)
    borders: Any = shapely.voronoi_polygons(
        shapely.multipoints(seeds * (squeeze, 1.0)),
        extend_to=shapely.transform(frame, lambda points: points * (squeeze, 1.0)),
        only_edges=True,
    )
    borders = shapely.transform(borders, lambda points: points / (squeeze, 1.0))
    # One noding of everything together: faces made of the same segments share them exactly.
    noded = shapely.union_all([borders, outline.boundary], grid_size=RASTER)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    inside = shapely.get_coordinates(shapely.point_on_surface(faces))
    faces = faces[_inside(outline, inside)]

    area = shapely.area(faces) * squeeze
    centre = shapely.get_coordinates(shapely.centroid(faces)) * (squeeze, 1.0)
    first, second, length = _borders(faces, squeeze)
    cell = _join_shreds(area, first, second, length)

    count = int(cell.max()) + 1
    total = _sums(cell, area, count)
    x = _sums(cell, area * centre[:, 0], count) / total
    y = _sums(cell, area * centre[:, 1], count) / total
    first, second, length = _merged(cell[first], cell[second], length)
    first, second, length = _bridged(x, y, first, second, length)
    return _Mesh(faces, cell, x, y, total, first, second, length, squeeze, spacing)


def _seeds(outline: BaseGeometry, squeeze: float, spacing: float, random: np.random.Generator) -> Floats:
    """(n, 2) points in degrees: a turned lattice, shaken, inside the outline."""
    turn = random.uniform(0, pi / 2)
    # From degrees to the plane and round by `turn`; rows of points are vectors, so the matrix stands on the right.
    there = np.diag([squeeze, 1.0]) @ np.array([[cos(turn), -sin(turn)], [sin(turn), cos(turn)]])
    back = np.linalg.inv(there)
    turned = shapely.transform(outline, lambda points: points @ there)
    west, south, east, north = turned.bounds
    heights = np.arange(south + spacing / 2, north, spacing)
    lines = np.stack([np.full((len(heights), 2), (west - 1, east + 1)), np.stack([heights, heights], axis=1)], axis=-1)
    # Row by row, so that a long thin outline costs no more than a round one.
    rows, row_of = shapely.get_parts(shapely.intersection(shapely.linestrings(lines), turned), return_index=True)
    ends = shapely.bounds(rows)
    first, last = np.ceil(ends[:, 0] / spacing), np.floor(ends[:, 2] / spacing)
    count = np.maximum(last - first + 1, 0).astype(np.int64)
    nth = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    lattice = np.stack([(np.repeat(first, count) + nth) * spacing, heights[np.repeat(row_of, count)]], axis=1)
    shaken = lattice + random.uniform(-0.38, 0.38, lattice.shape) * spacing
    points = np.where(_inside(turned, shaken)[:, None], shaken, lattice) @ back
    if len(points) < 2:  # smaller than the lattice is wide
        inner = shapely.get_coordinates(shapely.point_on_surface(outline))
        points = np.concatenate([points, inner, inner + spacing / 8])
    return points


def _inside(area: BaseGeometry, points: Floats) -> NDArray[np.bool_]:
    shapely.prepare(area)
    return np.asarray(shapely.contains_xy(area, points[:, 0], points[:, 1]))


def _borders(faces: NDArray[np.object_], squeeze: float) -> tuple[Ints, Ints, Floats]:
    """Pairs of faces that share a border, and its length in plane units."""
    points, owner = shapely.get_coordinates(faces), np.repeat(np.arange(len(faces)), shapely.get_num_coordinates(faces))
    # A step from the end of one ring to the start of the next is no segment: rings are closed, so every ring's last
    # point equals its first; a hole's start differs from the shell's end, but then the step is owned once only.
    ends = np.concatenate([points[:-1], points[1:]], axis=1)
    same = owner[:-1] == owner[1:]
    ends, owner = ends[same], owner[:-1][same]
    swapped = (ends[:, 0] > ends[:, 2]) | ((ends[:, 0] == ends[:, 2]) & (ends[:, 1] > ends[:, 3]))
    ends[swapped] = ends[swapped][:, [2, 3, 0, 1]]
    order = np.lexsort((ends[:, 3], ends[:, 2], ends[:, 1], ends[:, 0]))
    ends, owner = ends[order], owner[order]
    paired = np.flatnonzero((ends[:-1] == ends[1:]).all(axis=1))
    length = np.hypot((ends[paired, 2] - ends[paired, 0]) * squeeze, ends[paired, 3] - ends[paired, 1])
    return _merged(owner[paired], owner[paired + 1], length)


def _merged(first: Ints, second: Ints, length: Floats) -> tuple[Ints, Ints, Floats]:
    """Each pair once, with the sum of its lengths; pairs of one thing with itself dropped."""
    low, high = np.minimum(first, second), np.maximum(first, second)
    apart = low != high
    low, high, length = low[apart], high[apart], length[apart]
    if not low.size:
        return low, high, length
    pairs, where = np.unique(np.stack([low, high], axis=1), axis=0, return_inverse=True)
    return pairs[:, 0], pairs[:, 1], _sums(where.ravel(), length, len(pairs))


def _sums(group: Ints, value: Floats, count: int) -> Floats:
    """(count) the sum of `value` (n) of each group, `group` (n) being numbers below `count`."""
    return np.bincount(group, weights=value, minlength=count).astype(np.float64)


def _join_shreds(area: Floats, first: Ints, second: Ints, length: Floats) -> Ints:
    """The cell of each face: shreds take the cell of the neighbour with whom they share most."""
    shred = area < _SHRED * float(np.median(area))
    best: dict[int, tuple[float, int]] = {}
    for a, b, shared in zip(first.tolist(), second.tolist(), length.tolist(), strict=True):
        for small, other in ((a, b), (b, a)):
            # Only to a full face, so that no chain or ring of shreds can arise.
            if shred[small] and not shred[other] and shared > best.get(small, (0.0, 0))[0]:
                best[small] = (shared, other)
    joined = np.arange(len(area))
    for small, (_, other) in best.items():
        joined[small] = other
    return np.unique(joined, return_inverse=True)[1].ravel()


def _bridged(x: Floats, y: Floats, first: Ints, second: Ints, length: Floats) -> tuple[Ints, Ints, Floats]:
    """The pairs, and bridges of no length to islands, so that all cells hang together."""
    island = _components(len(x), first, second)
    names, sizes = np.unique(island, return_counts=True)
    main = island == names[np.argmax(sizes)]
    bridges: list[tuple[int, int]] = []
    while not main.all():
        here, there = np.flatnonzero(main), np.flatnonzero(~main)
        mainland: Any = shapely.points(x[here], y[here])
        islands: Any = shapely.points(x[there], y[there])
        (_, near), far = shapely.STRtree(mainland).query_nearest(islands, return_distance=True, all_matches=False)
        closest = int(np.argmin(far))
        bridges.append((int(here[near[closest]]), int(there[closest])))
        main |= island == island[there[closest]]
    if not bridges:
        return first, second, length
    extra = np.array(bridges, dtype=np.int64)
    return (
        np.concatenate([first, extra[:, 0]]),
        np.concatenate([second, extra[:, 1]]),
        np.concatenate([length, np.zeros(len(extra))]),
    )


def _components(count: int, first: Ints, second: Ints) -> Ints:
    """(count) the lowest member of the connected component of each thing, by union-find."""
    parent = list(range(count))

    def top(member: int) -> int:
        while parent[member] != member:
            parent[member] = parent[parent[member]]
            member = parent[member]
        return member

    for a, b in zip(first.tolist(), second.tolist(), strict=True):
        a, b = top(a), top(b)
        if a < b:
            parent[b] = a
        elif b < a:
            parent[a] = b
    return np.array([top(member) for member in range(count)], dtype=np.int64)


# --- the parts ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Region:
    """A connected set of cells: `cells` (n) their numbers in the mesh; first, second, length: (e) the pairs inside of
    it, as positions in `cells`."""

    cells: Ints
    first: Ints
    second: Ints
    length: Floats

    def only(self, kept: NDArray[np.bool_]) -> "_Region":
        """The sub-region of the cells for which `kept` (n) holds."""
        position = np.cumsum(kept) - 1
        within = kept[self.first] & kept[self.second]
        return _Region(
            self.cells[kept], position[self.first[within]], position[self.second[within]], self.length[within]
        )


def _assign(mesh: _Mesh, root: Part, random: np.random.Generator) -> dict[str, Ints]:
    """The cells of every leaf by code."""
    labels: dict[str, Ints] = {}
    everything = _Region(np.arange(len(mesh.x)), mesh.first, mesh.second, mesh.length)
    work: list[tuple[_Region, tuple[Part, ...]]] = [(everything, (root,))]
    while work:
        region, parts = work.pop()
        if len(parts) > 1:
            work.extend(_halve(mesh, region, parts, random))
        elif parts[0].children:
            work.append((region, parts[0].children))
        else:
            labels[parts[0].code] = region.cells
    return labels


def _halve(
    mesh: _Mesh, region: _Region, parts: tuple[Part, ...], random: np.random.Generator
) -> list[tuple[_Region, tuple[Part, ...]]]:
    """Split parts and region in two by the shortest straight front that gives both sides about their share."""
    area = mesh.area[region.cells]
    fronts = _fronts(mesh, region, parts, random)
    best: tuple[float, _Front, NDArray[np.bool_]] | None = None
    for front in sorted(fronts, key=lambda front: (front.misplaced, front.border)):
        low = _connected(region, front.low, area)
        count = int(low.sum())
        if count < _leaves(front.left) or len(low) - count < _leaves(front.right):
            continue
        astray = abs(float(area[low].sum() / area.sum()) - front.share) / min(front.share, 1 - front.share)
        if best is None or astray < best[0]:
            best = (astray, front, low)
        if astray <= _MOST_ASTRAY:
            break
    if best is None:
        raise CannotCut
    _, front, low = best
    return [(region.only(low), front.left), (region.only(~low), front.right)]


@dataclass(frozen=True, slots=True)
class _Front:
    """A straight line across a region. low: (n) the cells on one side, which are for the parts `left` and should have
    `share` of the area; border: length of the line between the sides in plane units; misplaced: how many parts are
    meant to lie on the other side."""

    low: NDArray[np.bool_]
    left: tuple[Part, ...]
    right: tuple[Part, ...]
    share: float
    border: float
    misplaced: int


def _fronts(mesh: _Mesh, region: _Region, parts: tuple[Part, ...], random: np.random.Generator) -> list[_Front]:
    x, y, area = mesh.x[region.cells], mesh.y[region.cells], mesh.area[region.cells]
    start = random.uniform(0, pi)
    fronts = []
    for step in range(_DIRECTIONS):
        turn = start + pi * step / _DIRECTIONS
        east, north = cos(turn), sin(turn)
        ordered = _ordered(parts, east * mesh.squeeze, north)
        left, right = _shared_out(ordered)
        share = _weight(left) / _weight(parts)
        order = np.argsort(x * east + y * north, kind="stable")
        reached = np.cumsum(area[order])
        taken = int(np.argmin(np.abs(reached - share * reached[-1]))) + 1
        low = np.zeros(len(order), dtype=bool)
        low[order[:taken]] = True
        border = float(region.length[low[region.first] != low[region.second]].sum())
        fronts.append(_Front(low, left, right, share, border, _misplaced(x, y, low, left, right, mesh.squeeze)))
    return fronts


def _misplaced(
    x: Floats, y: Floats, low: NDArray[np.bool_], left: tuple[Part, ...], right: tuple[Part, ...], squeeze: float
) -> int:
    count = 0
    for side, parts in ((True, left), (False, right)):
        for part in parts:
            if part.near is not None:
                lon, lat = part.near
                closest = int(np.argmin((x - lon * squeeze) ** 2 + (y - lat) ** 2))
                count += bool(low[closest]) is not side
    return count


def _ordered(parts: tuple[Part, ...], east: float, north: float) -> tuple[Part, ...]:
    """The parts in the direction (east, north), as far as it is known where they lie."""
    places = [part.near for part in parts if part.near is not None]
    if len(places) < len(parts):
        return parts
    along = [lon * east + lat * north for lon, lat in places]
    return tuple(part for _, part in sorted(zip(along, parts, strict=True), key=lambda pair: pair[0]))


def _shared_out(parts: tuple[Part, ...]) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """The parts in order, divided where the weights on both sides are most alike."""
    total, left = _weight(parts), 0.0
    uneven = []
    for part in parts[:-1]:
        left += part.weight
        uneven.append(abs(total / 2 - left))
    middle = uneven.index(min(uneven)) + 1
    return parts[:middle], parts[middle:]


def _weight(parts: tuple[Part, ...]) -> float:
    return sum(part.weight for part in parts)


def _leaves(parts: tuple[Part, ...]) -> int:
    return sum(part.leaves for part in parts)


def _connected(region: _Region, low: NDArray[np.bool_], area: Floats) -> NDArray[np.bool_]:
    """`low` changed so that both sides are connected: what is cut off from its side goes over to the other."""
    for side in (True, False):
        mine = np.flatnonzero(low == side)
        if not mine.size:
            return low
        within = (low[region.first] == side) & (low[region.second] == side)
        component = _components(len(low), region.first[within], region.second[within])[mine]
        sizes = _sums(component, area[mine], len(low))
        # The region is connected, so that each stray piece touches the other side. Second time round the pieces
        # go back to a side that stays connected with them.
        stray = mine[component != int(np.argmax(sizes))]
        low = low.copy()
        low[stray] = not side
    return low


# --- the outlines ---------------------------------------------------------------------------------------------------


def _areas(mesh: _Mesh, root: Part, labels: dict[str, Ints]) -> dict[str, Area]:
    """The area of every part: cells together, borders smoothed, inner parts put together from the smoothed ones."""
    codes = list(labels)
    leaf_of_cell = np.empty(len(mesh.x), dtype=np.int64)
    for number, code in enumerate(codes):
        leaf_of_cell[labels[code]] = number
    leaf_of_face = leaf_of_cell[mesh.cell]
    order = np.argsort(leaf_of_face, kind="stable")
    groups = np.split(mesh.faces[order], np.flatnonzero(np.diff(leaf_of_face[order])) + 1)
    rough = np.array([shapely.coverage_union_all(group) for group in groups], dtype=object)
    smooth = shapely.coverage_simplify(rough, _SMOOTHING * mesh.spacing, simplify_boundary=False)
    areas: dict[str, Area] = {}

    def build(part: Part) -> None:
        if not part.children:
            return
        for child in part.children:
            build(child)
        areas[part.code] = _plain(shapely.coverage_union_all([areas[child.code] for child in part.children]))

    areas.update(zip(codes, (_plain(area) for area in smooth), strict=True))
    build(root)
    return areas


def _plain(area: BaseGeometry) -> Area:
    """Free of the precision model that it was computed with, shells counter-clockwise."""
    parts = [part for part in shapely.get_parts(shapely.orient_polygons(area)) if isinstance(part, Polygon)]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)
