"""Pure rules of the whistle: when its three clocks are due, and how they stand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pingzhan.core.worktime import Calendar
from pingzhan.matters.choices import Basis
from pingzhan.matters.rules import Allowance, allowance, due_at
from pingzhan.matters.whistle_workflow import WhistleClock

# Where no rule says otherwise: round the clock, from the whistle.
DEFAULTS: dict[WhistleClock, int] = {  # minutes
    WhistleClock.REPORT: 10,
    WhistleClock.FEED_BACK: 60,
    WhistleClock.ARRIVE: 8 * 60,
}


def deadlines(
    rules: Iterable[Allowance], *, category: str, group: str, urgency: str, start: datetime, calendar: Calendar
) -> dict[WhistleClock, datetime]:
    """When each of the three clocks of a unit summoned at `start` is due."""
    rules = list(rules)
    found: dict[WhistleClock, datetime] = {}
    for clock, minutes in DEFAULTS.items():
        allowed = allowance(rules, kind=clock, category=category, group=group, urgency=urgency)
        allowed = allowed or Allowance(clock, Basis.CALENDAR, minutes=minutes)
        found[clock] = due_at(allowed, start=start, calendar=calendar)
    return found


@dataclass(frozen=True, slots=True)
class Met:
    """One clock as it stands: `state` running, met, late (done too late), overdue (not done and past), stopped."""

    clock: WhistleClock
    due_at: datetime
    done_at: datetime | None
    state: str

    @property
    def is_late(self) -> bool:
        return self.state in ("late", "overdue")

    @property
    def over_by(self) -> timedelta | None:
        """By how much it was missed, once done."""
        return self.done_at - self.due_at if self.done_at and self.done_at > self.due_at else None


def standing(
    clock: WhistleClock, *, due: datetime, done_at: datetime | None, ended_at: datetime | None, at: datetime
) -> Met:
    """How a clock stands at `at`; what was overdue when the summons ended stays overdue, the rest has stopped."""
    if done_at is not None:
        state = "met" if done_at <= due else "late"
    elif ended_at is not None:
        state = "overdue" if ended_at > due else "stopped"
    else:
        state = "overdue" if at > due else "running"
    return Met(clock, due, done_at, state)
