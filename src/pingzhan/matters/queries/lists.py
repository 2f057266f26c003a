"""Lists of matters: scoped, ordered, keyset-paged, a constant number of statements."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import scope
from pingzhan.core.db import under
from pingzhan.core.errors import NotFound
from pingzhan.core.paging import Page, page
from pingzhan.core.search import matching
from pingzhan.core.sealed import blind_index, normalise_phone
from pingzhan.matters.choices import Status
from pingzhan.matters.models import Matter, Notice
from pingzhan.matters.workflow import CLOSED
from pingzhan.places.queries import get_places

# What a row of a list shows; texts and sealed fields stay where they are.
ROW = (
    "id", "number", "title", "category_id", "urgency", "status", "is_open", "place_id", "path", "street", "community",
    "handler_id", "receiver_id", "suggested_id", "supervised", "reported_at", "status_at", "next_due_at", "version",
    "reporter_id", "anonymous", "address", "returns", "reopens",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filters:
    """What the desk and the API offer; empty means any. `tab` is a group of states or "mine"."""

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


def matters_for(actor: Actor, filters: Filters, *, at: datetime) -> QuerySet[Matter]:
    """The matters that `actor` may see, narrowed by `filters`; outside the scope is as if it were not there."""
    rows = Matter.objects.filter(scope(actor, Permission.MATTER_VIEW))
    if filters.place:
        rows = rows.filter(_in_place(filters.place))
    if filters.status:
        rows = rows.filter(status=filters.status, **({} if filters.status in CLOSED else {"is_open": True}))
    if filters.open is not None:
        rows = rows.filter(is_open=filters.open)
    if filters.category:
        rows = rows.filter(Q(category_id=filters.category) | Q(category__parent_id=filters.category))
    if filters.handler:
        rows = rows.filter(handler__code=filters.handler)
    if filters.overdue:
        rows = rows.filter(next_due_at__lt=at)
    if filters.urgency:
        rows = rows.filter(urgency=filters.urgency)
    if filters.supervised:
        rows = rows.filter(supervised=True, is_open=True)
    if filters.since:
        rows = rows.filter(id__gte=first_id(filters.since))
    if filters.q.strip():
        rows = rows.filter(_search(filters.q.strip()))
    return rows


def first_id(moment: datetime) -> UUID:
    """The lowest UUIDv7 of `moment`: ids sort by time, so that "since" walks the same index as the list."""
    return UUID(int=(int(moment.timestamp() * 1000) << 80) | (7 << 76) | (2 << 62))


def _in_place(code: str) -> Q:
    if code.isdigit() and len(code) == 9:
        return Q(street=code)
    if code.isdigit() and len(code) == 12:
        return Q(community=code)
    found = get_places([code]).get(code)
    return under("path", found.path) if found else Q(pk__in=[])


def _search(q: str) -> Q:
    """A number, a phone, or words."""
    if q[:6].isdigit() and "-" in q:
        return Q(number=q.upper())
    plain = normalise_phone(q)
    if plain.lstrip("+").isdigit() and len(plain) >= 7 and plain.isascii():
        return Q(contact_index=blind_index(plain, purpose="matter.contact"))
    return matching("matter", q)


def queue_page(
    actor: Actor, filters: Filters, *, at: datetime, after: str | None, limit: int, due_first: bool = False
) -> Page[Matter]:
    """One page, newest first, or the most pressing first; one statement."""
    rows = matters_for(actor, filters, at=at).only(*ROW)
    if due_first:
        rows = rows.filter(next_due_at__isnull=False)
        return page(rows, order=("next_due_at", "id"), after=after, limit=limit)
    return page(rows, order=("-id",), after=after, limit=limit)


def matter_for(actor: Actor, number: str) -> Matter:
    """The matter with this number within the actor's scope, or their own; raises NotFound otherwise."""
    reach = scope(actor, Permission.MATTER_VIEW)
    if actor.user_id is not None:
        reach |= Q(reporter_id=actor.user_id)
    found = Matter.objects.filter(reach, number=number).select_related("place", "merged_into", "parent").first()
    if found is None:
        raise NotFound
    return found


def open_counts(actor: Actor, *, at: datetime) -> dict[str, int]:
    """How many open matters of the actor's scope are in each state, and how many are overdue ("overdue").

    One statement over the open ones only.
    """
    rows = Matter.objects.filter(scope(actor, Permission.MATTER_VIEW), is_open=True)
    found = {
        status: (count, late)
        for status, count, late in rows.order_by("status")
        .values_list("status")
        .annotate(count=Count("id"), late=Count("id", filter=Q(next_due_at__lt=at)))
    }
    counts = {status: found.get(status, (0, 0))[0] for status in Status.values}
    counts["overdue"] = sum(late for _, late in found.values())
    counts["open"] = sum(count for count, _ in found.values())
    return counts


def field_matters(actor: Actor, *, after: str | None = None, limit: int = 50) -> Page[Matter]:
    """What a grid worker has to do: matters under their grid that their unit is to sign or is handling."""
    rows = (
        Matter.objects.filter(scope(actor, Permission.MATTER_HANDLE))
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
        rows = rows.filter(Q(category_id=category) | Q(category__parent_id=category))
    return page(rows, order=("-id",), after=after, limit=limit)


def numbers_of(actor: Actor, numbers: Iterable[str]) -> list[Matter]:
    """The matters with these numbers within the actor's scope, in the order of their numbers; one statement."""
    return list(
        Matter.objects.filter(scope(actor, Permission.MATTER_VIEW), number__in=list(numbers)).order_by("number")
    )


def field_done(actor: Actor, *, after: str | None = None, limit: int = 20) -> Page[Matter]:
    """What the actor's units have finished under their grids, newest report first."""
    rows = (
        Matter.objects.filter(scope(actor, Permission.MATTER_HANDLE))
        .filter(handler_id__in=actor.unit_ids, completed_at__isnull=False)
        .exclude(status__in=[Status.DISPATCHED, Status.IN_PROGRESS, Status.ON_HOLD])
        .only(*ROW, "completed_at")
    )
    return page(rows, order=("-id",), after=after, limit=limit)
