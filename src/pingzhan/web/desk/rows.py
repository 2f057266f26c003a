"""What a list of matters shows: names put to codes in a constant number of statements."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse

from pingzhan.matters.choices import Status, Urgency
from pingzhan.matters.queries.reference import Reference, reference
from pingzhan.places.names import named
from pingzhan.places.queries import names_along

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
    place: str  # in full, from the street down
    spot: str  # the finest that is known, as people told it or as the place is called
    area: str  # what lies around the spot, within the reader's own area
    unit: str
    reported_at: datetime
    due_at: datetime | None
    overdue: bool
    supervised: bool
    escalated: int
    waiting: bool
    returns: int
    reopens: int
    version: int


def _sheet_url(number: str) -> str:
    return reverse("desk:sheet", args=[number])


def rows_of(
    matters: Sequence["Matter"],
    *,
    at: datetime,
    link: Callable[[str], str] = _sheet_url,
    within: Collection[str] = (),
) -> list[Row]:
    """One statement for the names of all places on the page; categories and units are in memory.

    `link` makes the address of the sheet of a number. What `within`, the reader's own paths, says already is not
    repeated in the area of each row.
    """
    known = reference()
    names = names_along({matter.path for matter in matters})
    own = {code for path in within for code in path.rstrip("/").split("/")}
    return [_row(matter, known, names, own, at=at, url=link(matter.number)) for matter in matters]


def _row(
    matter: "Matter", known: Reference, names: Mapping[str, str], own: Collection[str], *, at: datetime, url: str
) -> Row:
    codes = _shown_codes(matter.path, names)
    spot, area = _spot(codes, names, own, matter.address)
    return Row(
        number=matter.number,
        short=matter.number.partition("-")[2] or matter.number,
        url=url,
        title=matter.title,
        category=named(known.categories.get(matter.category_id)),
        urgency=matter.urgency,
        urgency_label=str(Urgency(matter.urgency).label),
        status=matter.status,
        status_label=str(Status(matter.status).label),
        place=" · ".join(names[code] for code in codes),
        spot=spot,
        area=area,
        unit=named(known.units.get(matter.handler_id or matter.suggested_id or matter.receiver_id)),
        reported_at=matter.reported_at,
        due_at=matter.next_due_at if matter.is_open else None,
        overdue=matter.is_open and matter.next_due_at is not None and matter.next_due_at < at,
        supervised=matter.supervised and matter.is_open,
        escalated=matter.escalated if matter.is_open else 0,
        waiting=matter.waiting,
        returns=matter.returns,
        reopens=matter.reopens,
        version=matter.version,
    )


def _shown_codes(path: str, names: Mapping[str, str]) -> list[str]:
    """From the street down to the building; the place itself where there is nothing finer. Households are not named."""
    codes = [code for code in path.rstrip("/").split("/") if code in names and "-H" not in code]
    return [code for code in codes if len(code.partition("-")[0]) > len("310107")] or codes[-1:]


def _spot(codes: Sequence[str], names: Mapping[str, str], own: Collection[str], address: str) -> tuple[str, str]:
    around = [code for code in codes[:-1] if code not in own]
    finest = codes[-1] if codes else ""
    if "-B" in finest:  # the building says more than its grid
        around = [code for code in around if "-G" not in code]
    spot = names.get(finest, "")
    if address and (spot in address or "-B" not in finest):
        if spot not in address and finest not in own:
            around.append(finest)
        spot = address
    return spot, " · ".join(names[code] for code in around)
