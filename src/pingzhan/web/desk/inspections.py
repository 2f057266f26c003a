"""Inspections (巡查, 倒查, 专项督查) at the desk: the list, one with its findings, making one, the ledger."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import roots
from pingzhan.core.errors import DomainError, NotFound
from pingzhan.matters.choices_inspection import FindingState, InspectionForm
from pingzhan.matters.operations import inspecting as operations
from pingzhan.matters.queries import inspections as queries
from pingzhan.matters.queries.lists import matter_for
from pingzhan.matters.queries.reach import sees_as_staff
from pingzhan.matters.queries.reference import UnitRef, reference
from pingzhan.places.names import named, place_lines
from pingzhan.places.queries import get_places, to_narrow_by
from pingzhan.web.desk.ledgers import month_of, workbook_answer
from pingzhan.web.desk.steps import day_or_none, text_of
from pingzhan.web.guards import needs

if TYPE_CHECKING:
    from pingzhan.matters.models import Matter
else:
    Matter = Any

ROWS = 5  # things found that the form has room for; more go by another record
MOST_UNITS = 300


@require_safe
@needs(P.MATTER_VIEW)
def inspections(request: HttpRequest) -> HttpResponse:
    """Those with something left to mend, or with ?closed=1 those that are done, newest first."""
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    closed = request.GET.get("closed") == "1"
    form = request.GET.get("form", "")
    form = form if form in InspectionForm.values else ""
    found = queries.inspection_page(actor, closed=closed, form=form, after=request.GET.get("after"))
    late = queries.late_in(found.items, at=at) if found.items and not closed else {}
    places = place_lines({one.path for one in found.items})
    units = reference().units
    context = {
        "rows": [
            {
                "inspection": one,
                "place": places[one.path],
                "unit": named(units.get(one.unit_id)),
                "late": late.get(one.pk, 0),
            }
            for one in found.items
        ],
        "next": found.next or "",
        "first": not request.GET.get("after"),
        "closed": closed,
        "form": form,
        "forms": InspectionForm.choices,
        "may_inspect": queries.may_inspect(actor),
        "may_export": bool(actor.holding(P.MATTER_EXPORT)),
        "month": month_of("", at=at)[0],
    }
    return render(request, "desk/inspections.html", context)


@require_safe
@needs(P.MATTER_VIEW)
def inspection(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    return _show(request, inspection_id)


def _show(
    request: HttpRequest, inspection_id: UUID, *, problem: DomainError | None = None, tried: int = 0
) -> HttpResponse:
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    one = queries.inspection_for(actor, inspection_id)
    answers, confirms = queries.may_answer(actor, one), queries.may_confirm(actor, one)
    rows: list[dict[str, Any]] = []
    for found in one.findings.all():
        act = ""
        if found.state == FindingState.OPEN and answers:
            act = "mend"
        if found.state == FindingState.MENDED and confirms:
            act = "confirm"
        mine = tried == found.position
        rows.append(
            {
                "finding": found,
                "late": found.state == FindingState.OPEN and found.due_at < at,
                "act": act,
                "problem": problem if mine else None,
                "typed": request.POST.dict() if mine else {},
            }
        )
    context = {
        "inspection": one,
        "place": place_lines([one.path])[one.path],
        "unit": named(reference().units.get(one.unit_id)),
        "rows": rows,
        "sees_matter": one.matter is not None and sees_as_staff(actor, one.matter),
    }
    return render(request, "desk/inspection.html", context, status=problem.status if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.MATTER_VIEW)
def act(request: HttpRequest, inspection_id: UUID, position: int, act: str) -> HttpResponse:
    """Say that something is mended, or look whether it is."""
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    one = queries.inspection_for(actor, inspection_id)
    if act not in {"mend", "confirm"}:
        raise NotFound
    if request.method == "POST":
        common: dict[str, Any] = {"inspection": one, "position": position, "by": actor, "at": at}
        try:
            if act == "mend":
                operations.mend(answer=text_of(request, "answer"), **common)
                messages.success(request, _("整改情况已报送，等待核销。"))
            else:
                ok = text_of(request, "ok") != "0"
                operations.confirm(ok=ok, reason=text_of(request, "reason"), **common)
                messages.success(request, _("已核销。") if ok else _("已退回，请被检查单位继续整改。"))
        except DomainError as problem:
            return _show(request, inspection_id, problem=problem, tried=position)
    return redirect("desk:inspection", inspection_id=inspection_id)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.MATTER_SUPERVISE)
def new(request: HttpRequest) -> HttpResponse:
    """Put one on record: first where (or from which matter), then whom, what, and what was found."""
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    asked = request.POST if request.method == "POST" else request.GET
    matter = _matter(actor, asked.get("matter", ""))
    code = asked.get("place", "").replace("\x00", "")[:40]
    place = get_places([code]).get(code) if code and matter is None else None
    path = matter.path if matter else place.path if place else ""
    if path and not queries.may_inspect(actor, path):
        raise NotFound
    problem: DomainError | None = None
    if request.method == "POST" and path:
        try:
            made = operations.inspect(
                form=text_of(request, "form"), unit=text_of(request, "unit"), topic=text_of(request, "topic"),
                summary=text_of(request, "summary"), findings=_findings(request), place=code, matter=matter, by=actor,
                at=at,
            )  # fmt: skip
        except DomainError as error:
            problem = error
        else:
            messages.success(request, _("已登记，被检查单位已收到通知。"))
            return redirect("desk:inspection", inspection_id=made.pk)
    within = to_narrow_by(roots(actor, P.MATTER_SUPERVISE), [code] if place else [])
    context = {
        "matter": matter,
        "place": place,
        "where": place_lines([path])[path] if path else "",
        "places": [(one.code, one.name) for one in within],
        "forms": [(value, label) for value, label in InspectionForm.choices if matter or value != InspectionForm.TRACE],
        "form": InspectionForm.TRACE.value if matter else InspectionForm.PATROL.value,
        "units": [(unit.code, named(unit)) for unit in _units(path)] if path else [],
        "unit": _unit_of(matter),
        "numbers": [str(number) for number in range(1, ROWS + 1)],
        "tomorrow": f"{timezone.localdate(at) + timedelta(days=1):%Y-%m-%d}",
        "problem": problem,
        "typed": request.POST.dict() if problem else {},
    }
    return render(request, "desk/inspection_new.html", context, status=problem.status if problem else 200)


def _matter(actor: Actor, number: str) -> Matter | None:
    number = number.replace("\x00", "").strip().upper()[:40]
    return matter_for(actor, number) if number else None


def _unit_of(matter: Matter | None) -> str:
    """The code of the unit that a tracing most likely looks into."""
    unit = reference().units.get(matter.handler_id or matter.receiver_id) if matter else None
    return unit.code if unit else ""


def _units(path: str) -> list[UnitRef]:
    """The units on the way up from a place, and those below it; the nearest first."""
    above = [unit for unit in reference().units.values() if path.startswith(unit.path)]
    below = [unit for unit in reference().units.values() if unit.path.startswith(path) and unit.path != path]
    above.sort(key=lambda unit: (-len(unit.path), unit.code))
    below.sort(key=lambda unit: (unit.path, unit.code))
    return [*above, *below][:MOST_UNITS]


def _findings(request: HttpRequest) -> list[operations.Found]:
    """What was typed, in order; rows without any words are left out."""
    found = []
    for number in range(1, ROWS + 1):
        text, due = text_of(request, f"text_{number}"), day_or_none(request, f"due_{number}")
        if text or due:
            found.append(operations.Found(text, due))
    return found


@require_safe
@needs(P.MATTER_EXPORT)
def workbook(request: HttpRequest) -> HttpResponseBase:
    """The inspections of a month with what was found, as far as the actor may take it away."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at: datetime = request.at  # type: ignore[attr-defined]
    month, begin, end = month_of(request.GET.get("month", ""), at=at)
    title, name = _("检查台账 %(month)s") % {"month": month}, f"inspections-{month}.xlsx"
    return workbook_answer(title, queries.columns(), queries.ledger(actor, begin=begin, end=end), name=name)
