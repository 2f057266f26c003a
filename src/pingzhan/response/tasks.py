"""Background work of responses: ending by date is put on record, and whoever can renew is told beforehand."""

from datetime import datetime

from pingzhan.core.jobs import every
from pingzhan.response.operations import consider, lapse_due, start_watches
from pingzhan.response.operations.reminders import warn_of_end
from pingzhan.response.queries.readiness import note_figures


@every(30)
def lapse_responses(at: datetime) -> int:
    """Responses whose end date has passed."""
    return lapse_due(at=at)


@every(10)
def consider_conditions(at: datetime) -> int:
    """What the conditions of plans propose, and the watches that start by themselves."""
    return consider(at=at) + start_watches(at=at)


@every(60)
def remind_of_ends(at: datetime) -> int:
    """Responses that end within a day."""
    return warn_of_end(at=at)


@every(60)
def note_readiness(at: datetime) -> int:
    """The day's figures of readiness, a few at a time until all of them are there."""
    return note_figures(at=at)
