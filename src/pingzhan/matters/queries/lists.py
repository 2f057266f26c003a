"""Lists of matters: scoped, ordered, keyset-paged, a constant number of statements."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Value

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import scope
from pingzhan.core.db import is_set, is_so, under
from pingzhan.core.errors import NotFound
from pingzhan.core.paging import Page, cursor_of, first_of_each, page
from pingzhan.core.paths import COMMUNITY, STREET, code_of
from pingzhan.core.sealed import blind_index, normalise_phone
from pingzhan.core.search import matching
from pingzhan.matters.choices import Status
from pingzhan.matters.findable import OPEN, unit_mark
from pingzhan.matters.models import Category, Matter, Notice
from pingzhan.matters.queries.areas import everywhere, in_area, matters_in_scope
from pingzhan.matters.queries.reach import summoned_to
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.queries.takings import taken_by_me, waiting_for_somebody
from pingzhan.matters.workflow import CLOSED, OWNER
from pingzhan.places.queries import get_places

# What a row of a list shows; texts and sealed fields stay where they are.
ROW = (
    "id", "number", "title", "category_id", "urgency", "status", "is_open", "place_id", "path", "street", "community",
    "handler_id", "receiver_id", "suggested_id", "supervised", "reported_at", "status_at", "next_due_at", "version",
    "reporter_id", "anonymous", "address", "returns", "reopens",
    "waiting", "awaits_id", "escalated",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filters:
    """What the desk and the API offer; empty means any. `mine`: what waits for a unit of the actor's own."""

    place: str = ""
    status: str = ""
    category: str = ""
    handler: str = ""
    overdue: bool = False
    open: bool | None = None
    q: str = ""
    since: datetime | None = None
    urgency: str = ""
    supervised: bool = False
    escalated: bool = False
    mine: bool = False
    taken: str = ""  # "me": taken by the actor; "nobody": in the hands of a unit of theirs, and taken by nobody

    @property
    def few(self) -> bool:
        """Whether an index of their own leads to the few that are meant, so that other conditions are only tested."""
        return self.supervised or self.escalated

    @property
    def small_place(self) -> bool:
        """Whether a grid or a building is meant, of which the index of paths leaves few."""
        return bool(self.place) and not self.place.isdigit()


def matters_for(actor: Actor, filters: Filters, *, at: datetime) -> QuerySet[Matter]:
    """The matters that `actor` may see, narrowed by `filters`; outside the scope is as if it were not there."""
    return in_state(narrowed(actor, filters), actor, filters, at=at)


def narrowed(actor: Actor, filters: Filters, *, due_first: bool = False) -> QuerySet[Matter]:
    """The scope by everything but the state: what the tabs count. Place and words may ask one statement each.

    `due_first`: the list will be in the order of its clocks, which is not that of the words' documents.
    """
    rows = Matter.objects.filter(matters_in_scope(actor, Permission.MATTER_VIEW, among_few=filters.few))
    if filters.place:
        rows = rows.filter(_in_place(filters.place))
    if filters.category:
        rows = rows.filter(category_id__in=kinds_of(filters.category))
    if filters.handler:
        handler = reference().unit(filters.handler)
        rows = rows.filter(handler_id=handler.id if handler else None)
    if filters.urgency:
        rows = rows.filter(urgency=filters.urgency)
    if filters.supervised:
        rows = rows.filter(supervised=True, is_open=True)
    if filters.escalated:
        rows = rows.filter(escalated__gt=1, is_open=True)
    if filters.since:
        rows = rows.filter(id__gte=first_id(filters.since))
    if filters.q.strip():
        rows = rows.filter(_search(actor, filters, due_first=due_first))
    return rows


def in_state(rows: QuerySet[Matter], actor: Actor, filters: Filters, *, at: datetime) -> QuerySet[Matter]:
    """`rows` in the states that `filters` name."""
    if filters.status:
        rows = rows.filter(status=filters.status, **({} if filters.status in CLOSED else {"is_open": True}))
    if filters.open is not None:
        rows = rows.filter(is_open=filters.open)
    if filters.overdue:
        rows = rows.filter(next_due_at__lt=at)
    if filters.mine:
        rows = rows.filter(waits_for(actor.unit_ids))
    if filters.taken == "me":
        rows = rows.filter(taken_by_me(actor))
    elif filters.taken == "nobody":
        rows = rows.filter(waiting_for_somebody(actor.unit_ids))
    return rows


def waits_for(units: Iterable[UUID]) -> Q:
    """Open matters that one of `units` is to move on: as the unit in charge, as the one that was asked first, or as the
    one whose decision they await."""
    units = list(units)
    by = {owner: [status for status, who in OWNER.items() if who == owner] for owner in ("receiver", "handler")}
    # That they are open is said in each part, so that SQLite finds the index of each.
    return (
        Q(is_open=True, awaits_id__in=units)
        | Q(is_open=True, awaits_id__isnull=True, status__in=by["receiver"], receiver_id__in=units)
        | Q(is_open=True, awaits_id__isnull=True, status__in=by["handler"], handler_id__in=units)
    )


def first_id(moment: datetime) -> UUID:
    """The lowest UUIDv7 of `moment`: ids sort by time, so that "since" walks the same index as the list."""
    return UUID(int=(int(moment.timestamp() * 1000) << 80) | (7 << 76) | (2 << 62))


def kinds_of(category: str) -> list[str]:
    """The kind itself, or all kinds of a group: named, so that the lists need no join."""
    kinds = [row.code for row in reference().categories.values() if row.parent_id == category]
    return kinds or [category]


def _in_place(code: str) -> Q:
    if code.isdigit() and len(code) in (STREET, COMMUNITY):
        return in_area(f"{code}/")
    found = get_places([code]).get(code)
    return in_area(found.path) if found else Q(pk__in=[])


def _search(actor: Actor, filters: Filters, *, due_first: bool) -> Q:
    """A number, a phone, or words."""
    q = filters.q.strip()
    if q[:6].isdigit() and "-" in q:
        return Q(number=q.upper())
    plain = normalise_phone(q)
    if plain.lstrip("+").isdigit() and len(plain) >= 7 and plain.isascii():
        return Q(contact_index=blind_index(plain, purpose="matter.contact"))
    marks = [*_marks_of_scope(actor), *_marks_of_filters(filters, due_first=due_first)]
    return matching("matter", q, newest_first=not due_first, marks=marks)


def _marks_of_scope(actor: Actor) -> list[str]:
    """What all documents within the reach of somebody say who sees one area or what one unit handles."""
    reaches = {
        (held.unit_id, "") if held.definition.by_unit else (None, code_of(held.path))
        for held in actor.holding(Permission.MATTER_VIEW)
    }
    if len(reaches) != 1:
        return []
    (unit, code) = reaches.pop()
    return [unit_mark(unit)] if unit else _mark_of_area(code)


def _marks_of_filters(filters: Filters, *, due_first: bool) -> list[str]:
    marks = _mark_of_area(filters.place)
    handler = reference().unit(filters.handler) if filters.handler else None
    if handler:
        marks.append(unit_mark(handler.id))
    open_only = due_first or filters.open or filters.few or filters.mine or filters.overdue
    return [*marks, OPEN] if open_only else marks


def _mark_of_area(code: str) -> list[str]:
    return [code] if code.isdigit() and len(code) in (STREET, COMMUNITY) else []


def queue_page(
    actor: Actor,
    filters: Filters,
    *,
    at: datetime,
    after: str | None,
    limit: int,
    due_first: bool = False,
    rows: QuerySet[Matter] | None = None,
) -> Page[Matter]:
    """One page, newest or most pressing first; one statement. `rows`: `narrowed` already, by these filters."""
    rows = narrowed(actor, filters, due_first=due_first) if rows is None else rows
    if due_first:
        rows = rows.filter(_with_a_clock(actor, filters))
        filters = replace(filters, open=None if filters.open else filters.open)
    rows = in_state(rows, actor, filters, at=at)
    order = DUE_FIRST if due_first else NEWEST_FIRST
    if not due_first and filters == Filters(category=filters.category, status=filters.status, open=filters.open):
        kinds = kinds_of(filters.category)
        if len(kinds) > 1 and everywhere(actor, Permission.MATTER_VIEW):
            lanes = [Q(category_id=kind) for kind in kinds]
            rows = Matter.objects.filter(first_of_each(rows, lanes, order=order, after=after, limit=limit))
    return page(rows.only(*ROW), order=order, after=after, limit=limit)


def _with_a_clock(actor: Actor, filters: Filters) -> Q:
    """Open matters with a clock that runs: all those in the order of their clocks, or the few of another index."""
    here = filters.place or filters.handler or filters.status or filters.mine or filters.taken or filters.q.strip()
    if not here and not filters.few and everywhere(actor, Permission.MATTER_VIEW):
        return Q(next_due_at__isnull=False) & is_so("is_open")
    is_due = is_set("next_due_at") if filters.few or filters.small_place else Q(next_due_at__isnull=False)
    return is_due & Q(is_open=True)


NEWEST_FIRST = ("-id",)
LATEST_NOTICES = ("-approved_at", "-id")
DUE_FIRST = ("next_due_at", "id")


def place_in_queue(matter: Matter, *, due_first: bool) -> str | None:
    """The cursor behind `matter` in a queue's order; None where it has no place in it."""
    if due_first and matter.next_due_at is None:
        return None
    return cursor_of(matter, DUE_FIRST if due_first else NEWEST_FIRST)


def matter_for(actor: Actor, number: str) -> Matter:
    """The matter with this number within the actor's scope, or their own; raises NotFound otherwise."""
    reach = scope(actor, Permission.MATTER_VIEW) | summoned_to(actor)
    if actor.user_id is not None:
        reach |= Q(reporter_id=actor.user_id)
    rows = Matter.objects.filter(reach, number=number)
    found = rows.select_related("place", "merged_into", "parent", "redaction").first()
    if found is None:
        raise NotFound
    return found


def open_counts(actor: Actor, *, at: datetime, rows: QuerySet[Matter] | None = None) -> dict[str, int]:
    """How many open matters are in each state, how many are "overdue", and how many wait for the actor ("mine").

    Of the actor's scope, or of `rows`, which is the scope `narrowed`. One statement over the open ones only.
    """
    rows = (narrowed(actor, Filters()) if rows is None else rows).filter(is_open=True)
    found = {
        status: (count, late, mine)
        for status, count, late, mine in rows.order_by("status")
        .values_list("status")
        .annotate(
            count=Count("id"),
            late=Count("id", filter=Q(next_due_at__lt=at)),
            mine=Count("id", filter=waits_for(actor.unit_ids)) if actor.unit_ids else Value(0),
        )
    }
    counts = {status: found.get(status, (0, 0, 0))[0] for status in Status.values}
    counts["open"] = sum(count for count, _, _ in found.values())
    counts["overdue"] = sum(late for _, late, _ in found.values())
    counts["mine"] = sum(mine for _, _, mine in found.values())
    return counts


def field_matters(actor: Actor, *, after: str | None = None, limit: int = 50) -> Page[Matter]:
    """What a grid worker has to do: matters under their grid that their unit is to sign or is handling."""
    rows = (
        Matter.objects.filter(matters_in_scope(actor, Permission.MATTER_HANDLE))
        .filter(
            is_open=True,
            status__in=[Status.DISPATCHED, Status.IN_PROGRESS, Status.ON_HOLD],
            handler_id__in=actor.unit_ids,
            next_due_at__isnull=False,
        )
        .only(*ROW)
    )
    return page(rows, order=("next_due_at", "id"), after=after, limit=limit)


def reported_by(actor: Actor, *, after: str | None = None, limit: int = 20) -> Page[Matter]:
    """What a signed-in resident has reported."""
    rows = Matter.objects.filter(reporter_id=actor.user_id) if actor.user_id else Matter.objects.none()
    return page(rows.only(*ROW), order=("-id",), after=after, limit=limit)


def notices(*, under_path: str = "", category: str = "", after: str | None = None, limit: int = 20) -> Page[Notice]:
    """Public notices, newest first; open to all."""
    rows = Notice.objects.filter(until__isnull=True).select_related("matter", "matter__place", "category")
    if under_path:
        rows = rows.filter(under("path", under_path))
    if category:
        rows = rows.filter(category_id__in=kinds_of(category))
    return page(rows, order=LATEST_NOTICES, after=after, limit=limit)


def numbers_of(actor: Actor, numbers: Iterable[str]) -> list[Matter]:
    """The matters with these numbers within the actor's scope, in the order of their numbers; one statement."""
    return list(
        Matter.objects.filter(matters_in_scope(actor, Permission.MATTER_VIEW), number__in=list(numbers)).order_by(
            "number"
        )
    )


def field_done(actor: Actor, *, after: str | None = None, limit: int = 20) -> Page[Matter]:
    """What the actor's units have finished under their grids, newest report first."""
    rows = (
        Matter.objects.filter(matters_in_scope(actor, Permission.MATTER_HANDLE))
        .filter(handler_id__in=actor.unit_ids, completed_at__isnull=False)
        .exclude(status__in=[Status.DISPATCHED, Status.IN_PROGRESS, Status.ON_HOLD])
        .only(*ROW, "completed_at")
    )
    return page(rows, order=("-id",), after=after, limit=limit)


def numbers_by_id(ids: Iterable[UUID]) -> dict[UUID, str]:
    """The numbers of matters by their ids, for lists that name them; one statement."""
    return dict(Matter.objects.filter(pk__in=list(ids)).order_by("pk").values_list("pk", "number"))


def categories(*, parent: str = "") -> QuerySet[Category]:
    """The categories in use, groups and kinds; or the kinds of one group."""
    rows = Category.objects.filter(until__isnull=True)
    return rows.filter(parent_id=parent) if parent else rows


def notices_for(actor: Actor, *, after: str | None = None, limit: int = 20) -> Page[Notice]:
    """The notices of the actor's scope, also those taken down, newest first; one statement."""
    rows = Notice.objects.filter(scope(actor, Permission.MATTER_VIEW, unit="matter__handler_id"))
    rows = rows.select_related("matter", "category", "approved_by")
    return page(rows, order=LATEST_NOTICES, after=after, limit=limit)


def notice_for(actor: Actor, notice_id: UUID) -> Notice:
    """The notice within the actor's scope; raises NotFound otherwise."""
    reach = scope(actor, Permission.MATTER_VIEW, unit="matter__handler_id")
    found = Notice.objects.filter(reach, pk=notice_id).first()
    if found is None:
        raise NotFound
    return found
