"""Visits (走流程, 走千企访万户) on the desk and on the phone: put one on record, and see what came of it."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import can, roots
from pingzhan.core.errors import DomainError
from pingzhan.core.idempotency import once
from pingzhan.matters.choices_visit import VisitKind
from pingzhan.matters.operations import visiting as operations
from pingzhan.matters.queries import visits as queries
from pingzhan.matters.queries.reach import sees_as_staff
from pingzhan.places.names import place_lines
from pingzhan.places.queries import get_places, to_narrow_by
from pingzhan.web.desk.ledgers import month_of
from pingzhan.web.forms.report import kept_key
from pingzhan.web.guards import needs
from pingzhan.web.inbox import BASES, MATTER_PAGES, face_of

ROWS = 5  # problems that the form has room for; more go by another visit


@require_safe
@needs(P.MATTER_REPORT)
def visits(request: HttpRequest) -> HttpResponse:
    """Visits of the area, newest first, and what came of this month's."""
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    kind = request.GET.get("kind", "")
    kind = kind if kind in VisitKind.values else ""
    found = queries.visit_page(actor, kind=kind, after=request.GET.get("after"))
    places = place_lines({one.path for one in found.items})
    month, begin, end = month_of(request.GET.get("month", ""), at=at)
    context = {
        "rows": [{"visit": one, "place": places[one.path]} for one in found.items],
        "next": found.next or "",
        "first": not request.GET.get("after"),
        "kind": kind,
        "kinds": VisitKind.choices,
        "came": queries.came_of_visits(actor, begin=begin, end=end),
        "month": month,
        "begin": begin,
    }
    return _render(request, "visits", context)


@require_safe
@needs(P.MATTER_REPORT)
def visit(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """One visit with the matters that came of it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    one = queries.visit_for(actor, visit_id)
    rows = [
        {"matter": found.matter, "sees": sees_as_staff(actor, found.matter), "position": found.position}
        for found in one.findings.all()
    ]
    return _render(request, "visit", {"visit": one, "place": place_lines([one.path])[one.path], "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.MATTER_REPORT)
def new(request: HttpRequest) -> HttpResponse:
    """Put one on record: first where, then what for and what was found."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    typed = {name: value.replace("\x00", "").strip() for name, value in request.POST.dict().items()}
    code = (typed or request.GET).get("place", "").replace("\x00", "")[:40]
    within = roots(actor, P.MATTER_REPORT)
    place = get_places([code], within=within).get(code) if code else None
    if place is None and len(within) == 1 and not code:  # who answers for one place goes nowhere else
        place = next(iter(to_narrow_by(within)), None)
    problem: DomainError | None = None
    if request.method == "POST" and place is not None and can(actor, P.MATTER_REPORT, place.path):
        try:
            return _send(request, place.code, typed)
        except DomainError as error:
            problem = error
    context = {
        "place": place,
        "chosen": place.code if place else "",
        "where": place_lines([place.path])[place.path] or place.name if place else "",
        "places": [(one.code, one.name) for one in to_narrow_by(within, [place.code] if place else [])],
        "kinds": VisitKind.choices,
        "numbers": [str(number) for number in range(1, ROWS + 1)],
        "key": kept_key(request, problem),
        "problem": problem,
        "typed": typed,
    }
    return _render(request, "visit_new", context, status=problem.status if problem else 200)


def _send(request: HttpRequest, place: str, typed: dict[str, str]) -> HttpResponse:
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    texts = [typed.get(f"text_{number}", "") for number in range(1, ROWS + 1)]
    said: dict[str, Any] = {
        "kind": typed.get("kind", ""),
        "place": place,
        "topic": typed.get("topic", ""),
        "summary": typed.get("summary", ""),
    }

    def work() -> tuple[int, Any]:
        problems = [operations.Problem(text) for text in texts if text]
        return 201, {"id": str(operations.visit(**said, problems=problems, by=actor, at=at).pk), "found": len(problems)}

    answer = once(
        key=typed.get("key", "")[:64], owner=f"visit:{actor.user_id}", route="visit",
        body=json.dumps([said, texts], sort_keys=True).encode(), at=at, work=work,
    )  # fmt: skip
    count = answer.body["found"]
    words = _("走访已登记。")
    if count:
        words += ngettext("%(n)s 个问题已转为事项。", "%(n)s 个问题已转为事项。", count) % {"n": count}
    messages.success(request, words)
    return redirect(f"{face_of(request.path)}:visit", visit_id=answer.body["id"])


def _render(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    face = face_of(request.path)
    links = {
        "base": BASES[face], "list_url": f"{face}:visits", "new_url": f"{face}:visit_new",
        "visit_url": f"{face}:visit", "matter_url": MATTER_PAGES[face],
    }  # fmt: skip
    return render(request, f"visits/{name}.html", context | links, status=status)
