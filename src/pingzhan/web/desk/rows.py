"""What a list of matters shows: names put to codes in a constant number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pingzhan.matters.choices import Status, Urgency
from pingzhan.matters.models import Matter
from pingzhan.matters.queries.reference import reference
from pingzhan.web.names import named, place_lines


@dataclass(frozen=True, slots=True)
class Row:
    number: str
    title: str
    category: str
    urgency: str
    urgency_label: str
    status: str
    status_label: str
    place: str
    unit: str
    reported_at: datetime
    due_at: datetime | None
    overdue: bool
    supervised: bool
    version: int


def rows_of(matters: Sequence[Matter], *, at: datetime) -> list[Row]:
    """One statement for the names of all places on the page; categories and units are in memory."""
    known = reference()
    names = place_lines([matter.path for matter in matters])
    return [
        Row(
            number=matter.number,
            title=matter.title,
            category=named(known.categories.get(matter.category_id)),
            urgency=matter.urgency,
            urgency_label=str(Urgency(matter.urgency).label),
            status=matter.status,
            status_label=str(Status(matter.status).label),
            place=names[matter.path],
            unit=named(known.units.get(matter.handler_id or matter.suggested_id or matter.receiver_id)),
            reported_at=matter.reported_at,
            due_at=matter.next_due_at,
            overdue=matter.is_open and matter.next_due_at is not None and matter.next_due_at < at,
            supervised=matter.supervised,
            version=matter.version,
        )
        for matter in matters
    ]
