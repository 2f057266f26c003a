"""Background work of people: what units are searched by, terms that are over."""

from datetime import datetime
from typing import TYPE_CHECKING

from pingzhan.core.jobs import every
from pingzhan.core.search import index
from pingzhan.journal.follow import follow
from pingzhan.people.operations import end_terms, lapse_asks, note_coverage
from pingzhan.people.queries import search_texts

if TYPE_CHECKING:
    from pingzhan.journal.models import Entry


@every(1)
def index_units(at: datetime) -> int:
    """Make units findable by their words, a second or two after they were entered or changed."""
    return follow("people.units", verbs=["unit.create", "unit.change"], work=_index, limit=1000)


def _index(entries: "list[Entry]") -> None:
    index("unit", search_texts({entry.subject_id for entry in entries}))


@every(60)
def end_appointments(at: datetime) -> int:
    """End the appointments whose term is over."""
    return end_terms(at=at)


@every(600)
def keep_coverage(at: datetime) -> int:
    """Write down once a day how well places are covered."""
    return note_coverage(at=at)


@every(60)
def lapse_unanswered(at: datetime) -> int:
    """Note of those who were asked for help and whose time is over that they did not answer."""
    return lapse_asks(at=at)
