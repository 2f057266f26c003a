"""Redrawing by hand: a line that cuts a grid, an area or some buildings that go over to another grid."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from shapely import LineString, STRtree
from shapely.geometry.base import BaseGeometry

from pingzhan.places.rules.cells import RASTER, Cells, plain
from pingzhan.places.rules.outlines import Area

# Shares of the outline's area: what is left over or lies twice below this is rounding.
_ROUNDING = 1e-5
# A piece of a grid smaller than this share of the outline, and without a building, is a shred of the drawing.
_SHRED = 0.01


class CannotDraw(ValueError):
    """The drawing leads to no proper grids; `reason` is one of the words below."""

    def __init__(self, reason: str, grid: str = "") -> None:
        super().__init__(f"{reason} {grid}")
        self.reason, self.grid = reason, grid


MISSES = "misses"  # it does not touch what it should divide
APART = "apart"  # a grid would fall into pieces
EMPTY = "empty"  # a grid would have no area left
HOLES = "holes"  # the grids leave parts of the community open
OVERLAP = "overlap"  # grids lie upon each other


def side_of_line(area: Area, line: Sequence[tuple[float, float]]) -> Area:
    """The part of `area` to the left of a line (degrees) that crosses it, the smaller of the two where it is closed.

    The ends of the line are drawn on until they leave the area. Raises CannotDraw when it does not divide the area.
    """
    if len(line) < 2 or all(point == line[0] for point in line):
        raise CannotDraw(MISSES)
    reach = sum(np.subtract(area.bounds[2:], area.bounds[:2]))
    first, last = np.array(line[0]), np.array(line[-1])
    before = first - np.array(next(point for point in line if point != line[0]))
    after = last - np.array(next(point for point in reversed(line) if point != line[-1]))
    drawn = [tuple(first + before / np.hypot(*before) * reach), *line, tuple(last + after / np.hypot(*after) * reach)]
    knife = LineString(drawn)
    noded = shapely.union_all([knife, area.boundary], grid_size=RASTER)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    inner = shapely.get_coordinates(shapely.point_on_surface(faces))
    faces = faces[shapely.intersects_xy(area, inner[:, 0], inner[:, 1])]
    if len(faces) < 2:
        raise CannotDraw(MISSES)
    left = shapely.intersection(area, _left(knife, reach))
    chosen = [face for face in faces if shapely.intersection(face, left).area > face.area / 2]
    if not chosen or len(chosen) == len(faces):
        chosen = [min(faces, key=lambda face: face.area)]
    return joined(chosen)


def _left(knife: LineString, reach: float) -> BaseGeometry:
    """Everything within `reach` to the left of a line."""
    return shapely.buffer(knife, reach, single_sided=True) if reach else knife


def taken_over(areas: Mapping[str, Area], shape: BaseGeometry, to: str) -> dict[str, Area]:
    """The areas by key after what lies in `shape` has gone to `to`, a new one or one of them.

    Together they cover what they covered before; those that have nothing left are gone. Raises CannotDraw when the
    shape touches none of the others.
    """
    keys = list(areas)
    lines = [areas[key].boundary for key in keys]
    noded = shapely.union_all([*lines, shape.boundary], grid_size=RASTER)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    inner = shapely.get_coordinates(shapely.point_on_surface(faces))
    moved = shapely.intersects_xy(shape, inner[:, 0], inner[:, 1])
    members: dict[str, list[BaseGeometry]] = {}
    touched = False
    for face, (x, y), goes in zip(faces, inner, moved, strict=True):
        owner = next((key for key in keys if shapely.intersects_xy(areas[key], x, y)), None)
        if owner is None:
            continue  # outside of the community
        touched = touched or bool(goes and owner != to)
        members.setdefault(to if goes else owner, []).append(face)
    if not touched:
        raise CannotDraw(MISSES)
    return {key: joined(pieces) for key, pieces in members.items()}


def without_shreds(
    areas: Mapping[str, Area], buildings: Sequence[tuple[float, float]], before: Mapping[str, Area]
) -> dict[str, Area]:
    """The areas with small pieces that came off, and in which no building stands, given to the neighbour.

    Raises CannotDraw when a grid falls into more pieces than it had `before`.
    """
    whole = sum(area.area for area in areas.values())
    kept: dict[str, list[BaseGeometry]] = {}
    loose: list[BaseGeometry] = []
    points = shapely.points(buildings) if len(buildings) else np.empty(0, dtype=object)
    for key, area in areas.items():
        pieces = sorted(shapely.get_parts(area), key=lambda piece: -piece.area)
        allowed = len(shapely.get_parts(before[key])) if key in before else 1
        for nth, piece in enumerate(pieces):
            if nth < allowed and (nth == 0 or piece.area >= _SHRED * whole):
                kept.setdefault(key, []).append(piece)
            elif piece.area < _SHRED * whole and not shapely.intersects(piece, points).any():
                loose.append(piece)
            else:
                raise CannotDraw(APART, key)
    for piece in loose:
        beside = {key: shapely.length(shapely.intersection(shapely.union_all(pieces), piece))
                  for key, pieces in kept.items()}  # fmt: skip
        kept[max(sorted(beside), key=lambda key: beside[key])].append(piece)
    return {key: joined(pieces) for key, pieces in kept.items()}


def joined(areas: Iterable[BaseGeometry]) -> Area:
    """Several areas as one."""
    return plain(shapely.union_all(list(areas), grid_size=RASTER))


def cells_of(cells: Cells, positions: Sequence[int]) -> Area:
    """The area around some of the points that the cells were made of."""
    return cells.joined(sorted({int(cells.of_point[position]) for position in positions}))


def check_cover(outline: Area | None, areas: Mapping[str, Area]) -> None:
    """Raise CannotDraw when the areas leave holes in the outline, reach beyond it or lie upon each other."""
    together = shapely.union_all(list(areas.values()))
    size = together.area
    for key, area in areas.items():
        if area.area <= _ROUNDING * size / max(1, len(areas)):
            raise CannotDraw(EMPTY, key)
    if sum(area.area for area in areas.values()) - size > _ROUNDING * size:
        raise CannotDraw(OVERLAP)
    if outline is not None and shapely.symmetric_difference(outline, together).area > _ROUNDING * outline.area:
        raise CannotDraw(HOLES)


def holders(areas: Mapping[str, Area], points: Sequence[tuple[float, float] | None]) -> list[str | None]:
    """Of each point (degrees) the area in which it lies, the nearest within a metre; None for others."""
    keys = sorted(areas)
    found: list[str | None] = [None] * len(points)
    known = [position for position, point in enumerate(points) if point is not None]
    if not known or not keys:
        return found
    tree = STRtree([areas[key] for key in keys])
    marks: Any = shapely.points([point for point in points if point is not None])
    which, area = tree.query_nearest(marks, max_distance=1e-5, all_matches=True)
    for position, index in sorted(zip(which.tolist(), area.tolist(), strict=True), reverse=True):
        found[known[position]] = keys[index]
    return found
