"""The grid worker's day: what is to be done, what was done, one matter with its next steps."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from pingzhan.access.permissions import Permission
from pingzhan.core.errors import DomainError, NotFound
from pingzhan.matters import operations
from pingzhan.matters.choices import Status
from pingzhan.matters.emergency import NUMBERS
from pingzhan.matters.queries.lists import Filters, field_done, field_matters, matter_for, queue_page
from pingzhan.matters.queries.passing import passing
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.queries.rights import may_open_contact, next_steps
from pingzhan.matters.queries.sheet import sheet
from pingzhan.matters.queries.takings import takers_of
from pingzhan.matters.queries.talking import open_question
from pingzhan.people.queries import person_of_user
from pingzhan.places.names import named
from pingzhan.places.queries import names_along
from pingzhan.web.forms.places import full_place
from pingzhan.web.forms.problems import on_page, problem_of
from pingzhan.web.forms.report import kept_key
from pingzhan.web.forms.steps import FIELD_STEPS, shown_forms, take, unsent_words
from pingzhan.web.guards import needs
from pingzhan.web.passing import beside_shown, last_day_of_hold, pause_shown
from pingzhan.web.portal.words import shown_clocks
from pingzhan.web.takings import taking_shown
from pingzhan.web.uploads import pictures_of
from pingzhan.web.whistles import summonses_shown

# Why a worker on the way calls the reporter; what is chosen goes on record and the reporter sees it.
PURPOSES = (
    gettext_lazy("核实情况和具体位置"),
    gettext_lazy("约定上门时间"),
    gettext_lazy("告知办理结果"),
)
_DONE = {
    "sign": gettext_lazy("已签收，请尽快到场。"),
    "progress": gettext_lazy("进展已记录。"),
    "complete": gettext_lazy("已办结，等待核实与反馈。"),
    "return": gettext_lazy("已退回，由派单的单位重新转办。"),
    "resume": gettext_lazy("已恢复办理，时限接着计算。"),
    "answer": gettext_lazy("居民的补充已记下，时限接着计算。"),
    "ask": gettext_lazy("已请居民补充，等答复期间时限暂停。"),
    "hold": gettext_lazy("已申请暂缓，批准之前时限照常计算。"),
    "report_back": gettext_lazy("督办回复已送出。"),
    "refer": gettext_lazy("已报上级，由上级办理；办好后结果逐级返回。"),
}


@never_cache
@require_safe
@needs(Permission.MATTER_VIEW)
def today(request: HttpRequest) -> HttpResponse:
    """What to do now, the most pressing first. Those who do not handle matters see the open ones of their place."""
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    after = request.GET.get("after") or None
    handles = bool(actor.holding(Permission.MATTER_HANDLE))
    if handles:
        found = field_matters(actor, after=after)
    else:
        found = queue_page(actor, Filters(open=True), at=at, after=after, limit=50)
    rows = shown_rows(found.items, at=at)
    takers = takers_of([row.pk for row in found.items], actor) if handles and found.items else {}
    for row in rows:
        row["taker"] = takers.get(row["matter"].pk)
        row["free"] = handles and row["taker"] is None
    # What one has taken oneself first; the rest stays in the order of their deadlines.
    rows.sort(key=lambda row: not (row["taker"] is not None and row["taker"].mine))
    context = {
        "calls": summonses_shown(actor, at=at) if after is None else [],
        "handles": handles,
        "rows": rows,
        "late": sum(row["late"] for row in rows),
        "to_sign": sum(row["matter"].status == Status.DISPATCHED for row in rows),
        "next": found.next or "",
        "first": after is None,
    }
    return render(request, "field/today.html", context)


@never_cache
@require_safe
@needs(Permission.MATTER_VIEW)
def done(request: HttpRequest) -> HttpResponse:
    """What was finished, by one's own unit; for those who do not handle matters what was closed in their place."""
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    after = request.GET.get("after") or None
    handles = bool(actor.holding(Permission.MATTER_HANDLE))
    if handles:
        found = field_done(actor, after=after)
    else:
        found = queue_page(actor, Filters(open=False), at=at, after=after, limit=20)
    context = {
        "rows": shown_rows(found.items, at=at, clocks=False),
        "next": found.next or "",
        "first": after is None,
        "handles": handles,
    }
    return render(request, "field/done.html", context)


@never_cache
@require_safe
@needs(Permission.MATTER_VIEW, Permission.MEMBER_CONTACT, Permission.MATTER_REPORT)
def me(request: HttpRequest) -> HttpResponse:
    """Who I am here, for which places, and the way out."""
    actor = request.actor  # type: ignore[attr-defined]
    known = reference()
    names = names_along({held.path for held in actor.held})
    context = {
        "posts": [
            {
                "role": held.definition.label,
                "place": " ".join(names.get(code, "") for code in held.path.rstrip("/").split("/")[-3:]),
                "unit": named(known.units.get(held.unit_id)) if held.unit_id else "",
                "lent": held.lent,
            }
            for held in actor.held
            if held.role != "resident"
        ],
        "visits": bool(actor.holding(Permission.MATTER_REPORT)),
        "worker": person_of_user(actor.user_id),
        "numbers": NUMBERS,
    }
    return render(request, "field/me.html", context)


@never_cache
@require_safe
@needs(Permission.MATTER_VIEW)
def matter_page(request: HttpRequest, number: str) -> HttpResponse:
    """One matter with what can be done about it now."""
    return _page(request, matter_for(request.actor, number))  # type: ignore[attr-defined]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MATTER_VIEW)
def step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """Sign, note progress, complete or return. Sent twice it counts once; what failed keeps what was typed."""
    page = FIELD_STEPS.get(step)
    if page is None:
        raise NotFound
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    matter = matter_for(actor, number)
    if request.method != "POST":
        return _page(request, matter, step=step)
    form = page.form(request.POST)
    try:
        if not form.is_valid():
            raise problem_of(form)
        pictures = pictures_of(request) if page.pictures else ()
        take(page, form=form, matter=matter, by=actor, at=at, owner=f"field:{actor.user_id}", pictures=pictures)
    except DomainError as problem:
        return _page(request, matter, step=step, problem=problem)
    messages.success(request, _DONE[step])
    gone = step in {"complete", "return", "refer"}
    back = reverse("field:today") if gone else reverse("field:matter", args=[number])
    response = HttpResponseRedirect(back)
    response.status_code = 303
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MATTER_VIEW)
def contact(request: HttpRequest, number: str) -> HttpResponse:
    """The reporter's name and phone, for a stated purpose, on record; shown on this answer only."""
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    matter = matter_for(actor, number)
    if request.method != "POST":
        return _page(request, matter)
    try:
        shown = operations.open_contact(matter=matter, purpose=request.POST.get("purpose", ""), by=actor, at=at)
    except DomainError as problem:
        return _page(request, matter, step="contact", problem=problem)
    return _page(request, matter, contact=shown)


def _page(
    request: HttpRequest, matter: Any, *, step: str = "", problem: DomainError | None = None, contact: Any = None
) -> HttpResponse:
    """`step` is the one whose form is open; with `problem` it was tried, and is shown as it was typed."""
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    known = reference()
    found = sheet(matter, public=False)
    beside = passing(matter, brief=True)
    steps = [one.value for one in next_steps(actor, matter) if one.value in FIELD_STEPS]
    wrong = on_page(problem, fields={"attachments": "pictures"}) if problem else None
    typed = request.POST.dict() if problem else {}
    context = {
        "matter": matter,
        "category": named(known.categories.get(matter.category_id)),
        "receiver": named(known.units.get(matter.receiver_id)),
        "handler": named(known.units.get(matter.handler_id)) if matter.handler_id else "",
        "where": full_place(matter.path),
        "clocks": [clock for clock in shown_clocks(found.clocks, at=at) if clock.running],
        "track": found.track,
        "items": found.items,
        "pictures": [picture for picture in found.pictures if picture.step == "report"],
        "steps": steps,
        "problem": wrong,
        "forms": shown_forms([*steps, "contact"], tried=step, typed=typed, problem=wrong),
        "pause": pause_shown(beside, found),
        "question": open_question(matter),
        "tomorrow": (timezone.localdate(at) + timedelta(days=1)).isoformat(),
        "hold_most": last_day_of_hold(matter, at=at) if "hold" in steps else "",
        **beside_shown(matter, beside),
        "contact": contact,
        "may_call": bool(matter.contact_phone or matter.contact_name) and may_open_contact(actor, matter),
        "purposes": [(str(purpose), purpose) for purpose in PURPOSES],
        **taking_shown(actor, matter),
        "unsent": unsent_words(steps, tried=step, typed=typed),
        "had_pictures": bool(request.FILES),
        "key": kept_key(request, problem),
    }
    return render(request, "field/matter.html", context, status=problem.status if problem else 200)


def shown_rows(rows: Iterable[Any], *, at: Any, clocks: bool = True) -> list[dict[str, Any]]:
    """Rows of a list with place, category and deadline in words; one statement more, however many."""
    rows = list(rows)
    known = reference().categories
    names = names_along({row.path for row in rows}) if rows else {}
    return [
        {
            "matter": row,
            "category": named(known.get(row.category_id)),
            "where": " ".join(names.get(code, "") for code in row.path.rstrip("/").split("/")[2:]),
            "clock": clocks and row.is_open,
            "late": clocks and row.next_due_at is not None and row.next_due_at < at,
        }
        for row in rows
    ]
