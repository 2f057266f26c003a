"""What a list of check-ins shows: names put to codes in a constant number of statements."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from pingzhan.people import queries
from pingzhan.people.choices import Slot
from pingzhan.places.names import named, place_lines

if TYPE_CHECKING:
    from pingzhan.people.models import CheckIn, Skill


@dataclass(frozen=True, slots=True)
class MemberRow:
    check_in: "CheckIn"
    place: str
    work: str
    skills: str
    slots: str
    overdue: bool


def member_rows(check_ins: Iterable["CheckIn"], *, at: datetime) -> list[MemberRow]:
    """Two statements: the names of places, and the catalogue."""
    found = list(check_ins)
    places = place_lines({row.path for row in found})
    catalogue = queries.kinds()
    return [member_row(row, places=places, catalogue=catalogue, at=at) for row in found]


def member_row(
    row: "CheckIn", *, places: Mapping[str, str], catalogue: Mapping[str, "Skill"], at: datetime
) -> MemberRow:
    unit = named(row.unit) or row.unit_name
    return MemberRow(
        check_in=row,
        place=places.get(row.path, ""),
        work=" ".join(word for word in (unit, row.job) if word),
        skills=_("、").join(named(catalogue[code]) for code in row.skills if code in catalogue),
        slots=_("、").join(str(Slot(code).label) for code in row.slots if code in Slot.values),
        overdue=row.due_at is not None and row.due_at < at,
    )
