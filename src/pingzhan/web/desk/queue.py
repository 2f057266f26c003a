"""The queue: filters that stay in the address, many at once, the next one without going back."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import roots
from pingzhan.core.errors import Invalid, StateConflict
from pingzhan.matters import operations
from pingzhan.matters.choices import ExportFormat, Status, Urgency
from pingzhan.matters.queries.bulk import MOST_AT_ONCE, last_undoable
from pingzhan.matters.queries.groups import grouped
from pingzhan.matters.queries.lists import narrowed, numbers_of, open_counts, place_in_queue, queue_page
from pingzhan.matters.queries.reference import reference
from pingzhan.places.names import named
from pingzhan.places.queries import to_narrow_by
from pingzhan.web.desk.asked import LIMITS, STATES, Asked, asked, asked_by_words
from pingzhan.web.desk.rows import Row, rows_of
from pingzhan.web.guards import needs

if TYPE_CHECKING:
    from pingzhan.matters.models import Matter

KEPT = (
    *STATES,
    "order",
    "group",
    "limit",
    "q",
    "handler",
    "since",
    "escalated",
)  # of the address while a filter changes
MOST_LINES = 8  # of what could not be done, the rest as a number
# The tabs of the queue in the order of the work. Held ones show when there are any.
TABS = (
    Status.SUBMITTED,
    Status.ACCEPTED,
    Status.DISPATCHED,
    Status.IN_PROGRESS,
    Status.ON_HOLD,
    Status.COMPLETED,
    Status.FED_BACK,
    Status.RATED,
    Status.PUBLISHED,
)


@require_safe
@needs(P.MATTER_VIEW)
def queue(request: HttpRequest) -> HttpResponse:
    """The whole page, or for htmx the list and what depends on it."""
    at: datetime = request.at  # type: ignore[attr-defined]
    return _show(request, asked(request.GET, at=at))


def _show(request: HttpRequest, wanted: Asked) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at: datetime = request.at  # type: ignore[attr-defined]
    htmx = bool(getattr(request, "htmx", False))
    base = narrowed(actor, wanted.filters, due_first=wanted.due_first)
    found = queue_page(
        actor,
        wanted.filters,
        at=at,
        after=wanted.query.get("after"),
        limit=wanted.limit,
        due_first=wanted.due_first,
        rows=base,
    )
    rows = rows_of(found.items, at=at, link=wanted.sheet_url, within=roots(actor, P.MATTER_VIEW))
    acts = acts_of(actor)
    # Of a search the hits count, not their states: counting would cost more than finding.
    counts = None if wanted.filters.q else open_counts(actor, at=at, rows=base)
    context = {
        "asked": wanted,
        "rows": rows,
        "groups": groups_of(found.items, rows) if wanted.grouped else [],
        "group_url": wanted.url(group="" if wanted.grouped else "1"),
        "undoable": undoable(actor, at) if acts else None,
        "next": wanted.url(after=found.next) if found.next else "",
        "first": wanted.url(after="") if wanted.query.get("after") else "",
        "tabs": tabs(wanted, actor, counts),
        "most": MOST_AT_ONCE,
        "orders": [
            (_("最新"), wanted.url(order=""), not wanted.due_first),
            (_("最紧迫"), wanted.url(order="due"), wanted.due_first),
        ],
        "sizes": [(LIMITS[0], wanted.url(limit="")), *((size, wanted.url(limit=str(size))) for size in LIMITS[1:])],
        "words": wanted.words(),
        "state": {name: wanted.query.get(name, "") for name in KEPT},
        "unasked": {name: wanted.url(**{name: ""}) for name in ("q", "handler", "escalated")},
        "escalated_url": "" if wanted.filters.escalated else wanted.url(escalated="1"),
        "handler_name": handler_name(wanted.filters.handler),
        "acts": acts,
        "can_export": bool(actor.holding(P.MATTER_EXPORT)),
        "export_formats": ExportFormat.choices,
        "can_report": bool(actor.holding(P.MATTER_REPORT)),
        "clear_url": wanted.widened(),
        "is_part": htmx,
    }
    if htmx:
        return render(request, "desk/queue_list.html", context)
    context |= {
        "categories": category_choices(),
        "places": place_choices(actor, wanted.filters.place),
        "urgencies": Urgency.choices,
        "periods": [("1", _("近 1 天")), ("7", _("近 7 天")), ("30", _("近 30 天")), ("90", _("近 90 天"))],
    }
    return render(request, "desk/queue.html", context)


def tabs(wanted: Asked, actor: Actor, counts: dict[str, int] | None) -> list[dict[str, Any]]:
    """What waits for the actor, what is open, what is late, then the states with how many are in each."""
    filters = wanted.filters
    everything = wanted.query.get("all") == "1"

    def tab(label: str, key: str, current: bool, **state: str) -> dict[str, Any]:
        url = wanted.url(**{**dict.fromkeys(STATES, ""), **state})
        count = counts[key] if counts and key else None
        return {"label": label, "count": count, "url": url, "current": current, "late": key == "overdue"}

    found = [tab(_("待我处理"), "mine", filters.mine, mine="1")] if actor.unit_ids else []
    if actor.unit_ids and actor.holding(P.MATTER_HANDLE):
        found.append(tab(_("我接的"), "", filters.taken == "me", taken="me"))
        found.append(tab(_("待接"), "", filters.taken == "nobody", taken="nobody"))
    plain = not (filters.status or filters.overdue or filters.mine or filters.taken or everything)
    found.append(tab(_("未办结"), "open", plain))
    found.append(tab(_("已逾期"), "overdue", filters.overdue, overdue="1"))
    found += [
        tab(str(Status(name).label), name, filters.status == name, status=str(name))
        for name in TABS
        if name != Status.ON_HOLD or filters.status == name or (counts and counts[name])
    ]
    found.append(tab(_("全部"), "", everything, all="1"))
    return found


def handler_name(code: str) -> str:
    """The name of the unit that the address narrows to."""
    unit = reference().unit(code)
    return named(unit) if unit else code


def category_choices() -> list[dict[str, Any]]:
    """Groups with their kinds, for a select."""
    known = reference()
    groups = [row for row in known.categories.values() if row.parent_id is None]
    return [
        {
            "code": group.code,
            "label": named(group),
            "kinds": [(row.code, named(row)) for row in known.categories.values() if row.parent_id == group.code],
        }
        for group in groups
    ]


def place_choices(actor: Actor, chosen: str) -> list[tuple[str, str]]:
    """The places to narrow by, each indented under its superior: the actor's own, what lies under them and on the way
    to the chosen one, and what lies under that."""
    within = roots(actor, P.MATTER_VIEW)
    digits = chosen.partition("-")[0]
    found = to_narrow_by(within, [chosen, digits, digits[:9], digits[:6]] if chosen else [])
    depths = {place.path: place.path.count("/") for place in found}
    top = min(depths.values(), default=0)
    return [(place.code, "　" * (depths[place.path] - top) + place.name) for place in found]


# --- many at once ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BulkButton:
    act: str
    label: Any
    icon: str
    key: str
    needs: tuple[P, ...]


BUTTONS = (
    BulkButton("accept", gettext_lazy("受理"), "clipboard-check", "1", (P.MATTER_ACCEPT,)),
    BulkButton("dispatch", gettext_lazy("按规则转办"), "send", "2", (P.MATTER_DISPATCH,)),
    BulkButton("accept_dispatch", gettext_lazy("受理并转办"), "checkbox", "3", (P.MATTER_ACCEPT, P.MATTER_DISPATCH)),
    BulkButton("merge", gettext_lazy("合并到最早一件"), "git-merge", "4", (P.MATTER_ACCEPT,)),
    BulkButton("reject", gettext_lazy("不予受理"), "circle-x", "5", (P.MATTER_ACCEPT,)),
)


def acts_of(actor: Actor) -> list[BulkButton]:
    return [button for button in BUTTONS if all(actor.holding(one) for one in button.needs)]


def groups_of(matters: list["Matter"], rows: list[Row]) -> list[dict[str, Any]]:
    """The rows of a page group by group, those that stand alone last."""
    shown = dict(zip((matter.pk for matter in matters), rows, strict=True))
    found = []
    for group in grouped(matters):
        members = [shown[matter.pk] for matter in group.matters]
        times = [row.reported_at for row in members]
        found.append({"rows": members, "first": members[0], "since": min(times), "until": max(times)})
    return found


def undoable(actor: Actor, at: datetime) -> dict[str, Any] | None:
    """The last act on many while it can be taken back; `left` in seconds."""
    latest = last_undoable(actor, at=at)
    if latest is None:
        return None
    label = next((button.label for button in BUTTONS if button.act == latest.act), latest.act)
    return {"id": latest.id, "label": label, "left": max(1, int((latest.until - at).total_seconds()))}


def _seen(request: HttpRequest) -> dict[str, int]:
    """The versions in which the rows were shown, by number."""
    said = (one.rpartition(":") for one in request.POST.getlist("seen")[:MOST_AT_ONCE])
    return {number: int(version) for number, _, version in said if version.isascii() and version.isdigit()}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.MATTER_ACCEPT, P.MATTER_DISPATCH)
def bulk(request: HttpRequest) -> HttpResponse:
    """Take one act on the ticked matters, each for itself: what cannot be done is named, the rest is done."""
    if request.method != "POST":
        return redirect("desk:queue")
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at: datetime = request.at  # type: ignore[attr-defined]
    chosen = [number.replace("\x00", "") for number in request.POST.getlist("numbers")]
    try:
        outcome = operations.bulk(
            act=request.POST.get("step", ""),
            matters=numbers_of(actor, chosen[: MOST_AT_ONCE + 1]),
            by=actor,
            at=at,
            reply=request.POST.get("reply", "").replace("\x00", ""),
            seen=_seen(request),
        )
    except Invalid as problem:
        messages.warning(request, str(problem.detail))
    else:
        _tell(request, outcome.done, [f"{row.title}（{row.number}）：{why}" for row, why in outcome.failed])
    return _back(request)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.MATTER_ACCEPT, P.MATTER_DISPATCH)
def undo(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """Take the last act on many back; those with which something has happened since stay and are named."""
    if request.method != "POST":
        return redirect("desk:queue")
    try:
        result = operations.undo(action_id=action_id, by=request.actor, at=request.at)  # type: ignore[attr-defined]
    except StateConflict as problem:
        messages.warning(request, str(problem.detail))
    else:
        if result.done:
            words = ngettext("已撤销 %(count)s 件，恢复原状。", "已撤销 %(count)s 件，恢复原状。", result.done)
            messages.success(request, words % {"count": result.done})
        if result.kept:
            numbers = "、".join(result.kept[:MOST_LINES])
            messages.warning(
                request,
                _("%(count)s 件之后已有人办理，保持不变：%(numbers)s")
                % {"count": len(result.kept), "numbers": numbers},
            )
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """The list from which it was pressed."""
    wanted = asked_by_words(request.POST.get("list", ""), at=request.at)  # type: ignore[attr-defined]
    return _show(request, wanted) if getattr(request, "htmx", False) else redirect(wanted.url())


def _tell(request: HttpRequest, done: int, failed: list[str]) -> None:
    if done:
        messages.success(request, ngettext("已处理 %(count)s 件。", "已处理 %(count)s 件。", done) % {"count": done})
    for line in failed[:MOST_LINES]:
        messages.error(request, line)
    if len(failed) > MOST_LINES:
        messages.error(request, _("还有 %(count)s 件未能处理。") % {"count": len(failed) - MOST_LINES})


def next_in_queue(actor: Actor, wanted: Asked, matter: "Matter", *, at: datetime) -> str:
    """The number of the matter that follows in the queue, from its beginning when this was the last; "" for none.

    At most two statements of the list.
    """
    place = place_in_queue(matter, due_first=wanted.due_first)
    for after in dict.fromkeys((place, None)):
        found = queue_page(actor, wanted.filters, at=at, after=after, limit=2, due_first=wanted.due_first)
        number = next((row.number for row in found.items if row.pk != matter.pk), "")
        if number:
            return number
    return ""
