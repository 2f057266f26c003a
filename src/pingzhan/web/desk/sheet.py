"""One sheet a matter: what it is, how far it is, and the steps that may be taken now."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.core.errors import DomainError, Invalid, TooMany
from pingzhan.matters import operations
from pingzhan.matters.choices import Step, Urgency
from pingzhan.matters.models import Matter
from pingzhan.matters.operations.pictures import store_pictures
from pingzhan.matters.queries.lists import matter_for
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.queries.rights import may_open_contact, next_steps
from pingzhan.matters.queries.sheet import Sheet, last_result
from pingzhan.matters.queries.sheet import sheet as sheet_of
from pingzhan.matters.rules import endangers_life, hide_personal
from pingzhan.web.desk.queue import category_choices, next_in_queue
from pingzhan.web.desk.rows import rows_of
from pingzhan.web.guards import needs
from pingzhan.web.names import named, place_lines

# The step that one expects next comes first and opened; the others wait behind their names.
PRIMARY = (
    Step.ACCEPT, Step.DISPATCH, Step.SIGN, Step.COMPLETE, Step.RESUME, Step.FEED_BACK, Step.RATE, Step.PUBLISH,
    Step.ARCHIVE,
)  # fmt: skip


@require_safe
@needs(P.MATTER_VIEW)
def sheet(request: HttpRequest, number: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return _show(request, matter_for(actor, number))


def _show(request: HttpRequest, matter: Matter, *, problem: DomainError | None = None, failed: str = "", contact: Any = None) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at: datetime = request.at  # type: ignore[attr-defined]
    found = sheet_of(matter, public=False)
    steps = next_steps(actor, matter)
    known = reference()
    back = request.session.get("desk_queue", reverse("desk:queue"))
    context = {
        "matter": matter,
        "row": rows_of([matter], at=at)[0],
        "sheet": found,
        "steps": [{"code": step.value, "label": step.label} for step in steps],
        "primary": next((step.value for step in PRIMARY if step in steps), ""),
        "failed": failed,
        "problem": problem,
        "typed": request.POST if failed else {},
        "place": place_lines([matter.path])[matter.path],
        "category": named(known.categories.get(matter.category_id)),
        "handler": named(known.units.get(matter.handler_id)) if matter.handler_id else "",
        "suggested": named(known.units.get(matter.suggested_id)) if matter.suggested_id else "",
        "receiver": named(known.units.get(matter.receiver_id)),
        "units": units_for(matter) if {Step.DISPATCH, Step.REFER} & set(steps) else [],
        "categories": category_choices() if Step.ACCEPT in steps else [],
        "urgencies": Urgency.choices,
        "clocks": [_clock(clock, at) for clock in found.clocks],
        "notice": _notice(matter, found) if Step.PUBLISH in steps else {},
        "result": last_result(matter) if Step.FEED_BACK in steps else "",
        "danger": endangers_life(matter.text) and matter.is_open,
        "can_contact": may_open_contact(actor, matter) and bool(matter.contact_phone or matter.contact_name),
        "contact": contact,
        "back": back,
        "hold_most": timezone.localdate() + timedelta(days=30),
        "tomorrow": timezone.localdate() + timedelta(days=1),
    }
    return render(request, "desk/sheet.html", context, status=problem.status if problem else 200)


def _clock(clock: Any, at: datetime) -> dict[str, Any]:
    return {
        "label": clock.get_kind_display(),
        "basis": clock.get_basis_display(),
        "state": clock.state,
        "state_label": clock.get_state_display(),
        "due_at": clock.due_at,
        "late": clock.state == "late" or (clock.state == "running" and clock.due_at < at),
        "running": clock.state == "running",
    }


def units_for(matter: Matter) -> list[dict[str, str]]:
    """The units that the matter may be handed to, the nearest first."""
    known = reference()
    found = [unit for unit in known.units.values() if matter.path.startswith(unit.path)]
    found.sort(key=lambda unit: (-len(unit.path), unit.section))
    return [{"code": unit.code, "name": named(unit), "suggested": unit.id == matter.suggested_id} for unit in found]


def _notice(matter: Matter, found: Sheet) -> dict[str, Any]:
    """The draft of the notice with personal data hidden; a person reads and approves it."""
    text = hide_personal(matter.text)
    reply = next((reply for item in reversed(found.items) if item.step == Step.FEED_BACK for reply in item.replies), "")
    result = hide_personal(reply)
    return {
        "title": hide_personal(matter.title).text,
        "text": text.text,
        "result": result.text,
        "hidden": bool(text.kinds or result.kinds),
        "publishable": reference().categories[matter.category_id].publishable,
    }


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\x00", "").strip()


def _day(request: HttpRequest, name: str) -> datetime:
    """The end of a day given as YYYY-MM-DD."""
    try:
        day = datetime.strptime(_text(request, name), "%Y-%m-%d")  # noqa: DTZ007 (made aware below)
    except ValueError as error:
        message = _("请选择日期")
        raise Invalid(message, errors=[{"loc": [name], "msg": message}]) from error
    return timezone.make_aware(day.replace(hour=17))


def _into(request: HttpRequest) -> Matter:
    return matter_for(request.actor, _text(request, "into").upper())  # type: ignore[attr-defined]


Taken = Callable[[HttpRequest, dict[str, Any]], Any]
STEPS: dict[str, Taken] = {
    "accept": lambda r, c: operations.accept(**c, category=_text(r, "category"), urgency=_text(r, "urgency"), place=_text(r, "place"), note=_text(r, "note")),
    "reject": lambda r, c: operations.reject(**c, reason=_text(r, "reason")),
    "dispatch": lambda r, c: operations.dispatch(**c, unit=_text(r, "unit"), note=_text(r, "note")),
    "sign": lambda r, c: operations.sign(**c, note=_text(r, "note")),
    "return": lambda r, c: operations.return_matter(**c, reason=_text(r, "reason")),
    "progress": lambda r, c: operations.progress(**c, note=_text(r, "note"), reply=_text(r, "reply"), pictures=store_pictures(r.FILES.getlist("pictures"))),
    "refer": lambda r, c: operations.refer(**c, reason=_text(r, "reason"), unit=_text(r, "unit")),
    "hold": lambda r, c: operations.hold(**c, reason=_text(r, "reason"), until=_day(r, "until")),
    "resume": lambda r, c: operations.resume(**c, note=_text(r, "note")),
    "complete": lambda r, c: operations.complete(**c, result=_text(r, "result"), pictures=store_pictures(r.FILES.getlist("pictures"))),
    "verify": lambda r, c: operations.verify(**c, ok=_text(r, "ok") != "0", note=_text(r, "note")),
    "feed_back": lambda r, c: operations.feed_back(**c, reply=_text(r, "reply")),
    "rate": lambda r, c: operations.rate(**c, stars=int(_text(r, "stars")) if _text(r, "stars").isdigit() else 0, comment=_text(r, "comment")),
    "publish": lambda r, c: operations.publish(**c, title=_text(r, "title"), text=_text(r, "text"), result=_text(r, "result")),
    "archive": lambda r, c: operations.archive(**c, reason=_text(r, "reason")),
    "reopen": lambda r, c: operations.reopen(**c, reason=_text(r, "reason")),
    "urge": lambda r, c: operations.urge(**c, note=_text(r, "note")),
    "supervise": lambda r, c: operations.supervise(**c, note=_text(r, "note")),
    "merge": lambda r, c: operations.merge(**c, into=_into(r), note=_text(r, "note")),
    "split": lambda r, c: operations.split(**c, parts=_text(r, "parts").splitlines(), note=_text(r, "note")),
    "withdraw": lambda r, c: operations.withdraw(**c, reason=_text(r, "reason")),
}  # fmt: skip


@require_POST
@needs(P.MATTER_VIEW)
def step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """Take one step; what stands in the way is shown on the sheet, with what was typed still there."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if step not in STEPS:
        raise Http404
    matter = matter_for(actor, number)
    seen = _text(request, "version")
    common = {
        "matter": matter,
        "by": actor,
        "at": request.at,  # type: ignore[attr-defined]
        "version": int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else None,
    }
    try:
        STEPS[step](request, common)
    except TooMany:
        raise
    except DomainError as problem:
        return _show(request, matter_for(actor, number), problem=problem, failed=step)
    messages.success(request, _("%(number)s：已%(step)s。") % {"number": number, "step": Step(step).label})
    return _after(request, number)


def _after(request: HttpRequest, number: str) -> HttpResponse:
    """Where to go on: the next matter of the queue when asked for, otherwise the same sheet."""
    if _text(request, "then") == "next":
        address = request.session.get("desk_queue", "")
        following = next_in_queue(request.actor, address, at=request.at, besides=number)  # type: ignore[attr-defined]
        if not following:
            return redirect(address or reverse("desk:queue"))
        return redirect("desk:sheet", number=following)
    return redirect("desk:sheet", number=number)


@require_POST
@needs(P.MATTER_OPEN_CONTACT)
def contact(request: HttpRequest, number: str) -> HttpResponse:
    """Show who reported, after the purpose was stated; not kept in any address or history."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    matter = matter_for(actor, number)
    try:
        found = operations.open_contact(matter=matter, purpose=_text(request, "purpose"), by=actor, at=request.at)  # type: ignore[attr-defined]
    except DomainError as problem:
        return _show(request, matter, problem=problem, failed="contact")
    return _show(request, matter, contact=found)
