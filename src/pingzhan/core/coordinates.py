"""WGS-84 and GCJ-02, and distances on the sphere.

Everything is stored as WGS-84 longitude and latitude in degrees; GCJ-02 (the datum of maps published in mainland China)
appears only at the edges: a pin set on such a map comes in, a link to such a map goes out.

GCJ-02 was never officially published. The transform below is the one in common use, with the constants of the
Krasovsky 1940 ellipsoid, as found in wandergis/coordtransform and hujiulong/gcoord; it agrees with the map services
to within about a metre.
"""

from math import asin, cos, pi, radians, sin, sqrt

# Krasovsky 1940: semi-major axis in metres, first eccentricity squared.
_AXIS = 6378245.0
_ECCENTRICITY = 0.00669342162296594323
# Mean Earth radius R1 in metres (IUGG, Moritz 1980).
_EARTH_RADIUS = 6371008.8
# The box inside which the map services shift: west, south, east, north in degrees.
_WEST, _SOUTH, _EAST, _NORTH = 72.004, 0.8293, 137.8347, 55.8271
_CONVERGED = 1e-12  # degrees: about a tenth of a micrometre


def outside_china(lon: float, lat: float) -> bool:
    """Whether a point (degrees) lies outside the box in which GCJ-02 differs from WGS-84."""
    return not (_WEST <= lon <= _EAST and _SOUTH <= lat <= _NORTH)


def wgs84_to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """(lon, lat) in degrees, WGS-84 → GCJ-02; unchanged outside of China."""
    if outside_china(lon, lat):
        return lon, lat
    east, north = _shift(lon, lat)
    return lon + east, lat + north


def gcj02_to_wgs84(lon: float, lat: float) -> tuple[float, float]:
    """(lon, lat) in degrees, GCJ-02 → WGS-84: the exact inverse of `wgs84_to_gcj02`; unchanged outside of China.

    Found by iteration: the shift varies by less than one part in a hundred, so that each round gains two digits and
    more. Within the shift's own length (under 1 km) of the box's edges the transform jumps and has no inverse.
    """
    if outside_china(lon, lat):
        return lon, lat
    guess_lon, guess_lat = lon, lat
    for _ in range(30):
        east, north = _shift(guess_lon, guess_lat)
        next_lon, next_lat = lon - east, lat - north
        moved = max(abs(next_lon - guess_lon), abs(next_lat - guess_lat))
        guess_lon, guess_lat = next_lon, next_lat
        if moved < _CONVERGED:
            break
    return guess_lon, guess_lat


def distance_m(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Great-circle distance in metres between two points in degrees (haversine; at most 0.5 % off)."""
    half_lat = radians(lat2 - lat1) / 2
    half_lon = radians(lon2 - lon1) / 2
    chord = sin(half_lat) ** 2 + cos(radians(lat1)) * cos(radians(lat2)) * sin(half_lon) ** 2
    return 2 * _EARTH_RADIUS * asin(min(1.0, sqrt(chord)))


def _shift(lon: float, lat: float) -> tuple[float, float]:
    """How far GCJ-02 moves a point east and north, in degrees."""
    x, y = lon - 105.0, lat - 35.0
    ripple = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + ripple
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + ripple
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    # From metres to degrees at this latitude of the ellipsoid.
    sine = sin(radians(lat))
    curvature = 1 - _ECCENTRICITY * sine * sine
    meridian = _AXIS * (1 - _ECCENTRICITY) / (curvature * sqrt(curvature))
    prime_vertical = _AXIS / sqrt(curvature)
    return east * 180.0 / (prime_vertical * cos(radians(lat)) * pi), north * 180.0 / (meridian * pi)
