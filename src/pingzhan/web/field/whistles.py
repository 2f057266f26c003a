"""A whistle on the phone: check in with one press, a photo, a few words."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.core.errors import DomainError, NotFound
from pingzhan.matters.queries.whistles import whistle_for
from pingzhan.matters.whistle_workflow import WhistleStep
from pingzhan.places.names import place_lines
from pingzhan.web import whistles as common
from pingzhan.web.forms.problems import on_page
from pingzhan.web.forms.report import kept_key
from pingzhan.web.guards import needs


@never_cache
@require_safe
@needs(P.MATTER_VIEW)
def whistle(request: HttpRequest, whistle_id: UUID) -> HttpResponse:
    return _page(request, whistle_for(request.actor, whistle_id))  # type: ignore[attr-defined]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.MATTER_VIEW)
def step(request: HttpRequest, whistle_id: UUID, step: str) -> HttpResponse:
    """Check in, report, arrive, feed back, leave, hand over; sent twice it counts once."""
    if request.method != "POST":
        return redirect("field:whistle", whistle_id=whistle_id)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = whistle_for(actor, whistle_id)
    try:
        common.take(request, found, step)
    except NotFound:
        raise
    except DomainError as problem:
        return _page(request, whistle_for(actor, whistle_id), step=step, problem=problem)
    messages.success(request, common.DONE[WhistleStep(step)])
    leaves = step in (WhistleStep.LEAVE, WhistleStep.HAND_OVER)
    response = HttpResponseRedirect(reverse("field:today") if leaves else reverse("field:whistle", args=[whistle_id]))
    response.status_code = 303
    return response


def _page(request: HttpRequest, found: Any, *, step: str = "", problem: DomainError | None = None) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at: datetime = request.at  # type: ignore[attr-defined]
    shown = common.shown(found, by=actor, at=at)
    hands = any(own["may_hand_over"] for own in shown["own"])
    wrong = on_page(problem, fields={"attachments": "pictures"}) if problem else None
    context = shown | {
        "matter": found.matter,
        "place": place_lines([found.matter.path])[found.matter.path],
        "problem": wrong,
        "tried": step,
        "typed": request.POST.dict() if problem else {},
        "had_pictures": bool(request.FILES),
        "key": kept_key(request, problem),
        "others": [unit for unit in shown["units"] if unit not in shown["own"]],
        "more": common.units_offered(found.matter, but=set()) if hands else [],
    }
    return render(request, "field/whistle.html", context, status=problem.status if problem else 200)
