"""The ledger of members: who checked in, what is to be done next, one sheet each."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import can, roots
from pingzhan.core.errors import DomainError, NotFound
from pingzhan.core.idempotency import once
from pingzhan.core.paths import code_of
from pingzhan.journal.queries import openings_of, timeline
from pingzhan.people import operations, queries
from pingzhan.people.choices import CheckInKind, CheckInSource, CheckInState, CheckInStep, Slot
from pingzhan.people.queries import MemberFilters
from pingzhan.places.queries import to_narrow_by
from pingzhan.web.desk.member_rows import member_rows
from pingzhan.web.desk.verbs import actor_label, verb_label
from pingzhan.web.forms.check_in import CheckInForm, check_in_page, skill_groups, typed_from, typed_of
from pingzhan.web.forms.problems import problem_of
from pingzhan.web.forms.report import fresh_key, sent
from pingzhan.web.guards import needs

if TYPE_CHECKING:
    from pingzhan.people.models import CheckIn

S = CheckInState
NAMES = ("q", "place", "skill", "slot", "kind", "state")
# The tabs in the order of the work.
TABS = (S.SUBMITTED, S.APPROVED, S.CONTACTED, S.JOINED, S.PAUSED, S.REJECTED, S.MOVED, S.LEFT)
PURPOSES = (gettext_lazy("核实是否住在本居村"), gettext_lazy("电话联系报到队员"), gettext_lazy("安排任务"))


@require_safe
@needs(P.MEMBER_VIEW)
def ledger(request: HttpRequest) -> HttpResponse:
    """The check-ins of the actor's area; eight statements whatever their number."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at = request.at  # type: ignore[attr-defined]
    said = {name: request.GET.get(name, "").replace("\x00", "").strip()[:60] for name in NAMES}
    if said["state"] not in {*S.values, "overdue", "active"}:
        said["state"] = ""
    filters = MemberFilters(**said)
    rows = queries.ledger(actor, filters)
    found = queries.members_page(actor, filters, at=at, after=request.GET.get("after") or None, rows=rows)
    counts = queries.counts(rows, at=at)
    context = {
        "filters": filters,
        "rows": member_rows(found.items, at=at),
        "next": found.next or "",
        "first": "after" not in request.GET,
        "tabs": _tabs(request, filters, counts),
        "places": place_options(actor, P.MEMBER_VIEW, filters.place),
        "skills": skill_groups(),
        "slots": Slot.choices,
        "kinds": CheckInKind.choices,
        "narrowed": any(said[name] for name in NAMES if name != "state"),
        "can_vet": bool(actor.holding(P.MEMBER_VET)),
    }
    return render(request, "desk/members.html", context)


def _tabs(request: HttpRequest, filters: MemberFilters, counts: dict[str, int]) -> list[dict[str, Any]]:
    def tab(state: str, label: str) -> dict[str, Any]:
        query = request.GET.copy()
        query.pop("after", None)
        query["state"] = state
        return {
            "label": label, "count": counts[state or "all"], "url": f"?{query.urlencode()}",
            "current": filters.state == state, "late": state == "overdue",
        }  # fmt: skip

    found = [tab("", _("全部")), tab("overdue", _("逾期未联系")), tab("active", _("在册"))]
    return found + [tab(state.value, str(state.label)) for state in TABS]


def place_options(actor: Actor, right: P, chosen: str) -> list[tuple[str, str]]:
    """Places to choose from where the actor has the right: their own, what lies below, and below the chosen one."""
    within = roots(actor, right)
    digits = chosen.partition("-")[0]
    found = to_narrow_by(within, [chosen, digits, digits[:9], digits[:6]] if chosen else [])
    top = min((place.path.count("/") for place in found), default=0)
    return [(place.code, "　" * (place.path.count("/") - top) + place.name) for place in found]


# --- one member -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StepPage:
    """How a step looks on the sheet, and what is taken from its form."""

    label: Any
    hint: Any
    act: Callable[..., object]
    take: Callable[[HttpRequest, "CheckIn", Actor], dict[str, Any]]


def _note(request: HttpRequest, check_in: "CheckIn", actor: Actor) -> dict[str, Any]:
    return {"note": request.POST.get("note", "")}


def _reason(request: HttpRequest, check_in: "CheckIn", actor: Actor) -> dict[str, Any]:
    return {"reason": request.POST.get("reason", "")}


def _contacted(request: HttpRequest, check_in: "CheckIn", actor: Actor) -> dict[str, Any]:
    return {"note": request.POST.get("note", ""), "reached": request.POST.get("reached") != "0"}


def _moved(request: HttpRequest, check_in: "CheckIn", actor: Actor) -> dict[str, Any]:
    return {"to": sent(request).get("place", ""), "note": request.POST.get("note", "")}


def _joined(request: HttpRequest, check_in: "CheckIn", actor: Actor) -> dict[str, Any]:
    team = queries.team_of_path(check_in.path)
    wanted = request.POST.get("group", "")
    groups = queries.shown_team(team).groups if team else []
    return {"team": team, "group": next((group for group, _members in groups if str(group.pk) == wanted), None)}


STEPS: dict[str, StepPage] = {
    "approve": StepPage(
        gettext_lazy("审核通过"), gettext_lazy("核实住在这里，交给队长联系"), operations.approve, _note
    ),
    "contact": StepPage(
        gettext_lazy("已联系"), gettext_lazy("电话或见面谈过，记下情况"), operations.contact, _contacted
    ),
    "join": StepPage(gettext_lazy("编入队伍"), gettext_lazy("编进本居村的队伍和小组"), operations.join, _joined),
    "reject": StepPage(gettext_lazy("不通过"), gettext_lazy("写明理由，本人会看到"), operations.reject, _reason),
    "resume": StepPage(gettext_lazy("恢复参加"), gettext_lazy("可以再请他帮忙"), operations.resume, _note),
    "pause": StepPage(gettext_lazy("暂停参加"), gettext_lazy("一段时间内不安排任务"), operations.pause, _note),
    "move": StepPage(gettext_lazy("转到其他居村"), gettext_lazy("搬家的，交给新居村审核"), operations.move, _moved),
    "leave": StepPage(gettext_lazy("退出"), gettext_lazy("本人不再参加"), operations.leave, _note),
}


@require_safe
@needs(P.MEMBER_VIEW)
def sheet(request: HttpRequest, check_in_id: UUID) -> HttpResponse:
    """What one member told, what has happened, and what can be done next."""
    return _sheet(request, of_area(request, check_in_id))


def of_area(request: HttpRequest, check_in_id: UUID) -> "CheckIn":
    actor: Actor = request.actor  # type: ignore[attr-defined]
    check_in = queries.check_in_for(actor, check_in_id)
    if not can(actor, P.MEMBER_VIEW, check_in.path):
        raise NotFound
    return check_in


def _sheet(
    request: HttpRequest,
    check_in: "CheckIn",
    *,
    tried: str = "",
    problem: DomainError | None = None,
    opened: Any = None,
) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at = request.at  # type: ignore[attr-defined]
    entries = list(timeline("check_in", check_in.pk))
    notes = queries.notes_of([entry.uid for entry in entries])
    allowed = {step.value for step in queries.next_steps(actor, check_in)}
    steps = [code for code in STEPS if code in allowed]
    team = queries.team_of_path(check_in.path) if "join" in allowed else None
    shown = queries.shown_team(team) if team else None
    typed = typed_of(request) if problem else {}
    context = {
        "row": member_rows([check_in], at=at)[0],
        "check_in": check_in,
        "items": [
            {
                "label": verb_label(entry.verb),
                "step": "",
                "at": entry.at,
                "who": actor_label(entry, unnamed=_("本人")),
                "notes": [notes[entry.uid]] if entry.uid in notes else [],
            }
            for entry in entries
        ],
        "skills": _skills(check_in, today=timezone.localtime(at).date()),
        "steps": [
            {
                "code": code,
                "label": STEPS[code].label,
                "hint": STEPS[code].hint,
                "primary": index == 0,
                "open": code == tried or (not tried and index == 0),
                "problem": problem if code == tried else None,
                "typed": typed if code == tried else {},
                "prefix": f"{code}-",
            }
            for index, code in enumerate(steps)
        ],
        "lost": problem if problem and tried not in steps and tried != "open" else None,
        "open_problem": problem if tried == "open" else None,
        "opened": opened,
        "may_open": bool(check_in.phone_index) and queries.may_open(actor, check_in),
        "purposes": [str(purpose) for purpose in PURPOSES],
        "openings": list(openings_of("check_in", check_in.pk)[:20]),
        "team": team,
        "groups": [(str(group.pk), group.name) for group, _members in shown.groups] if shown else [],
        "can_correct": "correct" in allowed,
        "can_prove": can(actor, P.MEMBER_VET, check_in.path),
        "levels": check_in_page(request, {"place": ""}, skills=False)["levels"] if "move" in allowed else [],
        "key": fresh_key(),
    }
    return render(request, "desk/member.html", context, status=problem.status if problem else 200)


def _skills(check_in: "CheckIn", *, today: Any) -> list[dict[str, Any]]:
    if check_in.person_id is None:
        return []
    rows = queries.skills_of([check_in.person_id]).get(check_in.person_id, [])
    return [{"row": row, "state": queries.proof_state(row, today=today)} for row in rows]


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.MEMBER_VIEW)
def step(request: HttpRequest, check_in_id: UUID, step: str) -> HttpResponse:
    """Take a step; what failed keeps what was typed."""
    page = STEPS.get(step)
    if page is None:
        raise NotFound
    check_in = of_area(request, check_in_id)
    if request.method != "POST":
        return redirect("desk:member", check_in_id=check_in.pk)
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    version = request.POST.get("version", "")
    seen = int(version) if version.isdecimal() and version.isascii() and len(version) < 9 else None
    try:
        given = page.take(request, check_in, actor)
        page.act(check_in=check_in, by=actor, at=at, version=seen, **given)
    except DomainError as problem:
        return _sheet(request, of_area(request, check_in_id), tried=step, problem=problem)
    if check_in.state == S.MERGED:
        messages.info(request, _("此人已在册，这次填写的内容已并入原来的记录。"))
    else:
        messages.success(request, _("已完成：%(step)s。") % {"step": page.label})
    return redirect("desk:member", check_in_id=check_in.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.MEMBER_CONTACT, P.PERSON_OPEN)
def open_member(request: HttpRequest, check_in_id: UUID) -> HttpResponse:
    """Phone and home in the clear for a stated purpose; shown on this answer only."""
    check_in = of_area(request, check_in_id)
    if request.method != "POST":
        return redirect("desk:member", check_in_id=check_in.pk)
    purpose = request.POST.get("purpose", "")
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    try:
        opened = operations.open_check_in(check_in=check_in, purpose=purpose, by=actor, at=at)
    except DomainError as problem:
        return _sheet(request, check_in, tried="open", problem=problem)
    return _sheet(request, check_in, opened=opened)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.MEMBER_VET)
def correct(request: HttpRequest, check_in_id: UUID) -> HttpResponse:
    """Set right what is kept. The address is asked for again only where it changes: it is sealed."""
    check_in = of_area(request, check_in_id)
    if CheckInStep.CORRECT not in queries.next_steps(request.actor, check_in):  # type: ignore[attr-defined]
        raise NotFound
    if request.method != "POST":
        return _form(request, typed_from(check_in), check_in=check_in)
    form = CheckInForm(sent(request))
    try:
        if not form.is_valid():
            raise problem_of(form)
        told = kept_told(request, form, check_in)
        operations.correct(check_in=check_in, told=told, by=request.actor, at=request.at)  # type: ignore[attr-defined]
    except DomainError as problem:
        return _form(request, typed_of(request), problem=problem, check_in=check_in)
    messages.success(request, _("已更正。"))
    return redirect("desk:member", check_in_id=check_in.pk)


def kept_told(request: HttpRequest, form: CheckInForm, check_in: "CheckIn") -> operations.Told:
    """What was typed, with what is sealed and was left empty as it is kept."""
    told = form.told(request, kind=check_in.kind)
    return replace(
        told,
        phone=check_in.phone.open(),
        home=told.home or check_in.home.open(),
        standing=told.standing or check_in.standing.open(),
    )


# --- entering somebody ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.MEMBER_VET)
def new(request: HttpRequest) -> HttpResponse:
    """Enter somebody who came by or filled in a paper form."""
    if request.method != "POST":
        return _form(request, {"place": _own_place(request.actor)})  # type: ignore[attr-defined]
    if "more" in request.POST:  # without scripts: only show the next list of places
        return _form(request, typed_of(request))
    form = CheckInForm(sent(request))
    try:
        if not form.is_valid():
            raise problem_of(form)
        check_in_id = _enter(request, form)
    except DomainError as problem:
        return _form(request, typed_of(request), problem=problem)
    messages.success(request, _("已登记，请核实后审核。"))
    return redirect("desk:member", check_in_id=check_in_id)


def _enter(request: HttpRequest, form: CheckInForm) -> str:
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    told, consent = form.told(request), form.cleaned_data["consent"]

    def work() -> tuple[int, Any]:
        made = operations.submit(told=told, source=CheckInSource.DESK, consent=consent, by=actor, at=at)
        return 201, {"id": str(made.pk)}

    answer = once(
        key=form.cleaned_data["key"], owner=f"desk:{actor.user_id}", route="check-in",
        body=json.dumps([str(told), consent]).encode(), at=at, work=work,
    )  # fmt: skip
    return str(answer.body["id"])


def _own_place(actor: Actor) -> str:
    path = next(iter(roots(actor, P.MEMBER_VET)), "")
    code = code_of(path)
    return code if len(code) > 6 else ""


def _form(
    request: HttpRequest,
    typed: dict[str, Any],
    *,
    problem: DomainError | None = None,
    check_in: "CheckIn | None" = None,
) -> HttpResponse:
    context = check_in_page(request, typed, problem) | {"correcting": check_in is not None, "check_in": check_in}
    return render(request, "desk/member_form.html", context, status=problem.status if problem else 200)
