from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pingzhan.core.worktime import Calendar
from pingzhan.matters.rules import (
    Allowance,
    allowance,
    classify,
    due_at,
    endangers_life,
    title_of,
    urgency_of,
)

KEYWORDS = {
    "utility.gas": ["燃气", "煤气味", "燃气泄漏"],
    "waste.bin": ["垃圾", "垃圾桶"],
    "noise.night": ["噪声", "吵"],
}


def test_the_category_is_found_by_its_words():
    guess = classify("楼下垃圾桶满了没人收", KEYWORDS)
    assert guess is not None
    assert guess.category == "waste.bin"
    assert guess.words == ("垃圾", "垃圾桶")


def test_longer_words_weigh_more():
    assert classify("垃圾房旁边燃气泄漏", KEYWORDS).category == "utility.gas"


def test_no_word_no_guess():
    assert classify("你好", KEYWORDS) is None


@pytest.mark.parametrize("text", ["3楼起火了", "闻到很重的煤气味", "有人要跳楼", "The bin room is ON FIRE"])
def test_danger_to_life_is_seen(text):
    assert endangers_life(text)
    assert urgency_of(text, "routine", None) == "critical"


def test_the_highest_urgency_counts():
    assert urgency_of("路灯不亮", "urgent", "routine") == "urgent"
    assert urgency_of("路灯不亮", "routine", "critical") == "critical"


@given(st.text(min_size=1, max_size=300))
def test_a_title_is_short(text):
    assert len(title_of(text)) <= 30


def test_the_title_is_the_first_clause():
    assert title_of("楼道灯坏了。已经一周了！") == "楼道灯坏了"


RULES = [
    Allowance("finish", "working", days=10),
    Allowance("finish", "calendar", minutes=480, urgency="critical"),
    Allowance("finish", "working", days=5, category="waste"),
    Allowance("finish", "working", days=2, category="waste.bin"),
    Allowance("finish", "calendar", minutes=60, category="waste.bin", urgency="critical"),
]


@pytest.mark.parametrize(
    ("category", "group", "urgency", "expected"),
    [
        ("noise.night", "noise", "routine", 0),
        ("noise.night", "noise", "critical", 1),
        ("waste.other", "waste", "routine", 2),
        ("waste.bin", "waste", "routine", 3),
        ("waste.bin", "waste", "critical", 4),
    ],
)
def test_the_most_specific_time_counts(category, group, urgency, expected):
    assert allowance(RULES, kind="finish", category=category, group=group, urgency=urgency) is RULES[expected]


def test_no_rule_no_time():
    assert allowance(RULES, kind="sign", category="x", group="", urgency="routine") is None


def test_round_the_clock_runs_through_the_holiday():
    start = datetime(2026, 9, 30, 8, tzinfo=UTC)
    assert due_at(Allowance("finish", "calendar", minutes=480), start=start, calendar=Calendar()) == start + timedelta(
        hours=8
    )
    assert due_at(Allowance("finish", "calendar", days=2), start=start, calendar=Calendar()) == start + timedelta(
        days=2
    )


def test_working_days_step_over_national_day():
    calendar = Calendar()
    start = datetime(2026, 9, 30, 8, tzinfo=UTC)  # the last working day before the holiday
    due = due_at(Allowance("finish", "working", days=1), start=start, calendar=calendar)
    assert calendar.is_workday(calendar.local_date(due))
    assert calendar.local_date(due) > date(2026, 10, 7)


def test_the_29th_of_february_is_a_day_like_any():
    due = due_at(
        Allowance("finish", "working", days=1), start=datetime(2028, 2, 28, 2, tzinfo=UTC), calendar=Calendar()
    )
    assert Calendar().local_date(due) == date(2028, 2, 29)
