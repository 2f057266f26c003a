"""Inside a team at the desk: what the unit has in hand, who has it, who is full; grab, assign, rotate, hand back."""

from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import can
from pingzhan.core.errors import DomainError, NotFound
from pingzhan.matters.operations import taking as operations
from pingzhan.matters.queries.lists import matter_for
from pingzhan.matters.queries.takings import cap_of, members_of, own_teams, takers_of, team_matters
from pingzhan.places.names import named
from pingzhan.web.desk.rows import rows_of
from pingzhan.web.guards import needs
from pingzhan.web.takings import act_on


@require_safe
@needs(P.MATTER_HANDLE)
def team(request: HttpRequest) -> HttpResponse:
    """The matters of one of the actor's units; ?unit= which, ?free=1 only what nobody has taken."""
    return _show(request)


def _show(request: HttpRequest, *, problem: DomainError | None = None) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at: datetime = request.at  # type: ignore[attr-defined]
    teams = own_teams(actor)
    asked = request.POST.get("unit", "") or request.GET.get("unit", "")
    unit = next((one for one in teams if one.code == asked), teams[0] if teams else None)
    if unit is None:
        raise NotFound
    free = request.GET.get("free") == "1"
    found = team_matters(actor, unit, after=request.GET.get("after"), free=free)
    takers = takers_of([row.pk for row in found.items], actor)
    members = members_of(unit, at=at)
    rows = rows_of(found.items, at=at)
    context = {
        "unit": unit,
        "unit_name": named(unit),
        "teams": [(one.code, named(one)) for one in teams],
        "rows": [{"row": row, "taker": takers.get(matter.pk)} for row, matter in zip(rows, found.items, strict=True)],
        "next": found.next or "",
        "free": free,
        "members": members,
        "people": [(str(one.who.person_id), f"{one.who.name}（{one.open}）") for one in members],
        "cap": cap_of(unit.id),
        "assigns": any(held.unit_id == unit.id for held in actor.holding(P.MATTER_ASSIGN)),
        "may_cap": can(actor, P.MATTER_ASSIGN, unit.path, unit_id=unit.id),
        "problem": problem,
        "typed": request.POST.dict() if problem else {},
    }
    return render(request, "desk/team.html", context, status=problem.status if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.MATTER_ASSIGN)
def cap(request: HttpRequest) -> HttpResponse:
    """How many open matters one person of the unit may have."""
    if request.method != "POST":
        return redirect("desk:team")
    actor: Actor = request.actor  # type: ignore[attr-defined]
    unit, said = request.POST.get("unit", "")[:60], request.POST.get("cap", "").strip()
    number = int(said) if said.isascii() and said.isdigit() and len(said) < 5 else 0
    try:
        operations.set_cap(unit=unit, cap=number if said else None, by=actor, at=request.at)  # type: ignore[attr-defined]
    except DomainError as problem:
        return _show(request, problem=problem)
    messages.success(request, _("接单上限已更新。"))
    return redirect(f"{reverse('desk:team')}?{urlencode({'unit': unit})}")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.MATTER_HANDLE)
def taking(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """Grab, assign, rotate or hand back one matter, and go back to where it was pressed; what failed is said there."""
    back = _back(request, number)
    if request.method == "POST":
        act_on(request, matter_for(request.actor, number), act)  # type: ignore[attr-defined]
    return redirect(back)


def _back(request: HttpRequest, number: str) -> str:
    """The page of ours on which it was pressed; otherwise the sheet."""
    said = request.POST.get("back", "")
    if said.startswith("/") and url_has_allowed_host_and_scheme(said, allowed_hosts=None):
        return said
    return reverse("desk:sheet", args=[number])
