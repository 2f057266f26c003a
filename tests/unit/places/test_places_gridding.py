"""Proposed grids: connected, seamless, about as large as aimed at, along estates; drawings by hand keep all that."""

import math
from collections import Counter

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon

from pingzhan.places.rules import redrawing
from pingzhan.places.rules.cells import divide
from pingzhan.places.rules.gridding import Proposed, Site, propose
from pingzhan.places.rules.redrawing import CannotDraw
from pingzhan.places.rules.sizes import Sizes

SIZES = Sizes(200, 100, 300)
SQUARE = shapely.box(121.40, 31.20, 121.41, 31.21)
# A horseshoe: cells of points on one arm reach over to the other.
HORSESHOE = Polygon(
    [(121.40, 31.20), (121.41, 31.20), (121.41, 31.21), (121.407, 31.21), (121.407, 31.203), (121.403, 31.203),
     (121.403, 31.21), (121.40, 31.21)]
)  # fmt: skip
RING = SQUARE.difference(shapely.box(121.403, 31.203, 121.407, 31.207))


def check(outline: Polygon, grids: list[Proposed]) -> None:
    """Cover without holes and overlaps, every grid in one piece, every site in one grid."""
    areas = [grid.area for grid in grids]
    assert all(isinstance(area, Polygon) and area.is_valid for area in areas)
    assert shapely.union_all(areas).symmetric_difference(outline).area < 1e-5 * outline.area
    assert math.isclose(sum(area.area for area in areas), outline.area, rel_tol=1e-5)
    redrawing.check_cover(outline, {str(number): area for number, area in enumerate(areas)})


def spread(outline: Polygon, count: int, *, seed: int = 1, households: tuple[int, int] = (8, 60)) -> list[Site]:
    random = np.random.default_rng(seed)
    west, south, east, north = outline.bounds
    sites: list[Site] = []
    while len(sites) < count:
        lon, lat = float(random.uniform(west, east)), float(random.uniform(south, north))
        if shapely.intersects_xy(outline, lon, lat):
            sites.append(Site(f"B{len(sites)}", lon, lat, int(random.integers(*households))))
    return sites


@settings(max_examples=40)
@given(
    outline=st.sampled_from([SQUARE, HORSESHOE, RING]),
    places=st.lists(
        st.tuples(
            st.floats(121.3995, 121.4105, allow_nan=False), st.floats(31.1995, 31.2105, allow_nan=False),
            st.integers(0, 250), st.sampled_from(["", "馨园", "怡园"]), st.sampled_from(["", "", "", "", "医院"]),
        ),
        min_size=0, max_size=40,
    ),
)  # fmt: skip
def test_whatever_is_given_the_grids_are_connected_and_seamless(
    outline: Polygon, places: list[tuple[float, float, int, str, str]]
) -> None:
    sites = [Site(str(number), *place) for number, place in enumerate(places)]
    grids = propose(outline, sites, SIZES)
    check(outline, grids)
    assert sorted(site for grid in grids for site in grid.sites) == list(range(len(sites)))
    assert sum(grid.households for grid in grids) == sum(site.households for site in sites)


@settings(max_examples=25)
@given(data=st.data())
def test_drawings_by_hand_leave_no_hole_and_no_overlap(data: st.DataObject) -> None:
    sites = spread(SQUARE, 30, seed=data.draw(st.integers(0, 5)))
    areas = {f"G{n}": grid.area for n, grid in enumerate(propose(SQUARE, sites, SIZES))}
    corner = st.tuples(st.floats(121.399, 121.411), st.floats(31.199, 31.211))
    corners = data.draw(st.lists(corner, min_size=3, max_size=6))
    shape = Polygon(corners)
    assume(shape.is_valid and shape.area > 1e-9)
    to = data.draw(st.sampled_from(["new", *areas]))
    try:
        after = redrawing.without_shreds(
            redrawing.taken_over(areas, shape, to), [(site.lon, site.lat) for site in sites], areas
        )
    except CannotDraw as refused:
        assert refused.reason in {redrawing.MISSES, redrawing.APART}  # noqa: PT017 (either is right)
        return
    redrawing.check_cover(SQUARE, after)
    assert all(isinstance(area, Polygon) for area in after.values())
    assert None not in redrawing.holders(after, [(site.lon, site.lat) for site in sites])


def test_a_town_is_divided_into_grids_of_about_two_hundred_households() -> None:
    sites = spread(SQUARE, 120)
    grids = propose(SQUARE, sites, SIZES)
    check(SQUARE, grids)
    assert len(grids) == round(sum(site.households for site in sites) / 200)
    assert all(SIZES.fewest <= grid.households <= SIZES.most for grid in grids)


def test_villages_are_divided_finer() -> None:
    grids = propose(SQUARE, spread(SQUARE, 60, households=(1, 4)), Sizes(50, 25, 75))
    assert all(25 <= grid.households <= 75 for grid in grids)


def test_an_estate_of_the_right_size_is_one_grid() -> None:
    """Four estates in the four corners, each about as large as a grid."""
    sites = [
        Site(f"{estate}{n}", 121.4007 + 0.005 * (estate % 2) + 0.0012 * (n % 3), 31.2007 + 0.005 * (estate // 2)
             + 0.0012 * (n // 3), 22 + 2 * (estate % 2), f"estate {estate}")
        for estate in range(4) for n in range(9)
    ]  # fmt: skip
    grids = propose(SQUARE, sites, SIZES)
    assert len(grids) == 4
    for grid in grids:
        assert len({sites[site].estate for site in grid.sites}) == 1


def test_a_dedicated_grid_stands_apart_and_in_one_piece() -> None:
    hospital = [Site(f"H{n}", 121.4085 + 0.0005 * n, 31.2085, 0, "", "hospital") for n in range(3)]
    grids = propose(SQUARE, [*spread(shapely.box(121.40, 31.20, 121.407, 31.207), 40), *hospital], SIZES)
    check(SQUARE, grids)
    (own,) = [grid for grid in grids if grid.apart]
    assert sorted(own.sites) == [40, 41, 42]
    assert grids[-1] is own


def test_homes_without_buildings_are_grouped_and_quick_enough() -> None:
    """700 single homes are not 700 cells."""
    homes = spread(SQUARE, 700, households=(1, 2))
    grids = propose(SQUARE, homes, SIZES)
    check(SQUARE, grids)
    assert Counter(site for grid in grids for site in grid.sites) == Counter(range(700))
    assert all(SIZES.fewest <= grid.households <= SIZES.most for grid in grids)


def test_a_place_without_anything_is_one_grid() -> None:
    (grid,) = propose(SQUARE, [], SIZES)
    assert (grid.sites, grid.households, grid.area) == ((), 0, SQUARE)
    (grid,) = propose(SQUARE, [Site("far", 121.5, 31.5, 3)], SIZES)
    assert grid.sites == (0,)


def test_an_outline_of_two_islands_has_no_hole_either() -> None:
    islands = MultiPolygon([shapely.box(121.40, 31.20, 121.404, 31.21), shapely.box(121.406, 31.20, 121.41, 31.21)])
    grids = propose(islands, spread(islands, 30), SIZES)
    assert shapely.union_all([grid.area for grid in grids]).symmetric_difference(islands).area < 1e-5 * islands.area


def test_the_same_town_gives_the_same_grids() -> None:
    sites = spread(HORSESHOE, 60)
    assert propose(HORSESHOE, sites, SIZES) == propose(HORSESHOE, sites, SIZES)


def test_a_line_divides_a_grid_wherever_its_ends_are() -> None:
    for line in ([(121.405, 31.2), (121.405, 31.21)], [(121.405, 31.2051), (121.405, 31.2049)],
                 [(121.405, 31.3), (121.405, 31.1)]):  # fmt: skip
        side = redrawing.side_of_line(SQUARE, line)
        assert side.area == pytest.approx(SQUARE.area / 2, rel=1e-6)
    with pytest.raises(CannotDraw):
        redrawing.side_of_line(SQUARE, [(121.5, 31.2), (121.5, 31.21)])
    with pytest.raises(CannotDraw):
        redrawing.side_of_line(SQUARE, [(121.405, 31.2), (121.405, 31.2)])


def test_an_area_that_would_cut_a_grid_in_two_is_refused() -> None:
    areas = {"G1": SQUARE}
    band = shapely.box(121.404, 31.1, 121.406, 31.3)
    with pytest.raises(CannotDraw) as refused:
        redrawing.without_shreds(
            redrawing.taken_over(areas, band, "new"), [(121.402, 31.205), (121.408, 31.205)], areas
        )
    assert (refused.value.reason, refused.value.grid) == (redrawing.APART, "G1")


def test_holes_and_overlaps_are_found() -> None:
    west, east = shapely.box(121.40, 31.20, 121.405, 31.21), shapely.box(121.405, 31.20, 121.41, 31.21)
    redrawing.check_cover(SQUARE, {"a": west, "b": east})
    for wrong, areas in ((redrawing.HOLES, {"a": west}), (redrawing.OVERLAP, {"a": west, "b": SQUARE})):
        with pytest.raises(CannotDraw) as found:
            redrawing.check_cover(SQUARE, areas)
        assert found.value.reason == wrong


def test_points_at_one_spot_share_a_cell() -> None:
    cells = divide(SQUARE, [121.402, 121.402, 121.408, 121.5], [31.205, 31.205, 31.205, 31.205])
    assert cells.of_point.tolist() == [0, 0, 1, 1]
    assert cells.joined([0]).area == pytest.approx(SQUARE.area / 2, rel=1e-3)
