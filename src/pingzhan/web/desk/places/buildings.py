"""Buildings and homes of a community by hand."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import can, roots
from pingzhan.core.errors import DomainError, Invalid
from pingzhan.places import queries
from pingzhan.places.choices import Level
from pingzhan.places.operations import (
    end_building,
    end_households,
    enter_building,
    enter_households,
    rooms_in,
)
from pingzhan.web.desk.places.tree import crumbs
from pingzhan.web.guards import needs

_FIELDS = ("building", "estate", "address", "grid", "floors", "entrances", "households", "lon", "lat", "alias")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.PLACE_EDIT)
def building_new(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a building of a community."""
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    community = _place(request, code, Level.COMMUNITY)
    if request.method != "POST":
        return _form(request, community, {})
    try:
        made = enter_building(community=community, cells=request.POST.dict(), by=actor, at=at)
    except Invalid as problem:
        return _form(request, community, request.POST.dict(), problem=problem)
    messages.success(request, _("已登记%(name)s。") % {"name": made.name})
    return redirect("desk:place", code=made.code)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.PLACE_EDIT)
def building_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change a building, enter or end its homes, or end it."""
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    building = _place(request, code, Level.BUILDING)
    community = queries.chain(building)[-2 if building.parent.level == Level.COMMUNITY else -3]
    if request.method != "POST":
        return _form(request, community, _facts(building), building=building)
    try:
        match request.POST.get("act"):
            case "homes":
                rooms = rooms_in(request.POST.get("rooms", ""))
                made = enter_households(building=building, rooms=rooms, by=actor, at=at)
                messages.success(request, _("新登记 %(count)d 户。") % {"count": len(made)})
            case "end_homes":
                rooms = rooms_in(request.POST.get("rooms", ""))
                ended = end_households(building=building, rooms=rooms, by=actor, at=at)
                messages.success(request, _("已注销 %(count)d 户，以往的记录保留。") % {"count": len(ended)})
            case "end":
                end_building(building=building, by=actor, at=at)
                messages.success(request, _("%(name)s已注销，以往的记录仍可查看。") % {"name": building.name})
            case _:
                enter_building(community=community, cells=request.POST.dict(), building=building, by=actor, at=at)
                messages.success(request, _("已保存。"))
    except DomainError as problem:
        return _form(request, community, request.POST.dict(), building=building, problem=problem)
    return redirect("desk:place", code=building.code)


def _place(request: HttpRequest, code: str, level: Level) -> Any:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.get_place(code, within=roots(actor, P.PLACE_EDIT))
    if found.level != level or not can(actor, P.PLACE_EDIT, found.path):
        raise Http404
    return found


def _facts(building: Any) -> dict[str, str]:
    estate = queries.estate_of(building)
    values = {
        "building": building.name,
        "estate": estate.name if estate else "",
        "address": estate.address if estate else "",
        "floors": building.floors,
        "entrances": building.entrances,
        "households": building.households,
        "lon": building.lon,
        "lat": building.lat,
        "grid": "",
        "alias": "",
    }
    return {name: "" if value is None else str(value) for name, value in values.items()}


def _form(
    request: HttpRequest,
    community: Any,
    typed: dict[str, str],
    *,
    building: Any = None,
    problem: DomainError | None = None,
) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    context = {
        "community": community,
        "building": building,
        "chain": crumbs(actor, building or community),
        "grids": [(grid.name, grid.name) for grid in queries.children(community) if grid.level == Level.GRID],
        "estates": [estate.name for estate in queries.estates_in(community)],
        "homes": [home.name for home in queries.children(building)] if building else [],
        "typed": dict.fromkeys((*_FIELDS, "rooms"), "") | typed,
        "problem": problem,
    }
    return render(request, "desk/places/building.html", context, status=problem.status if problem else 200)
