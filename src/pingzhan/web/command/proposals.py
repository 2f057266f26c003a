"""What conditions propose, decided by a person; and the figures from outside that conditions are about."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import roots
from pingzhan.core.errors import DomainError, Invalid
from pingzhan.core.paging import page
from pingzhan.places.names import place_lines
from pingzhan.places.queries import get_place, to_narrow_by
from pingzhan.response import operations
from pingzhan.response.queries.proposals import open_proposals, proposal_for, responses_of, signals_for
from pingzhan.web.command.words import COLOURS, SIGNALS, figure_words, level_label, moment_of, signal_value
from pingzhan.web.guards import needs

if TYPE_CHECKING:
    from pingzhan.response.models import Proposal

PAGE = 50


def waiting(actor: Actor) -> list[dict[str, Any]]:
    """What waits for the actor's decision, for the first page; two statements."""
    found = open_proposals(actor)
    lines = place_lines([one.path for one in found])
    return [proposal_row(one) | {"place": lines[one.path]} for one in found]


def proposal_row(one: "Proposal") -> dict[str, Any]:
    """A proposal in words."""
    return {
        "proposal": one,
        "level": level_label(one.level),
        "colour": COLOURS[one.level],
        "figures": figure_words(one.figures),
        "prefix": f"p{one.pk}-",
    }


@require_POST
@needs(P.RESPONSE_ACTIVATE)
def decide(request: HttpRequest, proposal_id: UUID, act: str) -> HttpResponse:
    """Follow a proposal, which leads to the preview or to the response to be raised; or decide against it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at = request.at  # type: ignore[attr-defined]
    found = proposal_for(actor, proposal_id)
    if act not in ("accept", "dismiss"):
        raise Http404
    try:
        if act == "dismiss":
            operations.dismiss(proposal=found, by=actor, at=at, reason=request.POST.get("reason", ""))
            messages.success(request, _("已记下：不启动。条件继续满足时不再提醒。"))
            return redirect("command:home")
        operations.accept(proposal=found, by=actor, at=at)
    except DomainError as problem:
        messages.error(request, str(problem.detail))
        return redirect("command:home")
    running = responses_of(found.plan, at=at)
    if running:
        messages.info(request, _("这个预案正在响应中：请在这里调整级别。"))
        return redirect("command:response", response_id=next(iter(running)))
    query = urlencode({"plan": found.plan.code, "level": found.level, "places": found.plan.place.code})
    return redirect(f"{reverse('command:preview')}?{query}")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.PLAN_EDIT)
def signals(request: HttpRequest) -> HttpResponse:
    """The figures from outside, and a form to note another."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at = request.at  # type: ignore[attr-defined]
    within = roots(actor, P.PLAN_EDIT)
    problem: DomainError | None = None
    if request.method == "POST":
        try:
            operations.take_signal(
                name=request.POST.get("name", ""), place=get_place(request.POST.get("place", ""), within=within),
                value=_number(request.POST.get("value", "")), until=moment_of(request.POST.get("until", "")), by=actor,
                at=at,
            )  # fmt: skip
        except DomainError as error:
            problem = error
        else:
            messages.success(request, _("已记录，预案的条件已重新核对。"))
            return redirect("command:signals")
    rows = page(signals_for(actor), order=("-at", "-id"), after=request.GET.get("after"), limit=PAGE)
    lines = place_lines([row.path for row in rows.items])
    context = {
        "rows": [
            {
                "signal": row,
                "label": SIGNALS.get(row.name, row.name),
                "value": signal_value(row.name, row.value),
                "place": lines[row.path],
                "over": row.until <= at,
            }
            for row in rows.items
        ],
        "next": rows.next or "",
        "names": [(name, label) for name, label in SIGNALS.items()],
        "places": [(one.code, one.name) for one in to_narrow_by(within) if one.level not in ("grid", "building")],
        "problem": problem,
        "typed": request.POST.dict() if problem else {},
    }
    return render(request, "command/signals.html", context, status=problem.status if problem else 200)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        message = _("请填写数字")
        raise Invalid(message, errors=[{"loc": ["value"], "msg": message}]) from error
