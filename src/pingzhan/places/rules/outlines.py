"""Reading outlines: GeoJSON (RFC 7946) and the compressed variant of ECharts maps."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

# ECharts stores degrees × 1024 as integers (echarts/src/coord/geo/parseGeoJson.ts, `UTF8Scale` is 1024 by default).
_ECHARTS_SCALE = 1024
# Degrees: a tenth of a millimetre. What lies behind it is noise of the arithmetic.
_FINEST = 1e-9

Area = Polygon | MultiPolygon
Transform = Callable[[float, float], tuple[float, float]]


class BadOutline(ValueError):
    """A feature whose geometry is no area on the globe; the text says why."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of a collection: the codes and the name it gives, and its area in its own datum."""

    position: int  # in the collection, from 1
    codes: tuple[str, ...]
    name: str
    geometry: Mapping[str, Any]

    @property
    def label(self) -> str:
        """What to call it in a message."""
        return " ".join(part for part in (*self.codes[:1], self.name) if part) or f"#{self.position}"


def features_of(document: Any) -> list[Feature]:
    """The features of a FeatureCollection or of a single Feature. Raises BadOutline when it is neither."""
    if not isinstance(document, Mapping):
        raise BadOutline(_("不是 GeoJSON 对象"))
    kind = document.get("type")
    if kind == "Feature":
        members: Any = [document]
    elif kind == "FeatureCollection" and isinstance(document.get("features"), list):
        members = document["features"]
    else:
        raise BadOutline(_("不是 GeoJSON 的 FeatureCollection"))
    return [_feature(position, member) for position, member in enumerate(members, start=1)]


def _feature(position: int, member: Any) -> Feature:
    if not isinstance(member, Mapping):
        raise BadOutline(_("第 %(position)d 个要素不是对象") % {"position": position})
    properties = member.get("properties")
    properties = properties if isinstance(properties, Mapping) else {}
    geometry = member.get("geometry")
    geometry = geometry if isinstance(geometry, Mapping) else {}
    given = [member.get("id"), *(properties.get(key) for key in ("id", "adcode", "code")), geometry.get("id")]
    codes = tuple(dict.fromkeys(_code(value) for value in given if isinstance(value, str | int) and _code(value)))
    name = properties.get("name")
    return Feature(position, codes, name.strip() if isinstance(name, str) else "", geometry)


def _code(value: str | int) -> str:
    """A code as this system writes it: administrative codes end in "00" for prefectures, "0000" for provinces."""
    text = str(value).strip()
    if len(text) == 6 and text.isdigit():
        if text.endswith("0000"):
            return text[:2]
        if text.endswith("00"):
            return text[:4]
    return text


def area_of(geometry: Mapping[str, Any], *, transform: Transform | None = None) -> Area:
    """The area of a geometry object, valid, in longitude and latitude (degrees).

    `transform` converts each point's datum. Lines and points that remain when an invalid area is mended are dropped.
    Raises BadOutline when nothing with an area is left, or when it leaves the globe.
    """
    kind = geometry.get("type")
    if kind not in ("Polygon", "MultiPolygon"):
        raise BadOutline(_("不是面，而是 %(kind)s") % {"kind": kind})
    polygons = geometry.get("coordinates")
    offsets = geometry.get("encodeOffsets")
    if kind == "Polygon":
        polygons, offsets = [polygons], [offsets]
    try:
        rings = _polygons(polygons, offsets)
        built = shapely.union_all([shapely.make_valid(Polygon(shell, holes)) for shell, *holes in rings])
    except (TypeError, ValueError, KeyError, IndexError, shapely.GEOSException) as error:
        raise BadOutline(_("坐标无法读取：%(error)s") % {"error": error}) from error
    if transform is not None:
        built = shapely.transform(built, _each(transform))
    return tidy(built)


def tidy(geometry: BaseGeometry) -> Area:
    """A valid area with at most 9 decimals, its shells counter-clockwise; the same area gives the same result.

    Raises BadOutline when nothing with an area is left, or when it leaves the globe.
    """
    exact = shapely.set_precision(shapely.make_valid(geometry), _FINEST)
    # A collection may hold areas two deep after mending.
    pieces = shapely.get_parts(shapely.get_parts(exact))
    areas = [piece for piece in pieces if isinstance(piece, Polygon) and piece.area > 0]
    if not areas:
        raise BadOutline(_("没有面积"))
    whole = shapely.normalize(shapely.union_all(areas, grid_size=_FINEST))
    west, south, east, north = whole.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise BadOutline(_("不是以度为单位的经纬度"))
    oriented = shapely.orient_polygons(whole)
    assert isinstance(oriented, Polygon | MultiPolygon)
    return oriented


def as_text(area: Area) -> str:
    """The area as the text of a GeoJSON geometry."""
    return str(shapely.to_geojson(area))


def inner_point(area: Area) -> tuple[float, float]:
    """A point well inside of the area: where its name is written on a map. Longitude, latitude in degrees."""
    largest = max(shapely.get_parts(area), key=lambda part: part.area)
    circle = shapely.maximum_inscribed_circle(largest, tolerance=0.01 * float(np.sqrt(largest.area)))
    lon, lat = shapely.get_coordinates(circle)[0]
    return round(float(lon), 7), round(float(lat), 7)


def _each(transform: Transform) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    def convert(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.array([transform(lon, lat) for lon, lat in points.tolist()]).reshape(-1, 2)

    return convert


def _polygons(polygons: Any, offsets: Any) -> list[list[list[tuple[float, float]]]]:
    """The rings of each polygon as points in degrees, whichever way they are written."""
    if not isinstance(polygons, list) or not polygons:
        raise BadOutline(_("没有坐标"))
    return [
        [
            _unpacked(ring, offsets[number][place]) if isinstance(ring, str) else [_point(*point) for point in ring]
            for place, ring in enumerate(polygon)
        ]
        for number, polygon in enumerate(polygons)
    ]


def _point(lon: float, lat: float, *_height: float) -> tuple[float, float]:
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise ValueError(f"{lon}, {lat}")
    return float(lon), float(lat)


def _unpacked(ring: str, offset: Sequence[int]) -> list[tuple[float, float]]:
    """A ring of a compressed ECharts map: zigzag differences, one character each, from `offset` (degrees × 1024)."""
    steps = [ord(letter) - 64 for letter in ring]
    steps = [(step >> 1) ^ -(step & 1) for step in steps]
    x, y = int(offset[0]), int(offset[1])
    points = []
    for east, north in zip(steps[::2], steps[1::2], strict=True):
        x += east
        y += north
        points.append((x / _ECHARTS_SCALE, y / _ECHARTS_SCALE))
    return points
