"""The levels that a matter passed on its way up, the parts that were split from it, and who answers for it now."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from pingzhan.matters.choices import Status
from pingzhan.matters.models import Matter, Referral
from pingzhan.matters.queries.reference import reference

NOT_DONE = (Status.SUBMITTED, Status.ACCEPTED, Status.DISPATCHED, Status.IN_PROGRESS, Status.ON_HOLD)


def chain(matter: Matter) -> QuerySet[Referral]:
    """The levels passed in this round, the lowest first."""
    return Referral.objects.filter(matter=matter, round=matter.reopens, undone_at__isnull=True).order_by("position")


def awaited_after(matter: Matter, *, level: UUID | None = None) -> UUID | None:
    """Which level has to confirm the result next, from the highest down; None when it is the receiver's turn.

    `level`: the unit that confirms it just now. A unit that no longer exists is passed over.
    """
    known = reference().units
    levels = list(chain(matter).filter(confirmed_at__isnull=True).values_list("unit_id", flat=True))
    passed = {matter.receiver_id, level}
    return next((unit for unit in reversed(levels) if unit not in passed and unit in known), None)


def responsible(matter: Matter, passed: Sequence[Referral] = ()) -> UUID:
    """Who answers for the matter now: whoever was asked first, or passed it on, until somebody has signed."""
    if matter.awaits_id is not None and matter.status in (Status.ACCEPTED, Status.COMPLETED):
        return matter.awaits_id
    if matter.status == Status.DISPATCHED:
        onto = next((row.unit_id for row in reversed(passed) if row.to_unit_id == matter.handler_id), None)
        return onto or matter.receiver_id
    if matter.status in (Status.IN_PROGRESS, Status.ON_HOLD) and matter.handler_id is not None:
        return matter.handler_id
    return matter.receiver_id


def parts_of(matter: Matter) -> list[Matter]:
    """The matters that were split from this one, in the order of their numbers; one statement."""
    rows = Matter.objects.filter(parent=matter).order_by("number")
    return list(rows.only("id", "number", "title", "status", "handler_id", "receiver_id", "next_due_at", "is_open"))


def open_parts(matter: Matter) -> list[str]:
    """The numbers of the parts that are not done, also by the sheet that they were merged into; one statement."""
    elsewhere = Q(merged_into__status__in=NOT_DONE) & ~Q(merged_into=matter)
    rows = Matter.objects.filter(Q(status__in=NOT_DONE) | elsewhere, parent=matter)
    return list(rows.order_by("number").values_list("number", flat=True))


def joined_to(matter: Matter) -> list[Matter]:
    """The sheets that were merged into this one, whatever became of them since; one statement."""
    rows = Matter.objects.filter(merged_into=matter).filter(Q(status=Status.MERGED) | Q(status=Status.ARCHIVED))
    return list(rows.order_by("number"))
