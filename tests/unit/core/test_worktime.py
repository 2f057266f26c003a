"""Deadlines in working time: the national calendar, make-up Saturdays, long holidays, and the wall clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pingzhan.core import worktime
from pingzhan.core.models import CalendarDay
from pingzhan.core.worktime import Calendar, is_workday

SHANGHAI = ZoneInfo("Asia/Shanghai")
PLAIN = Calendar(tz=SHANGHAI)


def shanghai(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)  # type: ignore[misc, arg-type]


moments = st.integers(0, 27 * 365 * 24 * 60).map(lambda minutes: shanghai(2003, 1, 1) + timedelta(minutes=minutes))
# Half a year of working time, in minutes.
spans = st.integers(0, 125 * 8 * 60)
calendars = st.builds(
    Calendar,
    overrides=st.dictionaries(st.dates(date(2003, 1, 1), date(2030, 12, 31)), st.booleans(), max_size=20),
    opens=st.sampled_from([time(8, 30), time(9)]),
    closes=st.sampled_from([time(17), time(17, 30)]),
    # One zone without and one with summer time; the wall clock decides in both.
    tz=st.sampled_from([SHANGHAI, ZoneInfo("Europe/Paris")]),
)


def test_national_calendar() -> None:
    assert not is_workday(date(2026, 10, 1))  # National Day, a Thursday
    assert not is_workday(date(2026, 10, 7))
    assert is_workday(date(2026, 10, 10))  # the Saturday worked for it
    assert is_workday(date(2026, 2, 14))  # the Saturday worked for the Spring Festival
    assert not is_workday(date(2026, 2, 16))  # a Monday, New Year's Eve of the lunar calendar
    assert not is_workday(date(2026, 10, 17))  # an ordinary Saturday
    assert not is_workday(date(2024, 2, 17))


def test_outside_of_the_known_years_a_week_has_five_working_days() -> None:
    assert is_workday(date(2003, 10, 1))
    assert is_workday(date(2091, 10, 1))
    assert not is_workday(date(2091, 10, 6))


def test_a_day_entered_by_hand_overrides_the_calendar() -> None:
    overrides = {date(2026, 10, 10): False, date(2026, 10, 17): True}
    assert not is_workday(date(2026, 10, 10), overrides)
    assert is_workday(date(2026, 10, 17), overrides)
    assert is_workday(date(2026, 10, 12), overrides)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        # Within one day.
        (shanghai(2026, 3, 2, 9), 60, shanghai(2026, 3, 2, 10)),
        # Full at closing time: due then, not next morning.
        (shanghai(2026, 3, 2, 16), 60, shanghai(2026, 3, 2, 17)),
        (shanghai(2026, 3, 2, 16), 61, shanghai(2026, 3, 3, 9, 1)),
        # Reported at night, on a Saturday, at closing time: from the next opening.
        (shanghai(2026, 3, 2, 22, 30), 30, shanghai(2026, 3, 3, 9, 30)),
        (shanghai(2026, 3, 7, 12), 30, shanghai(2026, 3, 9, 9, 30)),
        (shanghai(2026, 3, 2, 17), 30, shanghai(2026, 3, 3, 9, 30)),
        # Early in the morning of a working day; the date in UTC is still the day before.
        (shanghai(2026, 3, 3, 6), 0, shanghai(2026, 3, 3, 9)),
        # Over National Day 2026: Wednesday 30 September, then Thursday 8, Friday 9 and Saturday 10 October.
        (shanghai(2026, 9, 30, 16), 2 * 60, shanghai(2026, 10, 8, 10)),
        (shanghai(2026, 10, 9, 16), 2 * 60, shanghai(2026, 10, 10, 10)),
        # 29 February 2024, a Thursday.
        (shanghai(2024, 2, 28, 16), 9 * 60, shanghai(2024, 2, 29, 17)),
        (shanghai(2024, 2, 29, 16), 2 * 60, shanghai(2024, 3, 1, 10)),
    ],
)
def test_working_minutes(start: datetime, minutes: int, due: datetime) -> None:
    assert PLAIN.add_working_minutes(start, minutes) == due


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (shanghai(2026, 3, 2, 9), 1, shanghai(2026, 3, 3, 17)),
        (shanghai(2026, 3, 2, 23, 59), 1, shanghai(2026, 3, 3, 17)),
        (shanghai(2026, 3, 6, 10), 1, shanghai(2026, 3, 9, 17)),
        (shanghai(2026, 3, 7, 10), 1, shanghai(2026, 3, 9, 17)),
        (shanghai(2026, 9, 30, 10), 3, shanghai(2026, 10, 10, 17)),
        (shanghai(2026, 2, 13, 10), 1, shanghai(2026, 2, 14, 17)),
        (shanghai(2024, 2, 28, 10), 1, shanghai(2024, 2, 29, 17)),
        # The end of the working day in progress, or of the next.
        (shanghai(2026, 3, 2, 10), 0, shanghai(2026, 3, 2, 17)),
        (shanghai(2026, 3, 6, 18), 0, shanghai(2026, 3, 9, 17)),
    ],
)
def test_working_days(start: datetime, days: int, due: datetime) -> None:
    assert PLAIN.working_days_later(start, days) == due


def test_time_does_not_run_backwards() -> None:
    with pytest.raises(ValueError):
        PLAIN.add_working_minutes(shanghai(2026, 3, 2), -1)
    with pytest.raises(ValueError):
        PLAIN.working_days_later(shanghai(2026, 3, 2), -1)
    with pytest.raises(ValueError):
        Calendar(opens=time(17), closes=time(9))


@given(moments, spans, calendars)
def test_due_within_working_time(start: datetime, minutes: int, calendar: Calendar) -> None:
    due = calendar.add_working_minutes(start, minutes)
    assert due >= start
    assert due.tzinfo is UTC
    wall = due.astimezone(calendar.tz)
    assert calendar.is_workday(wall.date())
    assert calendar.opens <= wall.time() <= calendar.closes


@given(moments, st.integers(1, 60), calendars)
def test_working_days_end_at_closing_time(start: datetime, days: int, calendar: Calendar) -> None:
    due = calendar.working_days_later(start, days).astimezone(calendar.tz)
    assert due.time() == calendar.closes
    between = (start.astimezone(calendar.tz).date() + timedelta(days=n) for n in range(1, 400))
    assert [day for day in between if calendar.is_workday(day)].index(due.date()) == days - 1


@given(moments, st.timedeltas(timedelta(), timedelta(days=20)), spans, spans, calendars)
def test_later_starts_and_longer_spans_are_never_due_earlier(
    start: datetime, later: timedelta, shorter: int, more: int, calendar: Calendar
) -> None:
    first = calendar.add_working_minutes(start, shorter)
    assert calendar.add_working_minutes(start, shorter + more) >= first
    assert calendar.add_working_minutes(start.astimezone(UTC) + later, shorter) >= first


@given(moments, spans, spans, calendars)
def test_two_spans_in_a_row_are_their_sum(start: datetime, one: int, other: int, calendar: Calendar) -> None:
    halfway = calendar.add_working_minutes(start, one)
    assert calendar.add_working_minutes(halfway, other) == calendar.add_working_minutes(start, one + other)


@given(moments, spans, calendars)
def test_what_lies_between_is_what_was_added(start: datetime, minutes: int, calendar: Calendar) -> None:
    due = calendar.add_working_minutes(start, minutes)
    assert calendar.working_time_between(start, due) == timedelta(minutes=minutes)
    assert calendar.working_time_between(due, start) == timedelta()


@pytest.mark.django_db
def test_the_calendar_in_force_has_the_days_entered_and_is_read_once() -> None:
    worktime.refresh()
    saturday = date(2026, 10, 17)
    assert not worktime.current_calendar().is_workday(saturday)
    CalendarDay.objects.create(date=saturday, is_workday=True, name="旧区改造签约日")
    assert not worktime.current_calendar().is_workday(saturday)  # kept for some minutes
    worktime.refresh()
    assert worktime.current_calendar().is_workday(saturday)
    worktime.refresh()  # nothing of this test stays
