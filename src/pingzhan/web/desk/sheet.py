"""One sheet a matter: what it is, how far it is, and the steps that may be taken now."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import can, roots
from pingzhan.core.errors import DomainError, TooMany
from pingzhan.core.ids import uuid7
from pingzhan.core.personal_data import Hidden, hide_personal
from pingzhan.matters import operations
from pingzhan.matters.choices import LimitKind, Occasion, Status, Step, Urgency
from pingzhan.matters.emergency import NUMBERS
from pingzhan.matters.queries.firsts import firsts_of
from pingzhan.matters.queries.lists import matter_for
from pingzhan.matters.queries.passing import Passing, passing
from pingzhan.matters.queries.reach import sees_as_staff
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.queries.rights import is_reporter, may_open_contact, may_redact, next_steps
from pingzhan.matters.queries.sheet import Sheet, results_of
from pingzhan.matters.queries.sheet import sheet as sheet_of
from pingzhan.matters.queries.similar import alike_for, followers_of
from pingzhan.matters.queries.suggestion import suggested_category, suggested_unit
from pingzhan.matters.queries.talking import open_question, rating_reasons, reasons_named
from pingzhan.matters.queries.templates import offers_for
from pingzhan.matters.queries.whistles import can_whistle_now, running_whistle
from pingzhan.matters.rules import endangers_life
from pingzhan.places.names import named
from pingzhan.places.queries import to_narrow_by
from pingzhan.web.desk.asked import Asked, asked_by_words
from pingzhan.web.desk.firsts import firsts_shown
from pingzhan.web.desk.queue import category_choices, next_in_queue
from pingzhan.web.desk.rows import rows_of
from pingzhan.web.desk.steps import HINTS, LAST, PRIMARY, STEPS, take, text_of
from pingzhan.web.forms.steps import shown_forms, unsent_words
from pingzhan.web.guards import needs
from pingzhan.web.passing import beside_shown, last_day_of_hold, pause_shown
from pingzhan.web.takings import taking_shown
from pingzhan.web.whistles import units_offered

if TYPE_CHECKING:
    from pingzhan.matters.models import Matter
else:
    Matter = Any


OFFERED = {occasion.value for occasion in Occasion}  # the steps for which answers may be kept


@require_safe
@needs(P.MATTER_VIEW)
def sheet(request: HttpRequest, number: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return show(request, matter_for(actor, number))


def _list_of(request: HttpRequest) -> Asked:
    """The queue from which the sheet was opened."""
    words = request.POST.get("list", "") if request.method == "POST" else request.GET.get("list", "")
    return asked_by_words(words, at=request.at)  # type: ignore[attr-defined]


# What can be asked for on the sheet beside its steps.
_BESIDE = ("contact", "redact", "original")


def show(
    request: HttpRequest,
    matter: Matter,
    *,
    problem: DomainError | None = None,
    failed: str = "",
    contact: Any = None,
    original: str = "",
) -> HttpResponse:
    """The sheet; after something that did not go through with what stood in the way and what was typed."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at: datetime = request.at  # type: ignore[attr-defined]
    found = sheet_of(matter, public=False)
    beside = passing(matter)
    steps = next_steps(actor, matter)
    known = reference()
    units = units_for(matter) if {Step.DISPATCH, Step.REFER} & set(steps) else []
    queue = _list_of(request)
    row = rows_of([matter], at=at)[0]
    following = next_in_queue(actor, queue, matter, at=at)
    typed = {name: str(value) for name, value in request.POST.items()} if failed else {}
    codes = [step.value for step in steps]
    context = {
        "matter": matter,
        "row": row,
        "sheet": found,
        "steps": _steps(matter, steps, typed=typed, failed=failed, problem=problem),
        "step_labels": [step.label for step in steps],
        "unsent": unsent_words(codes, tried=failed if failed not in _BESIDE else "", typed=typed),
        "lost": problem if failed and failed not in (*codes, *_BESIDE) else None,
        "key": str(uuid7()),
        "place": row.place,
        "category": row.category,
        "group": _group(matter),
        "handler": named(known.units.get(matter.handler_id)) if matter.handler_id else "",
        "suggested": named(known.units.get(matter.suggested_id)) if matter.suggested_id else "",
        "receiver": named(known.units.get(matter.receiver_id)),
        "similar": alike_for(actor, matter, at=at) if Step.MERGE in steps else [],
        "followers": followers_of(matter),
        "learned": _learned(matter) if {Step.ACCEPT, Step.DISPATCH} & set(steps) else {},
        "units": units,
        # Whom the rules name is who it is beyond: nobody is chosen beforehand but the superior.
        "units_above": [unit | {"suggested": False} for unit in units],
        "categories": category_choices() if Step.ACCEPT in steps else [],
        "places": _places(actor, matter) if Step.ACCEPT in steps else [],
        "urgencies": Urgency.choices,
        "track": _track(found, late=row.overdue),
        "clocks": _clocks(found),
        "notice": _notice(matter, found) if Step.PUBLISH in steps else {},
        "result": _result(found, beside) if Step.FEED_BACK in steps else "",
        "danger": _dangerous(matter),
        "numbers": NUMBERS,
        "can_contact": may_open_contact(actor, matter) and bool(matter.contact_phone or matter.contact_name),
        "offers": offers_for(matter, at=at) if OFFERED & set(codes) else [],
        "question": open_question(matter),
        "ask_days": known.limit(LimitKind.ASK_DAYS, category=matter.category_id, urgency=matter.urgency),
        "rating_reasons": rating_reasons() if Step.RATE in steps else [],
        "said_reasons": [named(one) for one in reasons_named(found.rating.reasons)] if found.rating else [],
        "can_reply": _can_reply(actor, matter, found),
        "can_trace": can(actor, P.JOURNAL_VIEW, matter.path),
        "contact": contact,
        "contact_problem": problem if failed == "contact" else None,
        "redaction": _redaction(actor, matter, problem=problem, failed=failed, original=original) | {"typed": typed},
        "purposes": [_("联系居民核实情况"), _("约定上门时间"), _("答复办理结果")],
        "ended": matter.status in (Status.ARCHIVED, Status.REJECTED, Status.MERGED, Status.WITHDRAWN),
        **whistle_of(actor, matter),
        **taking_shown(actor, matter),
        "firsts": firsts_shown(firsts_of(matter)),
        "list": queue.words(),
        "back": queue.url(),
        "next_url": queue.sheet_url(following) if following else "",
        "tomorrow": (timezone.localdate(at) + timedelta(days=1)).isoformat(),
        "hold_most": last_day_of_hold(matter, at=at) if Step.HOLD in steps else "",
        "pause": pause_shown(beside, found),
        **beside_shown(matter, beside),
    }
    response = render(request, "desk/sheet.html", context, status=problem.status if problem else 200)
    if request.method == "POST":
        response["HX-Push-Url"] = "false"  # the address of a step is no page
    return response


def whistle_of(actor: Actor, matter: Matter) -> dict[str, Any]:
    """The matter's whistle, running or the last; or whom one press would summon; one statement, or two."""
    last = running_whistle(matter)
    runs = last is not None and last.ended_at is None
    offered = units_offered(matter, but=set()) if not runs and can_whistle_now(actor, matter) else []
    return {
        "whistle": last,
        "whistle_runs": runs,
        "calls": [unit for unit in offered if unit["proposed"]],
        "can_whistle": bool(offered),
    }


def _steps(
    matter: Matter, steps: Sequence[Step], *, typed: Mapping[str, str], failed: str, problem: DomainError | None
) -> list[dict[str, Any]]:
    """The steps that may be taken, the expected one first and open, or the one that did not go through."""
    primary = next((step for step in PRIMARY if step in steps), None)
    if primary is Step.FEED_BACK and matter.verified_at is None and Step.VERIFY in steps:
        primary = Step.VERIFY
    if primary is Step.PUBLISH and not _publishable(matter) and Step.ARCHIVE in steps:
        primary = Step.ARCHIVE
    ordered = sorted(steps, key=lambda step: (step is not primary, step in LAST, steps.index(step)))
    shown = shown_forms([step.value for step in ordered], tried=failed, typed=typed, problem=problem)
    return [
        {
            "code": step.value,
            "label": step.label,
            "hint": HINTS[step],
            "primary": step is primary,
            "url": reverse("desk:step", args=[matter.number, step.value]),
            **shown[step.value],
            "open": step.value == failed or (step is primary and failed not in shown),
        }
        for step in ordered
    ]


_NOT_YET_DONE = {Status.SUBMITTED, Status.ACCEPTED, Status.DISPATCHED, Status.IN_PROGRESS, Status.ON_HOLD}


def _dangerous(matter: Matter) -> bool:
    """Whether the calls for help come first: life may be in danger, and nobody has said that it is over."""
    category = reference().categories.get(matter.category_id)
    return matter.status in _NOT_YET_DONE and (endangers_life(matter.text) or bool(category and category.danger))


def _publishable(matter: Matter) -> bool:
    category = reference().categories.get(matter.category_id)
    return bool(category and category.publishable)


def _group(matter: Matter) -> str:
    known = reference().categories
    return named(known.get(known[matter.category_id].parent_id or "")) if matter.category_id in known else ""


def _places(actor: Actor, matter: Matter) -> list[tuple[str, str]]:
    """Where the matter may rather be: the places around it within the actor's own area."""
    codes = matter.path.strip("/").split("/")
    found = to_narrow_by(roots(actor, P.MATTER_ACCEPT), [matter.street, matter.community, *codes[-2:]])
    least = min((place.path.count("/") for place in found), default=0)
    return [(place.code, "　" * (place.path.count("/") - least) + place.name) for place in found]


# With which step on record each of the eight is done.
_DONE_BY: dict[Step, frozenset[Step]] = {
    Step.DISPATCH: frozenset({Step.DISPATCH, Step.REFER}),
    Step.PROGRESS: frozenset({Step.COMPLETE}),
}


def _track(found: Sheet, *, late: bool) -> list[dict[str, Any]]:
    """The eight steps with when each was done last; the present one is late when its time is over."""
    at = {item.step: item.at for item in found.items}
    rows = []
    for one in found.track:
        times = [at[step] for step in _DONE_BY.get(one.step, frozenset({one.step})) if step in at]
        state = "late" if late and one.state == "now" else one.state
        row = {"step": one.step, "state": state, "at": max(times) if times and one.state == "done" else None}
        # Of the eight, this is more than the step of that name.
        rows.append(row | {"label": _("督促")} if one.step is Step.SUPERVISE else row)
    return rows


def _clocks(found: Sheet) -> list[dict[str, Any]]:
    """The deadlines that run, the nearest first, then those that have stopped, the latest first."""
    running = [clock for clock in found.clocks if clock.stopped_at is None]
    stopped = [clock for clock in found.clocks if clock.stopped_at is not None]
    running.sort(key=lambda clock: clock.due_at)
    stopped.sort(key=lambda clock: clock.stopped_at or clock.due_at, reverse=True)
    return [
        {
            "label": clock.get_kind_display(),
            "basis": clock.get_basis_display(),
            "state": clock.state,
            "due_at": clock.due_at,
        }
        for clock in (*running, *stopped)
    ]


def units_for(matter: Matter) -> list[dict[str, Any]]:
    """The units that the matter may be handed to, the nearest first."""
    known = reference()
    found = [unit for unit in known.units.values() if matter.path.startswith(unit.path)]
    found.sort(key=lambda unit: (-len(unit.path), unit.section))
    return [
        {
            "code": unit.code,
            "name": _("%(unit)s（按规则）") % {"unit": named(unit)} if unit.id == matter.suggested_id else named(unit),
            "suggested": unit.id == matter.suggested_id,
        }
        for unit in found
    ]


def _learned(matter: Matter) -> dict[str, Any]:
    """What was learned to suggest for these words and why, where it is sure; nothing where no version is in use."""
    kind = suggested_category(matter.text, explain=True)
    unit = suggested_unit(matter.text, matter.path)
    category = reference().categories.get(kind.code) if kind and kind.learned else None
    return {
        "category": named(category) if category else "",
        "same": bool(category and category.code == matter.category_id),
        "category_words": kind.words if kind else (),
        "unit": named(unit.unit) if unit else "",
        "by_rule_too": bool(unit and unit.unit.id == matter.suggested_id),
        "unit_words": unit.words if unit else (),
    }


def _result(found: Sheet, beside: Passing) -> str:
    """Where the words to the reporter start from: the last reply, or what was done about it and its parts."""
    for item in reversed(found.items):
        if item.step == Step.FEED_BACK and item.replies:
            return item.replies[-1]
        if item.step == Step.COMPLETE and item.notes:
            return "\n".join([item.notes[-1], *results_of(beside.parts)])
    return ""


# What was found in a draft, in words.
FOUND: dict[str, Any] = {
    "id_number": gettext_lazy("证件号"),
    "bank_card": gettext_lazy("银行卡号"),
    "phone": gettext_lazy("电话"),
    "plate": gettext_lazy("车牌"),
    "email": gettext_lazy("邮箱"),
    "account": gettext_lazy("账号"),
    "home": gettext_lazy("门牌"),
    "name": gettext_lazy("姓名或称呼"),
    "official": gettext_lazy("公职人员"),
}


def _marked(found: Hidden) -> list[dict[str, Any]]:
    """The original in pieces, those hidden and those doubtful with what they are; nothing where nothing was found."""
    if not found.spans:
        return []
    return [
        {"text": piece.text, "kind": FOUND.get(piece.kind, piece.kind), "hidden": piece.hidden}
        for piece in found.pieces()
    ]


def _notice(matter: Matter, found: Sheet) -> dict[str, Any]:
    """The draft of the notice with personal data hidden; a person reads and approves it."""
    replies = [item.replies[-1] for item in found.items if item.step == Step.FEED_BACK and item.replies]
    text, result = hide_personal(matter.text), hide_personal(replies[-1] if replies else "")
    return {
        "title": hide_personal(matter.title).text,
        "text": text.text,
        "result": result.text,
        "marked_text": _marked(text),
        "marked_result": _marked(result),
        "hidden": [FOUND[kind] for kind in dict.fromkeys((*text.kinds, *result.kinds))],
        "doubtful": list(dict.fromkeys((*text.doubtful, *result.doubtful))),
        "publishable": _publishable(matter),
    }


def _redaction(
    actor: Actor, matter: Matter, *, problem: DomainError | None, failed: str, original: str
) -> dict[str, Any]:
    """What was taken out of sight, who may see it again, and the form to take more out, with a proposal."""
    kept = getattr(matter, "redaction", None)
    allowed = may_redact(actor, matter)
    return {
        "kept": kept,
        "original": original,
        "can_open": kept is not None and may_open_contact(actor, matter),
        "can_redact": allowed,
        "draft": hide_personal(matter.text).text if allowed else "",
        "problem": problem if failed == "redact" else None,
        "open_problem": problem if failed == "original" else None,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.MATTER_VIEW)
def step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """Take one step; what stands in the way is shown on the sheet, with what was typed still there.

    Read instead of sent (a page with an error was reloaded), it leads to the sheet.
    """
    if request.method != "POST":
        return redirect("desk:sheet", number=number)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at: datetime = request.at  # type: ignore[attr-defined]
    if step not in STEPS:
        raise Http404
    matter = matter_for(actor, number)
    queue = _list_of(request)
    following = ""
    if text_of(request, "then") == "next":  # before the step, since it may take the matter out of the queue
        following = next_in_queue(actor, queue, matter, at=at)
    try:
        take(request, step, matter)
    except TooMany:
        raise
    except DomainError as problem:
        return show(request, matter_for(actor, number), problem=problem, failed=step)
    messages.success(request, _("“%(title)s”%(step)s完成。") % {"title": matter.title, "step": Step(step).label})
    return _after(request, matter, queue, following)


def _after(request: HttpRequest, matter: Matter, queue: Asked, following: str) -> HttpResponse:
    """Where to go on: the next matter of the queue when asked for, otherwise the same sheet if it may still be seen."""
    if text_of(request, "then") == "next":
        return redirect(queue.sheet_url(following) if following else queue.url())
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if sees_as_staff(actor, matter) or is_reporter(actor, matter):
        return redirect(queue.sheet_url(matter.number))
    return redirect(queue.url())


def _can_reply(actor: Actor, matter: Matter, found: Sheet) -> bool:
    """Whether the rating can be answered: there is one with stars, and nobody has."""
    rating = found.rating
    return bool(rating and rating.stars and not rating.replied_at) and can(actor, P.MATTER_VERIFY, matter.path)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.MATTER_VERIFY)
def rating_reply(request: HttpRequest, number: str) -> HttpResponse:
    """Answer what the resident said of the handling."""
    if request.method != "POST":
        return redirect("desk:sheet", number=number)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    matter = matter_for(actor, number)
    try:
        operations.reply_to_rating(matter=matter, by=actor, at=request.at, reply=text_of(request, "reply"))  # type: ignore[attr-defined]
    except DomainError as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, _("已回复，居民在查进度时看得到。"))
    return redirect("desk:sheet", number=number)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.MATTER_OPEN_CONTACT)
def contact(request: HttpRequest, number: str) -> HttpResponse:
    """Show who reported, after the purpose was stated; not kept in any address or history."""
    if request.method != "POST":
        return redirect("desk:sheet", number=number)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    matter = matter_for(actor, number)
    try:
        found = operations.open_contact(matter=matter, purpose=text_of(request, "purpose"), by=actor, at=request.at)  # type: ignore[attr-defined]
    except DomainError as problem:
        return show(request, matter, problem=problem, failed="contact")
    return show(request, matter, contact=found)
