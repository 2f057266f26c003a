"""Outlines: whichever way they are written, they come out valid, in degrees, and the same each time."""

import math

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from pingzhan.core.coordinates import gcj02_to_wgs84
from pingzhan.places.rules.outlines import BadOutline, area_of, as_text, features_of, inner_point, tidy

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[121.0, 31.0], [122.0, 31.0], [122.0, 32.0], [121.0, 32.0], [121.0, 31.0]]],
}
# 121.0 × 1024 = 123904, 31.0 × 1024 = 31744; steps of ±1/1024 degree as zigzag: 0 "@", +1 "B", -1 "A".
PACKED = {"type": "Polygon", "coordinates": ["@@B@@BA@@A"], "encodeOffsets": [[123904, 31744]]}


def test_a_compressed_outline_is_the_one_that_was_compressed() -> None:
    step = 1 / 1024
    expected = shapely.box(121.0, 31.0, 121.0 + step, 31.0 + step)
    assert shapely.equals_exact(area_of(PACKED), expected, tolerance=1e-9, normalize=True)


def test_a_compressed_outline_of_several_parts() -> None:
    parts = area_of(
        {
            "type": "MultiPolygon",
            "coordinates": [["@@B@@BA@@A"], ["@@B@@BA@@A"]],
            "encodeOffsets": [[[123904, 31744]], [[124928, 31744]]],
        }
    )
    assert parts.geom_type == "MultiPolygon"
    assert {part.bounds[0] for part in shapely.get_parts(parts)} == {121.0, 122.0}


def test_plain_coordinates_may_carry_a_height_and_compressed_leftovers() -> None:
    ring = [[*point, 4.5] for point in SQUARE["coordinates"][0]]  # type: ignore[index]
    area = area_of({"type": "Polygon", "coordinates": [ring], "encodeOffsets": [[1, 2]]})
    assert area.equals(shapely.box(121, 31, 122, 32))


def test_a_hole_stays_a_hole() -> None:
    inner = [[121.4, 31.4], [121.6, 31.4], [121.6, 31.6], [121.4, 31.6], [121.4, 31.4]]
    area = area_of({"type": "Polygon", "coordinates": [*SQUARE["coordinates"], inner]})
    assert area.area == pytest.approx(1 - 0.04)
    assert not area.contains(shapely.Point(121.5, 31.5))


def test_an_outline_that_crosses_itself_is_mended() -> None:
    bow_tie = [[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]
    area = area_of({"type": "Polygon", "coordinates": [bow_tie]})
    assert area.is_valid
    assert area.area == pytest.approx(2.0)


def test_gcj02_is_converted_point_by_point() -> None:
    shifted = area_of(SQUARE, transform=gcj02_to_wgs84)
    corner = gcj02_to_wgs84(121.0, 31.0)
    assert any(point == pytest.approx(corner, abs=1e-8) for point in shapely.get_coordinates(shifted))
    assert not shifted.equals(area_of(SQUARE))


@pytest.mark.parametrize(
    "geometry",
    [
        {},
        {"type": "Point", "coordinates": [1, 2]},
        {"type": "LineString", "coordinates": [[1, 2], [3, 4]]},
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[]]},
        {"type": "Polygon", "coordinates": "@@AB"},
        {"type": "Polygon", "coordinates": ["@@AB@"], "encodeOffsets": [[1, 2]]},  # half a step
        {"type": "Polygon", "coordinates": ["@@ABAB"]},  # without its offsets
        {"type": "Polygon", "coordinates": [[[1, 1], [2, 2]]]},
        {"type": "Polygon", "coordinates": [[[1, 1], [2, 2], [3, 3], [1, 1]]]},  # a line there and back
        {"type": "Polygon", "coordinates": [[[1, 1], [2, math.nan], [3, 3], [1, 1]]]},
        {"type": "Polygon", "coordinates": [[[1, 1], [2, math.inf], [3, 3], [1, 1]]]},
        {"type": "Polygon", "coordinates": [[["a", 1], [2, 2], [3, 3], [1, 1]]]},
        {"type": "Polygon", "coordinates": [[[None, 1], [2, 2], [3, 3], [1, 1]]]},
        {"type": "Polygon", "coordinates": [[[1.3e7, 3.6e6], [1.4e7, 3.6e6], [1.4e7, 3.7e6], [1.3e7, 3.6e6]]]},
        {"type": "MultiPolygon", "coordinates": {"a": 1}},
        {"type": "MultiPolygon", "coordinates": [[[1, 2]]]},
    ],
)  # fmt: skip
def test_what_is_no_area_on_the_globe_is_refused_in_words(geometry: dict[str, object]) -> None:
    with pytest.raises(BadOutline) as caught:
        area_of(geometry)
    assert str(caught.value)


@pytest.mark.parametrize("document", [None, 3, [], {}, {"type": "Topology"}, {"type": "FeatureCollection"}])
def test_what_is_no_collection_is_refused(document: object) -> None:
    with pytest.raises(BadOutline):
        features_of(document)


def test_codes_are_found_wherever_maps_put_them() -> None:
    def feature(**members: object) -> dict[str, object]:
        return {"type": "Feature", "geometry": SQUARE, **members}

    found = features_of(
        {
            "type": "FeatureCollection",
            "features": [
                feature(id="310107", properties={"name": " 普陀区 "}),
                feature(properties={"adcode": 310107}),
                feature(properties={"code": "310000"}),
                feature(properties={"id": "230800"}),
                feature(properties=None),
                feature(geometry={**SQUARE, "id": "310151"}, properties={"name": "崇明区"}),
            ],
        }
    )
    assert [one.codes for one in found] == [("310107",), ("310107",), ("31",), ("2308",), (), ("310151",)]
    assert found[0].name == "普陀区"
    assert found[4].label == "#5"


_points = st.tuples(st.floats(100, 130), st.floats(20, 50))


@given(st.lists(_points, min_size=3, max_size=12))
def test_any_ring_gives_the_same_text_when_it_is_read_back(ring: list[tuple[float, float]]) -> None:
    """An export imported again changes nothing."""
    try:
        area = area_of({"type": "Polygon", "coordinates": [ring]})
    except BadOutline:
        return
    assert area.is_valid
    again = tidy(shapely.from_geojson(as_text(area)))
    assert as_text(again) == as_text(area)
    assert area.intersects(shapely.Point(inner_point(area)).buffer(1e-6))
