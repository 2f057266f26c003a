"""What a list of matters shows: names put to codes in a constant number of statements."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse

from pingzhan.matters.choices import Status, Urgency
from pingzhan.matters.queries.reference import reference
from pingzhan.web.names import named, place_lines

if TYPE_CHECKING:
    from pingzhan.matters.models import Matter


@dataclass(frozen=True, slots=True)
class Row:
    number: str
    short: str  # the number without the community's code, which the place says in words
    url: str
    title: str
    category: str
    urgency: str
    urgency_label: str
    status: str
    status_label: str
    place: str
    address: str
    unit: str
    reported_at: datetime
    due_at: datetime | None
    overdue: bool
    supervised: bool
    returns: int
    reopens: int
    version: int


def _sheet_url(number: str) -> str:
    return reverse("desk:sheet", args=[number])


def rows_of(matters: Sequence["Matter"], *, at: datetime, link: Callable[[str], str] = _sheet_url) -> list[Row]:
    """One statement for the names of all places on the page; categories and units are in memory.

    `link` makes the address of the sheet of a number.
    """
    known = reference()
    names = place_lines([matter.path for matter in matters])
    return [
        Row(
            number=matter.number,
            short=matter.number.partition("-")[2] or matter.number,
            url=link(matter.number),
            title=matter.title,
            category=named(known.categories.get(matter.category_id)),
            urgency=matter.urgency,
            urgency_label=str(Urgency(matter.urgency).label),
            status=matter.status,
            status_label=str(Status(matter.status).label),
            place=names[matter.path],
            address=matter.address,
            unit=named(known.units.get(matter.handler_id or matter.suggested_id or matter.receiver_id)),
            reported_at=matter.reported_at,
            due_at=matter.next_due_at if matter.is_open else None,
            overdue=matter.is_open and matter.next_due_at is not None and matter.next_due_at < at,
            supervised=matter.supervised and matter.is_open,
            returns=matter.returns,
            reopens=matter.reopens,
            version=matter.version,
        )
        for matter in matters
    ]
