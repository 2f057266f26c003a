"""Reads of stations: where they are, what their rooms serve as now, and what they could serve as."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import roots
from pingzhan.core.coordinates import distance_m
from pingzhan.core.db import under
from pingzhan.core.errors import Invalid, NotFound
from pingzhan.core.paging import Page, page
from pingzhan.modes.choices import OverlayKind
from pingzhan.modes.queries import NO_DRILLS, Mode, in_force
from pingzhan.stations.models import Facility, FunctionKind, Profile, Room, Station
from pingzhan.stations.rules import missing_hardware


@dataclass(frozen=True, slots=True)
class FunctionNow:
    """What a room serves as now. `mode` is the response that says so, None where it is its own in peacetime."""

    kind: FunctionKind
    mode: Mode | None = None
    checklist: list[str] = field(default_factory=list)
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Near:
    """A station and how far away it is in metres, along the sphere; None where no point was asked for."""

    station: Station
    metres: int | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a room can serve as a function: what is missing, how many it holds, how long the change takes."""

    room: Room
    missing: list[str]
    capacity: int
    minutes: int


def functions() -> dict[str, FunctionKind]:
    """All kinds of functions by code, in the order in which they are shown; one statement."""
    return {kind.code: kind for kind in FunctionKind.objects.order_by("order", "code")}


def facilities() -> dict[str, Facility]:
    """All kinds of equipment by code; one statement."""
    return {one.code: one for one in Facility.objects.order_by("code")}


def current_stations(within: Iterable[str] | None = None) -> QuerySet[Station]:
    """The stations that exist; with `within` only those under these paths. They are public."""
    rows = Station.objects.filter(until__isnull=True)
    if within is None:
        return rows
    reach = Q(pk__in=[])
    for path in within:
        reach |= under("path", path)
    return rows.filter(reach)


def stations_page(
    *,
    path: str = "",
    function: str = "",
    near: tuple[float, float] | None = None,
    words: str = "",
    at: datetime,
    drills: Collection[UUID] = NO_DRILLS,
    after: str | None = None,
    limit: int = 20,
) -> tuple[list[Near], str | None]:
    """Stations under `path` of which a room serves as `function` now, the nearest to `near` (lon, lat) first.

    Without `near` by place and code. Raises Invalid for a cursor that is none.
    """
    rows = current_stations([path] if path else None).select_related("in_charge", "place")
    if words:
        rows = rows.filter(Q(name__contains=words) | Q(address__contains=words) | Q(code=words))
    if function:
        rows = rows.filter(pk__in=_serving(function, path, at=at, drills=drills))
    if near is None:
        found: Page[Station] = page(rows, order=("path", "code"), after=after, limit=limit)
        return [Near(station) for station in found.items], found.next
    return _nearest(rows, near, after=after, limit=limit)


def _serving(function: str, path: str, *, at: datetime, drills: Collection[UUID]) -> set[UUID]:
    """Stations with a room whose function in force is this one."""
    rooms = Room.objects.filter(until__isnull=True, station__until__isnull=True)
    if path:
        rooms = rooms.filter(under("station__path", path))
    known = {row[0]: row for row in rooms.order_by("id").values_list("id", "station_id", "function_id")}
    changed = in_force(OverlayKind.ROOM_FUNCTION, list(known), at=at, drills=drills)
    return {
        station
        for room, station, base in known.values()
        if (changed[str(room)].payload["function"] if str(room) in changed else base) == function
    }


def _nearest(
    rows: QuerySet[Station], near: tuple[float, float], *, after: str | None, limit: int
) -> tuple[list[Near], str | None]:
    """By distance, computed here: a city has hundreds of stations, and neither database has a sphere."""
    lon, lat = near
    points = rows.filter(lon__isnull=False).order_by("id").values_list("lon", "lat", "id")
    ranked = sorted(
        (round(distance_m(lon, lat, x, y)), str(one)) for x, y, one in points if x is not None and y is not None
    )
    if after:
        metres, _colon, last = after.partition(":")
        if not metres.isdecimal() or len(metres) > 9:
            raise Invalid(
                _("翻页标记无效，请回到第一页"), errors=[{"loc": ["query", "after"], "msg": _("翻页标记无效")}]
            )
        ranked = [one for one in ranked if one > (int(metres), last)]
    here = ranked[:limit]
    known = {str(station.pk): station for station in rows.filter(pk__in=[one[1] for one in here]).order_by("id")}
    found = [Near(known[name], metres) for metres, name in here if name in known]
    return found, f"{here[-1][0]}:{here[-1][1]}" if len(ranked) > limit else None


def get_station(station_id: UUID) -> Station:
    """The station with this id, existing; raises NotFound."""
    found = current_stations().select_related("in_charge", "place").filter(pk=station_id).first()
    if found is None:
        raise NotFound(_("没有找到这个阵地"))
    return found


def station_to_edit(actor: Actor, station_id: UUID) -> Station:
    """The same in the actor's area; raises NotFound outside of it."""
    found = get_station(station_id)
    if not any(found.path.startswith(root) for root in roots(actor, Permission.STATION_EDIT)):
        raise NotFound(_("没有找到这个阵地"))
    return found


def rooms_of(station_ids: Collection[UUID]) -> list[Room]:
    """The rooms of these stations, by station, floor and name; one statement."""
    rows = Room.objects.filter(station__in=list(station_ids), until__isnull=True)
    return list(rows.select_related("function").order_by("station_id", "floor", "name", "id"))


def names_of_rooms(ids: Collection[str]) -> dict[str, str]:
    """The names of rooms with those of their stations, by their ids as texts; one statement, none for no rooms."""
    rows = Room.objects.filter(pk__in=list(ids)).order_by("pk").values_list("pk", "station__name", "name")
    return {str(pk): f"{station} · {room}" for pk, station, room in rows} if ids else {}


def functions_in_force(
    rooms: Collection[Room], *, at: datetime, drills: Collection[UUID] = NO_DRILLS
) -> dict[UUID, FunctionNow]:
    """What each of these rooms serves as now; in peacetime no statement, otherwise two for any number of rooms."""
    changed = in_force(OverlayKind.ROOM_FUNCTION, [room.pk for room in rooms], at=at, drills=drills)
    kinds = functions() if changed else {}
    found = {}
    for room in rooms:
        change = changed.get(str(room.pk))
        kind = kinds.get(change.payload["function"]) if change else None
        if change is None or kind is None:
            found[room.pk] = FunctionNow(room.function)
        else:
            said = change.payload
            found[room.pk] = FunctionNow(kind, change.mode, said.get("checklist", []), said.get("minutes", 0))
    return found


def profiles_of(room_ids: Collection[UUID]) -> dict[UUID, list[Profile]]:
    """What each room was found fit for; one statement."""
    found: dict[UUID, list[Profile]] = {}
    rows = Profile.objects.filter(room__in=list(room_ids)).select_related("function")
    for row in rows.order_by("function__order", "id"):
        found.setdefault(row.room_id, []).append(row)
    return found


def rooms_fit(wanted: Collection[str], paths: Collection[str]) -> dict[str, list[Fit]]:
    """By function, the rooms of stations under `paths` that could serve as it, the best first.

    Best is: found fit by somebody, nothing missing, the larger. Rooms found fit come also with something missing, so
    that it can be told; others only with everything there. Three statements.
    """
    kinds = list(FunctionKind.objects.filter(code__in=list(wanted)).order_by("code"))
    if not kinds:
        return {}
    here = Room.objects.filter(station__in=current_stations(paths), until__isnull=True)
    rooms = list(here.select_related("station").order_by("id"))
    profiles = Profile.objects.filter(function__in=kinds, room__in=here).order_by("id")
    fit = {(row.function_id, row.room_id): row for row in profiles}
    found: dict[str, list[Fit]] = {}
    for kind in kinds:
        ranked = []
        for room in rooms:
            profile = fit.get((kind.code, room.pk))
            one = _fit(room, kind, profile)
            if one is not None:
                ranked.append(((profile is None, len(one.missing), -one.capacity, str(room.pk)), one))
        found[kind.code] = [one for _rank, one in sorted(ranked, key=lambda pair: pair[0])]
    return found


def _fit(room: Room, kind: FunctionKind, profile: Profile | None) -> Fit | None:
    """What is to be said of a room and a function; None where nobody found it fit and something is missing."""
    missing = missing_hardware(kind.hardware, room.facilities)
    if profile is None and missing:
        return None
    capacity = profile.capacity if profile and profile.capacity else room.capacity
    minutes = profile.minutes if profile and profile.minutes is not None else kind.minutes
    return Fit(room, missing, capacity, minutes)
