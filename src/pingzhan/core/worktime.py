"""Working days and working hours: from when to when a deadline that counts in working time runs.

National holidays and make-up working days come from chinesecalendar for the years it knows; outside of them a week has
five working days. Rows of CalendarDay override both. All reckoning is pure: a Calendar, once made, reads nothing.
"""

import threading
import time as clock
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from chinese_calendar import holidays, workdays
from django.utils import timezone

from pingzhan.core.models import CalendarDay

# The years for which the State Council's notices are in the library.
_FIRST_YEAR = min(holidays).year
_LAST_YEAR = max(holidays).year

_CACHE_SECONDS = 300.0
_DAY = timedelta(days=1)
_SATURDAY = 5


def is_workday(day: date, overrides: Mapping[date, bool] | None = None) -> bool:
    """Whether people work on `day`; `overrides` come before the national calendar."""
    if overrides and day in overrides:
        return overrides[day]
    if _FIRST_YEAR <= day.year <= _LAST_YEAR:
        if day in workdays:  # a Saturday or Sunday worked in exchange for a day off
            return True
        if day in holidays:
            return False
    return day.weekday() < _SATURDAY


@dataclass(frozen=True, slots=True)
class Calendar:
    """When work is done: from `opens` to `closes` of every working day, by the wall clock of `tz`."""

    overrides: Mapping[date, bool] = field(default_factory=dict)
    opens: time = time(9)
    closes: time = time(17)
    tz: tzinfo = field(default_factory=timezone.get_default_timezone)

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise ValueError("working time must open before it closes")

    def is_workday(self, day: date) -> bool:
        """Whether `day` is a working day here."""
        return is_workday(day, self.overrides)

    def hours(self, day: date) -> tuple[datetime, datetime]:
        """The first and the last moment of work on `day`, in UTC."""
        return (
            datetime.combine(day, self.opens, self.tz).astimezone(UTC),
            datetime.combine(day, self.closes, self.tz).astimezone(UTC),
        )

    def days_from(self, day: date) -> Iterator[date]:
        """The working days from `day` on, itself included."""
        while True:
            if self.is_workday(day):
                yield day
            day += _DAY

    def local_date(self, moment: datetime) -> date:
        """The date of an aware moment by the wall clock here."""
        return moment.astimezone(self.tz).date()

    def add_working_minutes(self, start: datetime, minutes: int) -> datetime:
        """The moment (UTC) when `minutes` of working time have passed since `start`; see `add_working_time`."""
        return self.add_working_time(start, timedelta(minutes=minutes))

    def add_working_time(self, start: datetime, left: timedelta) -> datetime:
        """The moment (UTC) when `left` of working time has passed since `start` (aware).

        Always within working time, its two ends included: what is full at closing time is due at closing time, not on
        the next morning. A start outside of working time counts from the next opening. Raises ValueError below 0.
        """
        if left < timedelta():
            raise ValueError("working time runs forward only")
        start = start.astimezone(UTC)
        for day in self.days_from(self.local_date(start)):
            opens, closes = self.hours(day)
            begin = max(start, opens)
            if begin > closes or (begin == closes and left):
                continue
            if begin + left <= closes:
                return begin + left
            left -= closes - begin
        raise AssertionError("unreachable: working days do not end")

    def working_days_later(self, start: datetime, days: int) -> datetime:
        """Closing time (UTC) of the `days`-th working day after the day of `start`, which itself does not count.

        0 is the end of the working day in progress, or of the next one if none is. Raises ValueError for less than 0.
        """
        if days < 0:
            raise ValueError("working time runs forward only")
        if days == 0:
            running = self.local_date(self.add_working_minutes(start, 0))
            return self.hours(running)[1]
        following = self.days_from(self.local_date(start) + _DAY)
        for _ in range(days - 1):
            next(following)
        return self.hours(next(following))[1]

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """How much working time lies between two aware moments; nothing when `end` is not after `start`.

        What was left of a deadline when it was paused; `add_working_time` of it gives the new one.
        """
        total = timedelta()
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        if end <= start:
            return total
        for day in self.days_from(self.local_date(start)):
            opens, closes = self.hours(day)
            if opens >= end:
                break
            total += max(min(end, closes) - max(start, opens), timedelta())
        return total


_lock = threading.Lock()
_loaded: tuple[float, Calendar] | None = None


def current_calendar() -> Calendar:
    """The installation's calendar with its overriding days; read again after five minutes, or after `refresh`."""
    global _loaded
    with _lock:
        if _loaded is None or clock.monotonic() - _loaded[0] > _CACHE_SECONDS:
            overrides = dict(CalendarDay.objects.order_by("date").values_list("date", "is_workday"))
            _loaded = (clock.monotonic(), Calendar(overrides=overrides))
        return _loaded[1]


def refresh() -> None:
    """Let the next caller in this process read the calendar anew, e.g. after a day was changed."""
    global _loaded
    with _lock:
        _loaded = None
