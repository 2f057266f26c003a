"""My team, and what I am asked to help with: accept, decline, or leave it; nothing follows from a no."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pingzhan.core.errors import DomainError
from pingzhan.people import operations, queries
from pingzhan.people.choices import AskState
from pingzhan.places.names import place_lines


@never_cache
@login_required
@require_safe
def team(request: HttpRequest) -> HttpResponse:
    """The team, what waits for my answer, what I answered."""
    return _page(request)


def _page(request: HttpRequest, problem: DomainError | None = None) -> HttpResponse:
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    asks = queries.asks_of(actor)
    names = place_lines({ask.request.path for ask in asks})
    rows: list[dict[str, Any]] = [
        {"ask": ask, "place": names.get(ask.request.path, ""), "open": _is_open(ask, at)} for ask in asks
    ]
    memberships = queries.memberships_of(actor)
    context = {
        "waiting": [row for row in rows if row["open"] and row["ask"].state == AskState.ASKED],
        "answered": [row for row in rows if not (row["open"] and row["ask"].state == AskState.ASKED)],
        "teams": [queries.shown_team(one.team) for one in memberships[:3]],
        "memberships": memberships,
        "problem": problem,
    }
    return render(request, "portal/team.html", context, status=problem.status if problem else 200)


def _is_open(ask: Any, at: Any) -> bool:
    return bool(at < ask.request.due_at and ask.state != AskState.LAPSED)


@never_cache
@login_required
@require_POST
def answer(request: HttpRequest, ask_id: UUID) -> HttpResponse:
    """Accept or decline."""
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    ask = queries.ask_for(actor, ask_id)
    accept = request.POST.get("accept") == "1"
    try:
        operations.answer_ask(ask=ask, accept=accept, note=request.POST.get("note", ""), by=actor, at=at)
    except DomainError as problem:
        return _page(request, problem)
    messages.success(request, _("谢谢您，居委会会看到。") if accept else _("知道了，没关系。"))
    response = HttpResponseRedirect(reverse("portal:team"))
    response.status_code = 303
    return response
