"""Outlines for the map on which people point, and the place that a point lies in."""

import json
from functools import lru_cache
from typing import Any
from uuid import UUID

import shapely
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pingzhan.core import flood
from pingzhan.core.client_address import client_address
from pingzhan.core.errors import NotFound
from pingzhan.places.choices import Level
from pingzhan.places.locate import locate
from pingzhan.places.queries import at_level, get_place, outlines, places, version

# What is drawn inside a place, and how finely: metres are about degrees times 100,000 here.
_INSIDE = {Level.STREET: (Level.COMMUNITY,), Level.COMMUNITY: (Level.GRID,)}
_COARSE_DEGREES = 0.0001
_DECIMALS = 5  # about a metre
KEPT_SECONDS = 300


@require_safe
def map_outlines(request: HttpRequest) -> HttpResponse:
    """GeoJSON of the whole area (district and streets), or with ?under=CODE of what lies inside a street or community.

    Simplified, for drawing only: what lies where is decided by the full outlines.
    """
    code = request.GET.get("under", "")
    token = version()
    tag = f'"{token}-{code}"'
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(_collection(token, code), content_type="application/geo+json")
    response["ETag"] = tag
    response["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return response


@lru_cache(maxsize=64)
def _collection(token: UUID | None, code: str) -> str:
    """The features as JSON text; the token of the tree's state is part of the cache's key."""
    if code:
        above = get_place(code)
        levels = _INSIDE.get(Level(above.level))
        if levels is None:
            raise NotFound(_("没有找到这个区域"))
        rows = list(places([above.path]).filter(level__in=levels).order_by("path"))
    else:
        rows = [*at_level(Level.DISTRICT), *at_level(Level.STREET)]
    drawn = outlines(row.pk for row in rows)
    rows = [row for row in rows if row.pk in drawn]
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [_feature(row, shape) for row, shape in zip(rows, _light(rows, drawn), strict=True)],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _light(rows: list[Any], drawn: dict[UUID, str]) -> list[Any]:
    """The outlines with the fewest points that still look the same; neighbours keep their common edges."""
    shapes = shapely.from_geojson([drawn[row.pk] for row in rows])
    light: list[Any] = [None] * len(rows)
    for level in {row.level for row in rows}:
        those = [index for index, row in enumerate(rows) if row.level == level]
        simple = shapely.coverage_simplify([shapes[index] for index in those], _COARSE_DEGREES)
        for index, shape in zip(those, simple, strict=True):
            light[index] = shapes[index] if shape.is_empty else shape
    return light


def _feature(row: Any, shape: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"code": row.code, "name": row.name, "level": row.level},
        "geometry": _rounded(shapely.geometry.mapping(shape)),
    }


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    return round(value, _DECIMALS) if isinstance(value, float) else value


@require_safe
def map_place(request: HttpRequest) -> JsonResponse:
    """The names of the places that hold ?lon=&lat= (WGS-84 degrees), from the district down; 404 said politely outside.

    Nothing of it is kept.
    """
    flood.check("locate", client_address(request), limit=settings.FLOOD_QUERIES_PER_MINUTE * 4)
    try:
        lon, lat = float(request.GET.get("lon", "")), float(request.GET.get("lat", ""))
    except ValueError:
        return JsonResponse({"detail": _("位置不正确，请重新点选。")}, status=422)
    chain = locate(lon, lat) if -180 <= lon <= 180 and -90 <= lat <= 90 else None
    if not chain:
        return JsonResponse(
            {"detail": _("这个位置不在本系统服务的范围内，请换一个位置，或拨打当地 12345。")}, status=404
        )
    return JsonResponse({"chain": [{"code": place.code, "name": place.name, "level": place.level} for place in chain]})
