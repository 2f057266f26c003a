"""Background work of the four firsts: the journal is read as it is sealed."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pingzhan.core.jobs import every
from pingzhan.journal.follow import follow
from pingzhan.matters.choices import Source
from pingzhan.matters.firsts import FOLLOWED, TIMED, reached
from pingzhan.matters.models import FirstTimes, Matter

if TYPE_CHECKING:
    from pingzhan.journal.models import Entry

_ROWS = 500
BY_STAFF = (Source.FIELD, Source.VISIT)


@every(2)
def note_firsts(at: datetime) -> int:
    """Note of each matter when it was first answered, accepted, settled; how far it read."""
    return follow("matters.firsts", verbs=FOLLOWED, work=note, limit=1000)


def note(entries: "list[Entry]") -> None:
    """Write what the entries reach, each first once; in the order of the journal."""
    _found([entry.subject_id for entry in entries if entry.verb == "matter.report"])
    of = [(matter, entry) for entry in entries if (matter := _matter_of(entry)) is not None]
    rows = FirstTimes.objects.in_bulk({matter for matter, _ in of})
    changed: dict[UUID, FirstTimes] = {}
    for matter_id, entry in of:
        row = rows.get(matter_id)
        if row is None:
            continue
        for first in reached(entry.verb, entry.data):
            column = TIMED[first]
            if getattr(row, column) is None:
                setattr(row, column, max(0, int((entry.at - row.found_at).total_seconds())))
                changed[row.pk] = row
    FirstTimes.objects.bulk_update(changed.values(), list(TIMED.values()), batch_size=_ROWS)


def _found(ids: list[UUID]) -> None:
    known = Matter.objects.filter(pk__in=ids).order_by("pk")
    rows: Any = known.values_list("pk", "path", "community", "reported_at", "source")
    FirstTimes.objects.bulk_create(
        [
            FirstTimes(
                matter_id=pk,
                path=path,
                community=community,
                found_at=at,
                by_staff=source in BY_STAFF,
            )
            for pk, path, community, at, source in rows
        ],
        ignore_conflicts=True,
        batch_size=_ROWS,
    )


def _matter_of(entry: "Entry") -> UUID | None:
    """Which matter an entry tells of: that of a whistle is named in its data."""
    if entry.subject_type == "matter":
        return entry.subject_id
    named = entry.data.get("matter") if entry.subject_type == "whistle" else None
    return UUID(named) if named else None
