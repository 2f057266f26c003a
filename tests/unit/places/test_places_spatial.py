"""Which area a point lies in, against the plainest model: look at every area."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon

from pingzhan.places.rules.spatial import GAP, OUTSIDE, SpatialIndex


def plain_model(paths: list[str], areas: list[Polygon], lon: float, lat: float) -> int:
    """The same answer, found by looking at everything."""
    point = shapely.Point(lon, lat)
    code = [path.rstrip("/").split("/")[-1] for path in paths]
    finest = [here for here, path in enumerate(paths) if not any(o != path and o.startswith(path) for o in paths)]
    holding = [here for here in finest if areas[here].intersects(point)]
    if holding:
        return min(holding, key=code.__getitem__)
    distance = {here: areas[here].distance(point) for here in finest}
    close = [here for here in finest if distance[here] <= GAP and distance[here] == min(distance.values())]
    if close:
        return min(close, key=code.__getitem__)
    others = [here for here in range(len(paths)) if here not in finest and areas[here].intersects(point)]
    return min(others, key=lambda here: (-paths[here].count("/"), code[here]), default=OUTSIDE)


def chessboard(
    columns: int, rows: int, *, west: float = 121.0, south: float = 31.0, side: float = 0.25
) -> list[Polygon]:
    """Squares that share edges to the last bit; sides are powers of two, so that points can lie on them exactly."""
    return [
        shapely.box(west + c * side, south + r * side, west + (c + 1) * side, south + (r + 1) * side)
        for c in range(columns)
        for r in range(rows)
    ]


def test_a_point_on_a_shared_edge_or_corner_belongs_to_the_lowest_code() -> None:
    areas = chessboard(2, 2)
    codes = ["c-G004", "c-G002", "c-G003", "c-G001"]  # west south, west north, east south, east north
    index = SpatialIndex([f"c/{code}/" for code in codes], areas)
    assert index.find(121.25, 31.1) == 2  # between G004 and G003
    assert index.find(121.1, 31.25) == 1  # between G004 and G002
    assert index.find(121.25, 31.25) == 3  # all four
    assert index.find(121.0, 31.0) == 0  # the outer corner


def test_a_hair_between_two_neighbours_belongs_to_the_nearer_and_nothing_beyond() -> None:
    gap = 0.8e-7
    left = shapely.box(121.0, 31.0, 121.1, 31.1)
    right = shapely.box(121.1 + gap, 31.0, 121.2, 31.1)
    index = SpatialIndex(["d/b/", "d/a/"], [left, right])
    assert index.find(121.1 + 0.2 * gap, 31.05) == 0
    assert index.find(121.1 + 0.8 * gap, 31.05) == 1
    assert index.find(121.2 + 2 * GAP, 31.05) == OUTSIDE
    assert index.find(121.2 + 0.5 * GAP, 31.05) == 1


def test_where_grids_are_missing_the_finest_outline_answers() -> None:
    district = shapely.box(121.0, 31.0, 122.0, 32.0)
    gridded, grid = shapely.box(121.0, 31.0, 121.5, 31.5), shapely.box(121.0, 31.0, 121.25, 31.5)
    bare = shapely.box(121.5, 31.0, 122.0, 31.5)
    index = SpatialIndex(["d/", "d/s/c1/", "d/s/c1/c1-G001/", "d/s/c2/"], [district, gridded, grid, bare])
    assert index.find(121.1, 31.1) == 2
    assert index.find(121.4, 31.1) == 1  # in the community, where no grid is drawn
    assert index.find(121.6, 31.1) == 3  # a community that has no grids
    assert index.find(121.1, 31.9) == 0  # only the district
    assert index.find(120.9, 31.9) == OUTSIDE


@pytest.mark.parametrize(
    ("lon", "lat"), [(np.nan, 31.1), (121.1, np.nan), (np.inf, 31.1), (-121.1, -np.inf), (1e308, 0)]
)
def test_what_is_no_place_on_earth_is_outside(lon: float, lat: float) -> None:
    index = SpatialIndex(["c/a/"], chessboard(1, 1))
    assert index.find(lon, lat) == OUTSIDE
    assert index.find_many([lon], [lat]).tolist() == [OUTSIDE]


def test_without_any_outline_everything_is_outside() -> None:
    index = SpatialIndex([], [])
    assert index.find(121.0, 31.0) == OUTSIDE
    assert index.find_many([121.0, 0.0], [31.0, 0.0]).tolist() == [OUTSIDE, OUTSIDE]
    assert index.find_many([], []).tolist() == []


def test_unequal_numbers_of_coordinates_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="2 longitudes, 1 latitudes"):
        SpatialIndex([], []).find_many([1.0, 2.0], [1.0])


@st.composite
def _worlds(draw: st.DrawFn) -> tuple[list[str], list[Polygon], list[tuple[float, float]]]:
    """Some areas, most of them squares of one board in any order, some overlapping, with their superiors'; points on
    corners, on edges, inside, just beside an edge, and far off."""
    columns, rows = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    squares = chessboard(columns, rows)
    order = draw(st.permutations(range(len(squares))))
    kept = draw(st.integers(1, len(squares)))
    paths, areas = [], []
    for number, square in enumerate(order[:kept]):
        community = draw(st.sampled_from(["c1", "c2"]))
        stretch = draw(st.sampled_from([0.0, 0.0, 0.0, 0.03125, -0.5 * GAP]))
        paths.append(f"a/{community}/G{number:03d}/")  # the order of paths is not the order of codes
        areas.append(squares[square].buffer(stretch, join_style="mitre") if stretch else squares[square])
    for superior in draw(st.sets(st.sampled_from(["a/", "a/c1/", "a/c2/", "a/c3/"]))):
        paths.append(superior)
        areas.append(shapely.box(121.0, 31.0, 121.0 + 0.25 * draw(st.integers(1, 5)), 31.75))
    ticks = st.integers(-1, 9)
    nudge = st.sampled_from([0.0, 0.0, 0.01, -0.01, 0.3 * GAP, -0.3 * GAP, 3 * GAP])
    point = st.tuples(ticks, ticks, nudge, nudge).map(
        lambda t: (121.0 + t[0] * 0.125 + t[2], 31.0 + t[1] * 0.125 + t[3])
    )
    return paths, areas, draw(st.lists(point, min_size=1, max_size=20))


@given(_worlds())
def test_the_index_agrees_with_looking_at_everything(
    world: tuple[list[str], list[Polygon], list[tuple[float, float]]],
) -> None:
    paths, areas, points = world
    index = SpatialIndex(paths, areas)
    expected = [plain_model(paths, areas, lon, lat) for lon, lat in points]
    assert [index.find(lon, lat) for lon, lat in points] == expected
    assert index.find_many(*zip(*points, strict=True)).tolist() == expected


_raster = st.integers(0, 1000).map(lambda n: n / 1000)


@given(st.lists(st.tuples(_raster, _raster), min_size=4, max_size=20, unique=True))
def test_in_a_seamless_cover_every_point_inside_belongs_to_exactly_one(seeds: list[tuple[float, float]]) -> None:
    """Also at the corners and on the edges, where the areas' own arithmetic may be off by a rounding error."""
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=shapely.box(-1, -1, 2, 2)))
    index = SpatialIndex([f"c/c-G{n:03d}/" for n in range(len(cells))], list(cells))
    corners = shapely.get_coordinates(cells)
    points = np.concatenate([corners, (corners[:-1] + corners[1:]) / 2, np.array(seeds)])
    points = points[(np.abs(points - 0.5) <= 0.5).all(axis=1)]
    found = index.find_many(points[:, 0], points[:, 1])
    assert (found != OUTSIDE).all()
    for point, position in zip(points, found, strict=True):
        assert cells[position].distance(shapely.Point(point)) <= GAP
