"""Outlines cut for the demo: no gap, no overlap, everything connected, the same each time."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from pingzhan.demo.cutting import Area, CannotCut, Part, cut, spread

MOST_AREA = 1e-9  # square degrees

# About 10 by 8 kilometres, with a bay and a spur.
TOWN = shapely.Polygon(
    [(121.40, 31.20), (121.50, 31.20), (121.50, 31.28), (121.47, 31.28), (121.46, 31.24), (121.44, 31.24),
     (121.43, 31.30), (121.40, 31.27)]
)  # fmt: skip


def tree(streets: int, communities: int, grids: int) -> Part:
    def street(s: int) -> Part:
        return Part(f"s{s}", communities * grids, tuple(community(f"s{s}c{c}") for c in range(communities)))

    def community(code: str) -> Part:
        return Part(code, grids, tuple(Part(f"{code}-G{g:03d}") for g in range(1, grids + 1)))

    return Part("root", 1, tuple(street(s) for s in range(streets)))


def levels(root: Part) -> list[list[Part]]:
    found = [[root]]
    while any(part.children for part in found[-1]):
        found.append([child for part in found[-1] for child in part.children])
    return found


def check(outline: BaseGeometry, root: Part, areas: dict[str, Area]) -> None:
    for parts in levels(root):
        pieces = [areas[part.code] for part in parts]
        assert shapely.is_valid(pieces).all()
        assert shapely.coverage_is_valid(pieces), "overlaps, or edges that are not shared vertex by vertex"
        together = shapely.union_all(pieces)
        assert shapely.symmetric_difference(together, outline).area < MOST_AREA
        assert abs(sum(piece.area for piece in pieces) - outline.area) < MOST_AREA
    for part in (part for parts in levels(root) for part in parts if part.children):
        own = shapely.union_all([areas[child.code] for child in part.children])
        assert shapely.symmetric_difference(own, areas[part.code]).area < MOST_AREA


def test_a_town_is_covered_by_connected_parts_at_every_level() -> None:
    root = tree(4, 5, 6)
    areas = cut(TOWN, root, seed=1)
    assert len(areas) == 1 + 4 + 20 + 120
    check(TOWN, root, areas)
    assert {area.geom_type for area in areas.values()} == {"Polygon"}
    grids = [area.area for code, area in areas.items() if "-G" in code]
    assert min(grids) > 0.4 * float(np.median(grids))
    assert max(grids) < 2.5 * float(np.median(grids))


def test_the_same_seed_gives_the_same_cut_and_another_seed_another() -> None:
    root = tree(2, 3, 4)
    one, again, other = (cut(TOWN, root, seed=seed) for seed in (1, 1, 2))
    assert one == again
    assert one != other


def test_parts_get_their_share_of_the_area() -> None:
    root = Part("root", 1, (Part("large", 6.0), Part("middle", 3.0), Part("small", 1.0)))
    areas = cut(TOWN, Part("top", 1, (root,)), seed=3)
    for code, share in (("large", 0.6), ("middle", 0.3), ("small", 0.1)):
        assert areas[code].area / TOWN.area == pytest.approx(share, rel=0.5)


def test_parts_lie_where_they_are_said_to_lie() -> None:
    spots = {"south east": (121.49, 31.21), "west": (121.41, 31.24), "north east": (121.485, 31.27)}
    children = tuple(
        Part(code, 1.0, tuple(Part(f"{code}-G{g}") for g in range(12)), near=spot) for code, spot in spots.items()
    )
    areas = cut(TOWN, Part("root", 1, children), seed=5)
    for code, spot in spots.items():
        assert areas[code].contains(shapely.Point(spot))


def test_an_outline_like_a_comb_is_still_cut_into_connected_parts() -> None:
    """Every straight line across it cuts some teeth off."""
    teeth = [shapely.box(121.40 + 0.02 * n, 31.22, 121.41 + 0.02 * n, 31.28) for n in range(6)]
    comb = shapely.union_all([shapely.box(121.40, 31.21, 121.51, 31.22), *teeth])
    root = tree(3, 4, 4)
    for seed in range(3):
        areas = cut(comb, root, seed=seed)
        check(comb, root, areas)
        assert {area.geom_type for area in areas.values()} == {"Polygon"}


def test_islands_belong_to_somebody() -> None:
    archipelago = shapely.union_all(
        [TOWN, shapely.box(121.55, 31.25, 121.56, 31.26), shapely.box(121.52, 31.31, 121.521, 31.3105)]
    )
    root = tree(3, 3, 3)
    check(archipelago, root, cut(archipelago, root, seed=1))


def test_one_part_is_the_whole_outline() -> None:
    areas = cut(TOWN, Part("root", 1, (Part("only"),)), seed=1)
    assert areas["root"].equals(areas["only"])
    assert shapely.symmetric_difference(areas["only"], TOWN).area < MOST_AREA


def test_what_cannot_be_cut_is_said() -> None:
    string = shapely.LineString([(121.0, 31.0), (121.5, 31.0)]).buffer(1e-6)
    crowd = Part("root", 1, (Part("much", 1e6), Part("little", 1e-6, tuple(Part(f"g{n}") for n in range(30)))))
    with pytest.raises(CannotCut, match="root"):
        cut(string, crowd, seed=1)


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.floats(0.3, 1.0), st.floats(0.6, 1.4)), min_size=5, max_size=16),
    st.sampled_from([(1, 1, 2), (2, 2, 2), (3, 2, 4), (1, 7, 3)]),
    st.integers(0, 5),
)
def test_any_star_shaped_outline_is_cut_without_gaps(
    spokes: list[tuple[float, float]], size: tuple[int, int, int], seed: int
) -> None:
    steps = np.cumsum([step for _, step in spokes])
    angles = steps / steps[-1] * 2 * math.pi
    ring = [
        (121.4 + 0.05 * r * math.cos(a), 31.2 + 0.05 * r * math.sin(a))
        for (r, _), a in zip(spokes, angles, strict=True)
    ]
    outline = shapely.Polygon(ring)
    assume(outline.is_valid and outline.area > 1e-5)
    root = tree(*size)
    areas = cut(outline, root, seed=seed)
    check(outline, root, areas)
    assert {area.geom_type for area in areas.values()} == {"Polygon"}


def test_buildings_stand_inside_and_apart() -> None:
    area = cut(TOWN, tree(2, 2, 5), seed=1)["s1c1-G003"]
    points = spread(area, 8, seed=4)
    assert points == spread(area, 8, seed=4)
    assert all(area.contains(shapely.Point(point)) for point in points)
    nearest = min(math.dist(a, b) for n, a in enumerate(points) for b in points[:n])
    assert nearest > 0.1 * math.sqrt(area.area)
