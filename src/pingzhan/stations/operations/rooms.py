"""Rooms of a station, and what each was found fit for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from pingzhan.access import operations as access
from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.core.errors import Invalid, StateConflict
from pingzhan.journal.operations import record
from pingzhan.stations.models import Facility, FunctionKind, Profile, Room, Station


@transaction.atomic
def add_room(
    *,
    station: Station,
    name: str,
    function: str,
    by: Actor,
    at: datetime,
    floor: str = "",
    capacity: int = 0,
    facilities: Sequence[str] = (),
) -> Room:
    """A room that serves as `function` in peacetime. Raises Invalid for a name that is taken or an unknown code."""
    access.require(by, Permission.STATION_EDIT, station.path)
    _check(station, name, function, facilities)
    room = Room.objects.create(
        station=station, name=name.strip(), floor=floor, capacity=capacity, function_id=function,
        facilities=sorted(set(facilities)),
    )  # fmt: skip
    _note(room, station, "add", by=by, at=at)
    return room


@transaction.atomic
def change_room(
    *,
    room: Room,
    name: str,
    function: str,
    by: Actor,
    at: datetime,
    floor: str = "",
    capacity: int = 0,
    facilities: Sequence[str] = (),
) -> Room:
    """Change what a room is and serves as in peacetime; what it serves as in an emergency is a plan's business."""
    station = room.station
    access.require(by, Permission.STATION_EDIT, station.path)
    _check(station, name, function, facilities, but=room)
    changed = Room.objects.filter(pk=room.pk, until__isnull=True).update(
        name=name.strip(), floor=floor, capacity=capacity, function_id=function, facilities=sorted(set(facilities))
    )
    if not changed:
        raise StateConflict(_("这间用房已经撤销"), allowed=["open"], current="closed")
    room.refresh_from_db()
    _note(room, station, "change", by=by, at=at)
    return room


@transaction.atomic
def close_room(*, room: Room, by: Actor, at: datetime) -> None:
    """The room is no more."""
    access.require(by, Permission.STATION_EDIT, room.station.path)
    if not Room.objects.filter(pk=room.pk, until__isnull=True).update(until=at):
        raise StateConflict(_("这间用房已经撤销"), allowed=["open"], current="closed")
    _note(room, room.station, "close", by=by, at=at)


@transaction.atomic
def find_fit(
    *,
    room: Room,
    functions: Sequence[str],
    by: Actor,
    at: datetime,
    minutes: int | None = None,
    note: str = "",
) -> None:
    """Put down for which functions a room was found fit, and no others. `minutes`: how long the change takes here."""
    access.require(by, Permission.STATION_EDIT, room.station.path)
    known = set(FunctionKind.objects.filter(code__in=functions).order_by("code").values_list("code", flat=True))
    if known != set(functions):
        raise Invalid(_("没有这个功能"), errors=[{"loc": ["fit"], "msg": _("没有这个功能")}])
    Profile.objects.filter(room=room).exclude(function__in=functions).delete()
    for function in functions:
        Profile.objects.update_or_create(
            room=room, function_id=function, defaults={"minutes": minutes, "note": note[:200]}
        )
    _note(room, room.station, "find_fit", by=by, at=at, functions=sorted(functions))


def _check(station: Station, name: str, function: str, facilities: Sequence[str], *, but: Room | None = None) -> None:
    if not name.strip():
        raise Invalid(_("请填写名称"), errors=[{"loc": ["name"], "msg": _("请填写名称")}])
    others = Room.objects.filter(station=station, until__isnull=True, name=name.strip())
    if (others.exclude(pk=but.pk) if but else others).exists():
        raise Invalid(_("这个阵地已有同名用房"), errors=[{"loc": ["name"], "msg": _("这个阵地已有同名用房")}])
    if not FunctionKind.objects.filter(pk=function).exists():
        raise Invalid(_("请选择平时功能"), errors=[{"loc": ["function"], "msg": _("请选择平时功能")}])
    known = set(Facility.objects.order_by("code").values_list("code", flat=True))
    if not set(facilities) <= known:
        raise Invalid(_("没有这项设施"), errors=[{"loc": ["facilities"], "msg": _("没有这项设施")}])


def _note(room: Room, station: Station, verb: str, *, by: Actor, at: datetime, **data: Any) -> None:
    record(
        verb=f"room.{verb}", by=by, at=at, subject_type="station", subject_id=station.pk, place_path=station.path,
        room=room.pk, **data,
    )  # fmt: skip
