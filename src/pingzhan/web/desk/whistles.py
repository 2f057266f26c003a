"""Whistles at the desk: blowing one, following who came when, ending it; and answering one's own unit's call."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.core.errors import DomainError, NotFound
from pingzhan.core.ids import uuid7
from pingzhan.matters.queries.lists import matter_for
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.queries.whistles import (
    can_whistle_now,
    late_in,
    running_count,
    running_whistle,
    whistle_for,
    whistles_for,
)
from pingzhan.matters.whistle_workflow import WhistleStep
from pingzhan.places.names import named, place_lines
from pingzhan.web import whistles as common
from pingzhan.web.guards import needs


@require_safe
@needs(P.MATTER_VIEW)
def whistles(request: HttpRequest) -> HttpResponse:
    """Those that run, or with ?ended=1 those that have ended, newest first."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at: datetime = request.at  # type: ignore[attr-defined]
    ended = request.GET.get("ended") == "1"
    found = whistles_for(actor, running=not ended, after=request.GET.get("after"), limit=20)
    late = late_in(found.items, at=at) if found.items and not ended else {}
    places = place_lines([row.matter.path for row in found.items])
    known = reference().units
    context = {
        "rows": [
            {
                "whistle": row,
                "place": places[row.matter.path],
                "unit": named(known.get(row.unit_id)),
                "late": late.get(row.pk, 0),
            }
            for row in found.items
        ],
        "ended": ended,
        "next": found.next or "",
        "first": not request.GET.get("after"),
        "running": running_count(actor),
    }
    return render(request, "desk/whistles.html", context)


@require_safe
@needs(P.MATTER_VIEW)
def whistle(request: HttpRequest, whistle_id: UUID) -> HttpResponse:
    """The page, or for htmx the tracks alone: they come anew by themselves while what is typed beside them stays."""
    return _show(request, whistle_for(request.actor, whistle_id))  # type: ignore[attr-defined]


def _show(
    request: HttpRequest, found: Any, *, problem: DomainError | None = None, tried: str = "", unit: str = ""
) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at: datetime = request.at  # type: ignore[attr-defined]
    matter = found.matter
    context = common.shown(found, by=actor, at=at) | {
        "matter": matter,
        "place": place_lines([found.matter.path])[found.matter.path],
        "problem": problem,
    }
    if getattr(request, "htmx", False) and request.method == "GET":
        return render(request, "desk/parts/whistle_tracks.html", context)
    sheet = context["found"]
    offered = sheet.may_run or any(own["may_hand_over"] for own in context["own"])
    context |= {
        **_forms(request, tried, problem),
        "tried_unit": unit,
        "had_pictures": bool(request.FILES),
        "key": str(uuid7()),
        "more": common.units_offered(matter, but=common.here(sheet), typed=request.POST if tried == "call" else None)
        if offered
        else [],
    }
    return render(request, "desk/whistle.html", context, status=problem.status if problem else 200)


def _forms(request: HttpRequest, tried: str, problem: DomainError | None) -> dict[str, Any]:
    """Of the page's forms the one that was tried, with what was typed and what was wrong; the others are empty."""
    form = {"call": "call", "release": "release", "close": "close"}.get(tried, "answer" if tried else "")
    return {
        f"{name}_form": {"typed": request.POST.dict(), "problem": problem}
        if name == form
        else {"typed": {}, "problem": None}
        for name in ("answer", "call", "release", "close")
    }


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.MATTER_VIEW)
def step(request: HttpRequest, whistle_id: UUID, step: str) -> HttpResponse:
    """Take one step of a whistle; what stands in the way is shown on its page, with what was typed still there."""
    if request.method != "POST":
        return redirect("desk:whistle", whistle_id=whistle_id)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = whistle_for(actor, whistle_id)
    try:
        common.take(request, found, step)
    except NotFound:
        raise
    except DomainError as problem:
        again = whistle_for(actor, whistle_id)
        return _show(request, again, problem=problem, tried=step, unit=common.text_of(request, "unit"))
    messages.success(request, common.DONE[WhistleStep(step)])
    try:  # a unit that was summoned sees the whistle as long as it runs
        whistle_for(actor, whistle_id)
    except NotFound:
        return redirect("desk:whistles")
    return redirect("desk:whistle", whistle_id=whistle_id)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.MATTER_WHISTLE)
def blow(request: HttpRequest, number: str) -> HttpResponse:
    """Choose whom to summon; the units that the rules name are ticked already, so that one press is enough."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    matter = matter_for(actor, number)
    problem: DomainError | None = None
    if request.method == "POST":
        try:
            common.blow(request, matter)
        except DomainError as error:
            problem = error
        else:
            messages.success(request, common.DONE[WhistleStep.BLOW])
    last = running_whistle(matter)
    if last is not None and last.ended_at is None and problem is None:
        return redirect("desk:whistle", whistle_id=last.pk)
    if problem is None and not can_whistle_now(actor, matter):
        return redirect("desk:sheet", number=number)
    context = {
        "matter": matter,
        "place": place_lines([matter.path])[matter.path],
        "units": common.units_offered(matter, but=set(), typed=request.POST if problem else None),
        "problem": problem,
        "typed": request.POST.dict() if problem else {},
        "key": str(uuid7()),
    }
    return render(request, "desk/blow.html", context, status=problem.status if problem else 200)
