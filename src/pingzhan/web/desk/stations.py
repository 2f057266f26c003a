"""Stations: a list and a map of them, and what each room is, could be and serves as now."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import can, roots
from pingzhan.core.errors import DomainError
from pingzhan.modes.queries import drills_of
from pingzhan.places.choices import Level
from pingzhan.places.names import named, place_lines
from pingzhan.places.queries import get_place, to_narrow_by
from pingzhan.stations import operations, queries
from pingzhan.stations.choices import StationLevel
from pingzhan.stations.rules import missing_hardware
from pingzhan.web.forms.problems import problem_of
from pingzhan.web.guards import needs

if TYPE_CHECKING:
    from pingzhan.stations.models import Room, Station

PAGE = 20
_NO_ROOM = {"name": "", "floor": "", "capacity": "", "function_id": ""}
_NO_STATION = {
    "name": "", "level": "", "temporary": False, "address": "", "opening": "", "phone": "", "lon": None, "lat": None,
}  # fmt: skip
_EDITORS = (P.MATTER_VIEW, P.STATION_EDIT)


class StationForm(forms.Form):
    """What is put down about a station."""

    name = forms.CharField(max_length=80, error_messages={"required": gettext_lazy("请填写名称")})
    level = forms.ChoiceField(choices=StationLevel.choices)
    temporary = forms.BooleanField(required=False)
    address = forms.CharField(max_length=200, required=False)
    opening = forms.CharField(max_length=200, required=False)
    phone = forms.CharField(max_length=40, required=False)
    lon = forms.FloatField(min_value=-180, max_value=180, required=False)
    lat = forms.FloatField(min_value=-90, max_value=90, required=False)


class NewStationForm(StationForm):
    code = forms.CharField(max_length=60, error_messages={"required": gettext_lazy("请填写阵地编码")})
    place = forms.CharField(max_length=60, error_messages={"required": gettext_lazy("请选择所属区域")})


class RoomForm(forms.Form):
    """A room: what it is in peacetime, what is in it, what it was found fit for."""

    name = forms.CharField(max_length=60, error_messages={"required": gettext_lazy("请填写名称")})
    floor = forms.CharField(max_length=10, required=False)
    capacity = forms.IntegerField(min_value=0, max_value=100_000, required=False)
    function = forms.CharField(max_length=40, error_messages={"required": gettext_lazy("请选择平时功能")})
    minutes = forms.IntegerField(min_value=0, max_value=10_000, required=False)


@require_safe
@needs(*_EDITORS)
def stations(request: HttpRequest) -> HttpResponse:
    """The stations of the actor's area by place, function and words, beside a map of the same."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at = request.at  # type: ignore[attr-defined]
    within = _area(actor)
    place = request.GET.get("place", "")
    path = get_place(place, within=within).path if place else within[0]
    function, words = request.GET.get("function", ""), request.GET.get("q", "").strip()[:60]
    drills = drills_of(actor.user_id, at=at)
    found, following = queries.stations_page(
        path=path, function=function, words=words, at=at, drills=drills, after=request.GET.get("after"), limit=PAGE
    )
    rooms: dict[UUID, list[Room]] = {}
    all_rooms = queries.rooms_of([one.station.pk for one in found])
    now = queries.functions_in_force(all_rooms, at=at, drills=drills)
    for room in all_rooms:
        rooms.setdefault(room.station_id, []).append(room)
    lines = place_lines([one.station.path for one in found])
    rows = [
        {
            "station": one.station,
            "name": named(one.station),
            "level": one.station.get_level_display(),
            "place": lines[one.station.path],
            "rooms": [
                {"name": room.name, "function": named(now[room.pk].kind), "changed": now[room.pk].mode is not None}
                for room in rooms.get(one.station.pk, [])
            ],
        }
        for one in found
    ]
    points = [
        {"lon": one.station.lon, "lat": one.station.lat, "name": named(one.station),
         "url": reverse("desk:station", args=[one.station.pk])}
        for one in found
        if one.station.lon is not None
    ]  # fmt: skip
    context = {
        "rows": rows,
        "points": points,
        "next": following or "",
        "asked": {"place": place, "function": function, "q": words},
        "narrowed": bool(place or function or words),
        "places": [(one.code, one.name) for one in to_narrow_by(within)],
        "functions": [(kind.code, named(kind)) for kind in queries.functions().values()],
        "can_edit": bool(actor.holding(P.STATION_EDIT)),
        "outlines_url": reverse("portal:outlines"),
    }
    return render(request, "desk/stations.html", context)


@require_safe
@needs(*_EDITORS)
def station(request: HttpRequest, station_id: UUID) -> HttpResponse:
    """One station with its rooms."""
    return _station_page(request, _visible(request, station_id))


def _station_page(
    request: HttpRequest,
    found: "Station",
    *,
    problem: DomainError | None = None,
    typed: dict[str, Any] | None = None,
    tried: str = "",
) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at = request.at  # type: ignore[attr-defined]
    rooms = queries.rooms_of([found.pk])
    now = queries.functions_in_force(rooms, at=at, drills=drills_of(actor.user_id, at=at))
    fit = queries.profiles_of([room.pk for room in rooms])
    kinds, known = queries.functions(), queries.facilities()
    can_edit = can(actor, P.STATION_EDIT, found.path)

    def names(codes: list[str]) -> str:
        return _("、").join(named(known[code]) if code in known else code for code in codes)

    def form(prefix: str, room: "Room | None") -> dict[str, Any]:
        mine = tried == prefix
        there = set(room.facilities) if room else set()
        fitting = {profile.function_id: profile for profile in fit.get(room.pk, [])} if room else {}
        minutes = next((one.minutes for one in fitting.values() if one.minutes is not None), "")
        return {
            "prefix": f"{prefix}-",
            "problem": problem if mine else None,
            "typed": typed if mine else {},
            "facilities": [(code, named(one), code in there) for code, one in known.items()],
            "fit": [(code, named(one), code in fitting) for code, one in kinds.items() if one.emergency],
            "minutes": minutes,
        }

    rows = [
        {
            "room": room,
            "base": named(room.function),
            "now": named(now[room.pk].kind),
            "mode": now[room.pk].mode,
            "checklist": now[room.pk].checklist,
            "facilities": names(room.facilities),
            "fit": [
                {
                    "name": named(profile.function),
                    "minutes": profile.function.minutes if profile.minutes is None else profile.minutes,
                    "missing": names(missing_hardware(profile.function.hardware, room.facilities)),
                }
                for profile in fit.get(room.pk, [])
            ],
            "form": form(room.pk.hex, room) if can_edit else None,
            "dialog": f"close-{room.pk.hex}",
        }
        for room in rooms
    ]
    context = {
        "station": found,
        "name": named(found),
        "place": place_lines([found.path])[found.path],
        "rows": rows,
        "can_edit": can_edit,
        "no_room": _NO_ROOM,
        "levels": StationLevel.choices,
        "base_functions": [(code, named(kind)) for code, kind in kinds.items() if not kind.emergency],
        "new_form": form("new", None) if can_edit else None,
        "station_form": {
            "prefix": "station-",
            "problem": problem if tried == "station" else None,
            "typed": typed if tried == "station" else {},
        },
    }
    return render(request, "desk/station.html", context, status=problem.status if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.STATION_EDIT)
def new_station(request: HttpRequest) -> HttpResponse:
    """A new station of the actor's area."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    within = roots(actor, P.STATION_EDIT)
    problem: DomainError | None = None
    if request.method == "POST":
        form = NewStationForm(request.POST)
        try:
            if not form.is_valid():
                raise problem_of(form)
            said = dict(form.cleaned_data)
            place = get_place(said.pop("place"), within=within)
            made = operations.open_station(place=place, by=actor, at=request.at, **said)  # type: ignore[attr-defined]
        except DomainError as error:
            problem = error
        else:
            messages.success(request, _("“%(name)s”已登记。接着登记它的用房。") % {"name": made.name})
            return redirect("desk:station", station_id=made.pk)
    context = {
        "problem": problem,
        "typed": request.POST.dict() if request.method == "POST" else {},
        "places": [
            (one.code, one.name) for one in to_narrow_by(within) if one.level not in (Level.GRID, Level.BUILDING)
        ],
        "levels": StationLevel.choices,
        "station": _NO_STATION,
    }
    return render(request, "desk/station_new.html", context, status=problem.status if problem else 200)


@require_POST
@needs(P.STATION_EDIT)
def change_station(request: HttpRequest, station_id: UUID) -> HttpResponse:
    """Save what was changed about a station."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.station_to_edit(actor, station_id)
    form = StationForm(request.POST)
    version = request.POST.get("version", "")
    try:
        if not form.is_valid():
            raise problem_of(form)
        operations.change_station(
            station=found, by=actor, at=request.at, version=int(version) if version.isdecimal() else None,  # type: ignore[attr-defined]
            **form.cleaned_data,
        )  # fmt: skip
    except DomainError as error:
        return _station_page(request, found, problem=error, typed=request.POST.dict(), tried="station")
    messages.success(request, _("已保存。"))
    return redirect("desk:station", station_id=found.pk)


@require_POST
@needs(P.STATION_EDIT)
def room(request: HttpRequest, station_id: UUID, room_id: UUID | None = None) -> HttpResponse:
    """Add a room, or save what was changed about one; what it was found fit for comes with it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at = request.at  # type: ignore[attr-defined]
    found = queries.station_to_edit(actor, station_id)
    here = next((one for one in queries.rooms_of([found.pk]) if one.pk == room_id), None)
    if room_id is not None and here is None:
        raise Http404
    if here is not None:
        here.station = found
    form = RoomForm(request.POST)
    try:
        if request.POST.get("close") and here is not None:
            operations.close_room(room=here, by=actor, at=at)
        else:
            if not form.is_valid():
                raise problem_of(form)
            said = form.cleaned_data
            what: dict[str, Any] = {
                "name": said["name"],
                "floor": said["floor"],
                "capacity": said["capacity"] or 0,
                "function": said["function"],
                "facilities": request.POST.getlist("facilities"),
            }
            if here is None:
                here = operations.add_room(station=found, by=actor, at=at, **what)
            else:
                here = operations.change_room(room=here, by=actor, at=at, **what)
            operations.find_fit(
                room=here, functions=request.POST.getlist("fit"), minutes=said["minutes"], by=actor, at=at
            )
    except DomainError as error:
        tried = room_id.hex if room_id else "new"
        return _station_page(request, found, problem=error, typed=request.POST.dict(), tried=tried)
    messages.success(request, _("已保存。"))
    return redirect(f"{reverse('desk:station', args=[found.pk])}#rooms")


def _area(actor: Actor) -> list[str]:
    return roots(actor, P.STATION_EDIT) or roots(actor, P.MATTER_VIEW)


def _visible(request: HttpRequest, station_id: UUID) -> "Station":
    """Of one's own area: the address of others is no door to their forms."""
    found = queries.get_station(station_id)
    if not any(found.path.startswith(root) for root in _area(request.actor)):  # type: ignore[attr-defined]
        raise Http404
    return found
