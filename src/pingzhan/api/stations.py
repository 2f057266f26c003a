"""Stations: where they are and what their rooms serve as now, from anybody's eyes."""

import re
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Path, Query, Router

from pingzhan.api.callers import PUBLIC, ApiRequest
from pingzhan.api.parameters import After, Limit
from pingzhan.api.responses import READ, answers
from pingzhan.api.schemas.common import Named, PageOut, point_out
from pingzhan.api.schemas.places import response_out
from pingzhan.api.schemas.stations import FitOut, FunctionKindOut, RoomOut, RoomsOut, StationOut
from pingzhan.core.errors import Invalid
from pingzhan.modes.queries import drills_of
from pingzhan.places.names import named
from pingzhan.places.queries import get_place
from pingzhan.stations import queries
from pingzhan.stations.choices import StationLevel
from pingzhan.stations.queries import Near
from pingzhan.stations.rules import missing_hardware

if TYPE_CHECKING:
    from pingzhan.stations.models import FunctionKind

router = Router(tags=["stations"], auth=PUBLIC)

StationId = Annotated[UUID, Path(..., description="`id` of a station.")]
_POINT = re.compile(r"(-?\d{1,3}(?:\.\d{1,12})?),(-?\d{1,3}(?:\.\d{1,12})?)")


@router.get("", response=answers({200: PageOut[StationOut]}, *READ), operation_id="list_stations", summary="Stations")
def list_stations(
    request: ApiRequest,
    limit: Limit,
    after: After,
    place: str = Query("", max_length=60, description="Code of a place: it and all below."),
    function: str = Query("", max_length=40, description="Code of a function that a room serves as now."),
    near: str = Query(
        "", max_length=60, description="lon,lat in WGS-84 degrees: the nearest first.", example="121.405,31.245"
    ),
    q: str = Query("", max_length=60, description="Part of a name or an address."),
) -> PageOut[StationOut]:
    """By place and code, or with `near` by distance. What a room serves as counts with the response in force."""
    drills = drills_of(request.actor.user_id, at=request.at)
    found, following = queries.stations_page(
        path=get_place(place).path if place else "",
        function=function,
        near=_point(near),
        words=q.replace("\x00", ""),
        at=request.at,
        drills=drills,
        after=after,
        limit=limit,
    )
    return PageOut[StationOut](items=[_station(one) for one in found], next=following)


@router.get(
    "/{uuid:station}", response=answers({200: StationOut}, *READ), operation_id="get_station", summary="A station"
)
def get_station(request: ApiRequest, station: StationId) -> StationOut:
    """One station."""
    return _station(Near(queries.get_station(station)))


@router.get(
    "/{uuid:station}/rooms",
    response=answers({200: RoomsOut}, *READ),
    operation_id="list_rooms",
    summary="The rooms of a station",
)
def list_rooms(request: ApiRequest, station: StationId) -> RoomsOut:
    """What each room serves as now and in peacetime, what is in it, and what it was found fit for."""
    found = queries.get_station(station)
    rooms = queries.rooms_of([found.pk])
    now = queries.functions_in_force(rooms, at=request.at, drills=drills_of(request.actor.user_id, at=request.at))
    fit = queries.profiles_of([room.pk for room in rooms])
    items = [
        RoomOut(
            id=room.pk,
            name=room.name,
            floor=room.floor,
            capacity=room.capacity,
            facilities=room.facilities,
            function=_named(now[room.pk].kind),
            base_function=_named(room.function),
            response=response_out(mode) if (mode := now[room.pk].mode) else None,
            checklist=now[room.pk].checklist,
            fit_for=[
                FitOut(
                    code=profile.function_id,
                    name=named(profile.function),
                    minutes=profile.function.minutes if profile.minutes is None else profile.minutes,
                    missing=missing_hardware(profile.function.hardware, room.facilities),
                )
                for profile in fit.get(room.pk, [])
            ],
        )
        for room in rooms
    ]
    return RoomsOut(items=items)


@router.get(
    "/functions",
    response=answers({200: list[FunctionKindOut]}, *READ),
    operation_id="list_functions",
    summary="What rooms can serve as",
)
def list_functions(request: ApiRequest) -> list[FunctionKindOut]:
    """All kinds of functions with the equipment that each needs and the steps of the change."""
    return [
        FunctionKindOut(
            code=kind.code,
            name=named(kind),
            emergency=kind.emergency,
            hardware=kind.hardware,
            minutes=kind.minutes,
            checklist=kind.checklist,
        )
        for kind in queries.functions().values()
    ]


def _named(kind: "FunctionKind") -> Named:
    return Named(code=kind.code, name=named(kind))


def _point(text: str) -> tuple[float, float] | None:
    if not text:
        return None
    said = _POINT.fullmatch(text.strip())
    lon, lat = (float(said[1]), float(said[2])) if said else (999.0, 999.0)
    if abs(lon) > 180 or abs(lat) > 90:
        message = _("位置写成“经度,纬度”，例如 121.405,31.245")
        raise Invalid(message, errors=[{"loc": ["query", "near"], "msg": message}])
    return lon, lat


def _station(near: Near) -> StationOut:
    station = near.station
    return StationOut(
        id=station.pk,
        code=station.code,
        name=named(station),
        level=StationLevel(station.level),
        temporary=station.temporary,
        place=station.place.code,
        address=station.address,
        point=point_out(station.lon, station.lat),
        opening=station.opening,
        in_charge=station.in_charge.name if station.in_charge else None,
        phone=station.phone,
        metres=near.metres,
    )
