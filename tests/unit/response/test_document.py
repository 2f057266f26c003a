"""A plan's document: what is wrong is told with its line, and the plans that come with the product are right."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pingzhan.response.rules.adapt import conflicts, differences, effective
from pingzhan.response.rules.document import check
from pingzhan.response.rules.expressions import ExpressionError, parse
from pingzhan.response.rules.schema import plan_schema
from pingzhan.response.rules.shipped import shipped_plans
from pingzhan.stations.operations.catalogue import shipped
from tests.factories.plans import SHORT

FUNCTIONS = [kind["code"] for kind in shipped()["functions"]]
CLOCKS = ["accept", "sign", "first_feedback", "finish"]
FIGURES = ["matters.today", "matters.hour", "matters.open", "matters.overdue"]


@pytest.mark.parametrize("name", sorted(shipped_plans()))
def test_the_plans_that_come_with_it_are_right(name: str) -> None:
    data, findings = check(shipped_plans()[name], functions=FUNCTIONS, clocks=CLOCKS, figures=FIGURES)
    assert findings == []
    assert data is not None


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("hazard: other", "hazard: ufo", 4, "ufo"),
        ("title: 短预案\n", "", 1, "title"),
        ("sunset_days: 2", "sunset_days: two", 5, "two"),
        ("sunset_days: 2", "sunset_days: 900", 5, "900"),
        ("function: sampling_point", "function: sampling_piont", 14, "sampling_piont"),
        ("from: [grid_worker]", "from: [grid_wroker]", 18, "grid_wroker"),
        ("give: community_staff", "give: administrator", 18, "授予权限"),
        ("give: community_staff", "give: community_secretary", 18, "任命他人"),
        ("clock: accept", "clock: acept", 24, "acept"),
        ("when: matters.today >= 1", "when: matters.today >=", 12, "条件"),
        ("when: matters.today >= 1", "when: maters.today > 1", 12, "maters.today"),
        ("  - {code: leaflet", "  - {code: leaflet, colour: red", 22, "colour"),
        ("levels: [1, 2, 4]}\nclocks", "levels: [1, 3]}\nclocks", 22, "3"),
        ("tasks:", "hazard: other\ntasks:", 21, "两次"),
        ("title: 短预案", "title: *x", 3, "引用"),
        ("purpose", "purpose", 0, ""),
        ("  - {code: many", "  - {code: [many", 12, "YAML"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_line_and_reason(old: str, new: str, line: int, says: str) -> None:
    _data, findings = check(SHORT.replace(old, new, 1), functions=FUNCTIONS, clocks=CLOCKS, figures=FIGURES)
    if not line:
        assert findings == []
        return
    assert findings, "nothing found"
    first = findings[0]
    assert says in first.reason
    assert first.mend
    assert abs(first.line - line) <= (1 if "YAML" in says else 0), findings


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    data, findings = check(text)
    assert (data is None) == bool(findings)


def test_a_bomb_of_references_and_nesting_is_refused() -> None:
    for source in ("a: &x [1]\nb: *x\n", "[" * 5000, "{a: " * 3000):
        data, findings = check(source)
        assert data is None
        assert findings


def test_the_published_schema_is_one() -> None:
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(plan_schema())


@pytest.mark.parametrize(
    ("text", "figures", "holds"),
    [
        ("a >= 2", {"a": 2}, True),
        ("a >= 2 and not b", {"a": 2, "b": 1}, False),
        ("a.b + 2 * 3 == 7", {"a.b": 1}, True),
        ("(a or b) and c > 0.5", {"b": 1, "c": 1}, True),
        ("a / 0 > 1", {"a": 5}, False),
        ("unknown > 0", {}, False),
    ],
)  # fmt: skip
def test_conditions_compute(text: str, figures: dict[str, float], holds: bool) -> None:
    assert parse(text).holds(figures) is holds


@given(st.text(max_size=60))
def test_a_condition_is_read_or_refused_and_never_run(text: str) -> None:
    with contextlib.suppress(ExpressionError):
        parse(text).holds({})


@pytest.mark.parametrize("text", ["__import__('os')", "a = 1", "a > 1; b", "a[0]", "(" * 99, "", "1 2", "a >"])
def test_nothing_but_conditions_can_be_written(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse(text)


WHOLE = {"title": "丙", "per": "grid", "roles": ["grid_worker"], "levels": [1]}


def test_an_adaptation_says_what_differs_and_the_rest_flows_down() -> None:
    plan = {"duties": [{"code": "a", "max_load": 8, "title": "甲"}, {"code": "b", "title": "乙"}]}
    changes = {"duties": {"a": {"max_load": 4}, "b": None, "c": WHOLE, "d": {"title": "丁"}}}
    assert effective(plan, changes)["duties"] == [
        {"code": "a", "max_load": 4, "title": "甲"}, {"code": "c"} | WHOLE,  # "d" is none by itself
    ]  # fmt: skip
    assert [(one.code, one.field, one.above, one.here) for one in differences(plan, changes)][0] == (
        "a",
        "max_load",
        8,
        4,
    )
    later = {"duties": [{"code": "a", "max_load": 6, "title": "甲甲"}, {"code": "b", "title": "乙"}]}
    assert effective(later, changes)["duties"][0] == {"code": "a", "max_load": 4, "title": "甲甲"}
    [conflict] = conflicts(plan, later, changes)
    assert (conflict.code, conflict.field, conflict.before, conflict.above, conflict.here) == ("a", "max_load", 8, 6, 4)
