"""Stations come, change and go."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from pingzhan.access import operations as access
from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.core.errors import Invalid, Stale, StateConflict
from pingzhan.journal.operations import record
from pingzhan.stations.choices import StationLevel
from pingzhan.stations.models import Station

if TYPE_CHECKING:
    from pingzhan.people.models import Person
    from pingzhan.places.models import Place


@transaction.atomic
def open_station(
    *,
    code: str,
    name: str,
    level: str,
    place: "Place",
    by: Actor,
    at: datetime,
    name_en: str = "",
    temporary: bool = False,
    address: str = "",
    lon: float | None = None,
    lat: float | None = None,
    opening: str = "",
    in_charge: "Person | None" = None,
    phone: str = "",
) -> Station:
    """A new station that belongs to `place`. Raises Invalid when the code is taken or the point is half a point."""
    access.require(by, Permission.STATION_EDIT, place.path)
    code = code.strip()
    if not code or Station.objects.filter(code=code).exists():
        message = _("该阵地编码已存在，请换一个") if code else _("请填写阵地编码")
        raise Invalid(message, errors=[{"loc": ["code"], "msg": message}])
    _check(name=name, level=level, lon=lon, lat=lat)
    station = Station.objects.create(
        code=code, name=name.strip(), name_en=name_en, level=level, temporary=temporary, place=place, path=place.path,
        address=address, lon=lon, lat=lat, opening=opening, in_charge=in_charge, phone=phone, created_at=at,
    )  # fmt: skip
    _note(station, "open", by=by, at=at)
    return station


@transaction.atomic
def change_station(*, station: Station, by: Actor, at: datetime, version: int | None = None, **changes: Any) -> Station:
    """Change name, address, point, opening, who is in charge, phone. Raises Stale when `version` is not the present."""
    access.require(by, Permission.STATION_EDIT, station.path)
    _check(
        name=changes.get("name", station.name), level=changes.get("level", station.level),
        lon=changes.get("lon", station.lon), lat=changes.get("lat", station.lat),
    )  # fmt: skip
    seen = station.version if version is None else version
    rows = Station.objects.filter(pk=station.pk, version=seen, until__isnull=True)
    if not rows.update(version=seen + 1, **changes):
        raise Stale(_("这个阵地刚刚被他人更新，请重新打开后再改；您填写的内容没有保存。"))
    station.refresh_from_db()
    _note(station, "change", by=by, at=at)
    return station


@transaction.atomic
def close_station(*, station: Station, by: Actor, at: datetime) -> None:
    """The station is no more; its rooms go with it."""
    access.require(by, Permission.STATION_EDIT, station.path)
    if not Station.objects.filter(pk=station.pk, until__isnull=True).update(until=at):
        raise StateConflict(_("这个阵地已经撤销"), allowed=["open"], current="closed")
    station.rooms.filter(until__isnull=True).update(until=at)
    station.until = at
    _note(station, "close", by=by, at=at)


def _check(*, name: str, level: str, lon: float | None, lat: float | None) -> None:
    if not name.strip():
        raise Invalid(_("请填写名称"), errors=[{"loc": ["name"], "msg": _("请填写名称")}])
    if level not in StationLevel.values:
        raise Invalid(_("请选择级别"), errors=[{"loc": ["level"], "msg": _("请选择级别")}])
    if (lon is None) != (lat is None):
        raise Invalid(_("位置须同时有经度和纬度"), errors=[{"loc": ["lon"], "msg": _("位置须同时有经度和纬度")}])


def _note(station: Station, verb: str, *, by: Actor, at: datetime) -> None:
    record(
        verb=f"station.{verb}", by=by, at=at, subject_type="station", subject_id=station.pk, place_path=station.path,
        version_now=station.version,
    )  # fmt: skip
