"""A pin lands where it was set: WGS-84 and GCJ-02 there and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pingzhan.core.coordinates import distance_m, gcj02_to_wgs84, wgs84_to_gcj02

# WGS-84, and the GCJ-02 that the tests of wandergis/coordtransform (Beijing) and of googollee/eviltransform (Shanghai,
# Shenzhen, Beijing; its ellipsoid differs by 108 m of axis, which is less than 1e-6 degrees here) hold them to.
KNOWN = [
    ((116.404, 39.915), (116.41024449916938, 39.91640428150164)),
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
]

# The mainland, well inside the box.
lons = st.floats(73.5, 135.0)
lats = st.floats(18.0, 53.5)


@pytest.mark.parametrize(("wgs", "gcj"), KNOWN)
def test_agrees_with_the_published_transform(wgs: tuple[float, float], gcj: tuple[float, float]) -> None:
    assert wgs84_to_gcj02(*wgs) == pytest.approx(gcj, abs=1e-6)


@given(lons, lats)
def test_back_and_forth_is_exact(lon: float, lat: float) -> None:
    there = wgs84_to_gcj02(lon, lat)
    assert gcj02_to_wgs84(*there) == pytest.approx((lon, lat), abs=1e-9)
    back = gcj02_to_wgs84(lon, lat)
    assert wgs84_to_gcj02(*back) == pytest.approx((lon, lat), abs=1e-9)


@given(lons, lats)
def test_the_shift_is_some_hundred_metres(lon: float, lat: float) -> None:
    assert 1 < distance_m(lon, lat, *wgs84_to_gcj02(lon, lat)) < 1500


@pytest.mark.parametrize("point", [(-0.1276, 51.5072), (151.2, -33.87), (180.0, 90.0), (71.9, 40.0), (100.0, 56.0)])
def test_abroad_nothing_moves(point: tuple[float, float]) -> None:
    assert wgs84_to_gcj02(*point) == point
    assert gcj02_to_wgs84(*point) == point


def test_distances() -> None:
    # Shanghai (31°14′ N 121°28′ E) to Beijing (39°54′ N 116°24′ E): 1,068 km along the great circle.
    assert distance_m(121.4667, 31.2333, 116.4, 39.9) == pytest.approx(1_068_000, rel=0.005)
    assert distance_m(0, 0, 180, 0) == pytest.approx(20_015_000, rel=0.001)
    assert distance_m(121.4, 31.2, 121.4, 31.2) == 0
    assert distance_m(121.4, 31.2, 121.4, 31.2001) == pytest.approx(11.12, abs=0.01)
