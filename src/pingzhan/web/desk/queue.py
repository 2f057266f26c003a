"""The queue: filters that stay in the address, many at once, the next one without going back."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import roots
from pingzhan.core.errors import DomainError
from pingzhan.matters import operations
from pingzhan.matters.choices import Status, Urgency
from pingzhan.matters.queries.lists import Filters, numbers_of, open_counts, queue_page
from pingzhan.matters.queries.reference import reference
from pingzhan.places.choices import Level
from pingzhan.places.queries import children, get_places, tops
from pingzhan.web.desk.rows import rows_of
from pingzhan.web.guards import needs
from pingzhan.web.names import named

PAGE = 20
MOST_AT_ONCE = 100
# The tabs of the queue, in the order of the work: name, states, whether the overdue only.
TABS: dict[str, tuple[str, ...]] = {
    "todo": (),
    Status.SUBMITTED: (Status.SUBMITTED,),
    Status.ACCEPTED: (Status.ACCEPTED,),
    Status.DISPATCHED: (Status.DISPATCHED,),
    Status.IN_PROGRESS: (Status.IN_PROGRESS,),
    Status.COMPLETED: (Status.COMPLETED,),
    Status.FED_BACK: (Status.FED_BACK,),
    Status.RATED: (Status.RATED,),
    Status.PUBLISHED: (Status.PUBLISHED,),
}


@require_safe
@needs(P.MATTER_VIEW)
def queue(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at: datetime = request.at  # type: ignore[attr-defined]
    filters = filters_from(request.GET, at=at)
    due_first = request.GET.get("order") == "due"
    if request.session.get("desk_queue") != request.get_full_path():
        request.session["desk_queue"] = request.get_full_path()  # where "next matter" goes on
    found = queue_page(actor, filters, at=at, after=request.GET.get("after"), limit=PAGE, due_first=due_first)
    context = {
        "rows": rows_of(found.items, at=at),
        "next": _with(request, after=found.next) if found.next else "",
        "first": _with(request, after=None) if request.GET.get("after") else "",
        "filters": filters,
        "tabs": tabs(request, actor, at=at),
        "order": "due" if due_first else "new",
        "due_url": _with(request, order="due", after=None),
        "new_url": _with(request, order=None, after=None),
        "categories": category_choices(),
        "places": place_choices(actor, filters.place),
        "statuses": Status.choices,
        "urgencies": Urgency.choices,
        "can_bulk": bool(actor.holding(P.MATTER_ACCEPT) or actor.holding(P.MATTER_DISPATCH)),
        "filtered": any(request.GET.get(name) for name in ("q", "place", "category", "urgency", "overdue", "since", "supervised")),
        "clear_url": reverse("desk:queue"),
    }
    template = "desk/queue_list.html" if getattr(request, "htmx", False) else "desk/queue.html"
    return render(request, template, context)


def filters_from(query: Any, *, at: datetime) -> Filters:
    """The filters of an address; what makes no sense is as if it were not there."""
    status = query.get("status", "")
    days = query.get("since", "")
    return Filters(
        place=query.get("place", "")[:32],
        status=status if status in Status.values else "",
        category=query.get("category", "")[:60],
        handler=query.get("handler", "")[:60],
        overdue=query.get("overdue") == "1",
        open=None if status in Status.values or query.get("all") == "1" else True,
        q=query.get("q", "").replace("\x00", "")[:80],
        since=at - timedelta(days=int(days)) if days.isascii() and days.isdigit() and len(days) < 4 else None,
        urgency=query.get("urgency", "") if query.get("urgency", "") in Urgency.values else "",
        supervised=query.get("supervised") == "1",
    )


def _with(request: HttpRequest, **changes: str | None) -> str:
    """This page's address with some of its parameters changed."""
    query = {name: value for name, value in request.GET.items() if value}
    query |= {name: value for name, value in changes.items() if value is not None}
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
    return f"{request.path}?{urlencode(query)}" if query else request.path


def tabs(request: HttpRequest, actor: Actor, *, at: datetime) -> list[dict[str, Any]]:
    """The states with how many open matters are in each."""
    counts = open_counts(actor, at=at)
    status = request.GET.get("status", "")
    late = request.GET.get("overdue") == "1"

    def tab(label: str, count: int | None, url: str, current: bool) -> dict[str, Any]:
        return {"label": label, "count": count, "url": url, "current": current}

    everything = request.GET.get("all") == "1"
    found = [
        tab(_("未办结"), counts["open"], _with(request, status=None, overdue=None, all=None, after=None), not status and not late and not everything),
        tab(_("已逾期"), counts["overdue"], _with(request, status=None, overdue="1", all=None, after=None), late),
    ]
    found += [
        tab(str(Status(name).label), counts[name], _with(request, status=name, overdue=None, all=None, after=None), status == name)
        for name in TABS
        if name in Status.values
    ]
    found.append(tab(_("全部"), None, _with(request, status=None, overdue=None, all="1", after=None), everything))
    return found


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
    """The places to narrow by: the actor's own roots, what lies under them, and under the chosen one."""
    within = roots(actor, P.MATTER_VIEW)
    found = [place for root in tops(within) for place in (root, *children(root))]
    below = get_places([chosen], within=within).get(chosen) if chosen else None
    if below is not None:
        known = {place.code for place in found}
        found += [place for place in (below, *children(below)) if place.code not in known]
    return [(place.code, place.name) for place in found if place.level != Level.HOUSEHOLD]


@require_POST
@needs(P.MATTER_ACCEPT, P.MATTER_DISPATCH)
def bulk(request: HttpRequest) -> HttpResponse:
    """Accept or dispatch the ticked matters, each for itself: what cannot be done is named, the rest is done."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    step = request.POST.get("step", "")
    chosen = request.POST.getlist("numbers")[:MOST_AT_ONCE]
    acts = {"accept": _accept, "dispatch": _dispatch, "accept_dispatch": _accept_and_dispatch}
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = reverse("desk:queue")
    if step not in acts or not chosen:
        messages.warning(request, _("请先勾选事项，再选择要做的操作。"))
        return redirect(back)
    done, failed = 0, []
    for matter in numbers_of(actor, chosen):
        try:
            acts[step](matter, actor, request.at)  # type: ignore[attr-defined]
            done += 1
        except DomainError as error:
            failed.append(f"{matter.number}：{error.detail}")
    if done:
        messages.success(request, ngettext("已处理 %(count)s 件。", "已处理 %(count)s 件。", done) % {"count": done})
    for line in failed[:10]:
        messages.error(request, line)
    if len(failed) > 10:
        messages.error(request, _("还有 %(count)s 件未能处理。") % {"count": len(failed) - 10})
    return redirect(back)


def _accept(matter: Any, actor: Actor, at: datetime) -> None:
    operations.accept(matter=matter, by=actor, at=at)


def _dispatch(matter: Any, actor: Actor, at: datetime) -> None:
    operations.dispatch(matter=matter, by=actor, at=at)


def _accept_and_dispatch(matter: Any, actor: Actor, at: datetime) -> None:
    if matter.status == Status.SUBMITTED:
        operations.accept(matter=matter, by=actor, at=at)
    operations.dispatch(matter=matter, by=actor, at=at)


def next_in_queue(actor: Actor, address: str, *, at: datetime, besides: str) -> str:
    """The number of the first matter of a queue's address other than `besides`, "" when there is none left."""
    query = QueryDict(address.partition("?")[2])
    filters = filters_from(query, at=at)
    due_first = query.get("order") == "due"
    found = queue_page(actor, filters, at=at, after=None, limit=2, due_first=due_first)
    return next((matter.number for matter in found.items if matter.number != besides), "")
