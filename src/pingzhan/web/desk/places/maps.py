"""GeoJSON for the desk's maps. Of the actor's own area, so it is never cached by others."""

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import JsonResponse

from pingzhan.places import queries
from pingzhan.places.choices import Level

if TYPE_CHECKING:
    from pingzhan.places.models import Place

_MOST_SHAPES = 400


def collection(features: list[dict[str, Any]]) -> JsonResponse:
    """A FeatureCollection."""
    return JsonResponse(
        {"type": "FeatureCollection", "features": features},
        content_type="application/geo+json",
        json_dumps_params={"ensure_ascii": False, "separators": (",", ":")},
    )


def outline_features(place: "Place", *, past: str = "") -> list[dict[str, Any]]:
    """A place, what lies directly in it, the buildings of a grid as points; and one of its former outlines."""
    below = [one for one in queries.children(place)[:_MOST_SHAPES] if one.level != Level.HOUSEHOLD]
    shapes = queries.outlines([place.pk, *(one.pk for one in below)])
    features = []
    if place.pk in shapes:
        features.append(feature(place, "self", json.loads(shapes[place.pk])))
    for one in below:
        if one.pk in shapes:
            features.append(feature(one, "child", json.loads(shapes[one.pk])))
    features += [point(one) for one in (*below, place) if one.level == Level.BUILDING and one.lon is not None]
    for before in queries.past_outlines(place):
        if past and _same(before.pk, past):
            shown = {"kind": "past", "code": place.code, "name": place.name}
            features.append({"type": "Feature", "properties": shown, "geometry": json.loads(before.geometry)})
    return features


def feature(place: Any, kind: str, geometry: Any) -> dict[str, Any]:
    """One outline with what is written on it."""
    return {
        "type": "Feature",
        "properties": {"kind": kind, "code": place.code, "name": place.name, "households": place.households},
        "geometry": geometry,
    }


def point(building: Any) -> dict[str, Any]:
    """One building."""
    return {
        "type": "Feature",
        "properties": {
            "kind": "building",
            "code": building.code,
            "name": building.name,
            "households": building.households,
        },
        "geometry": {"type": "Point", "coordinates": [building.lon, building.lat]},
    }


def _same(key: UUID, text: str) -> bool:
    return str(key) == text
