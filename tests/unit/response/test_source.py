"""One item of a plan is changed by a form; the rest of its source stays as its author wrote it."""

import re
from typing import Any

import pytest

from pingzhan.response.rules.document import SECTIONS, check
from pingzhan.response.rules.schema import fields_of
from pingzhan.response.rules.shipped import shipped_plans
from pingzhan.response.rules.source import parts_of, with_item, with_parts
from tests.factories.plans import SHORT

SOURCES = shipped_plans() | {"short": SHORT}

NOTED = """\
schema: 1
duties:
# first of all - the stairs
- code: stairs   # said once
  title: 包楼道

  levels: [1]
# then - the gate

-   # on a line of its own - too
  code: gate
  title: 看大门
  levels: [1, 2]
# and that is all
tasks:
    - {code: leaflet, title: 发告知书, levels: [1]}
"""


def items(source: str) -> list[tuple[str, dict[str, Any]]]:
    return [(section, item) for section in SECTIONS for item in parts_of(source).get(section, [])]


@pytest.mark.parametrize("name", SOURCES)
def test_an_item_changes_and_all_else_stays(name: str) -> None:
    source = SOURCES[name]
    for section, item in items(source):
        other = item | {"levels": [3] if item["levels"] != [3] else [1]}
        changed = with_item(source, section, other, code=item["code"])
        expected = parts_of(source)
        expected[section] = [other if one == item else one for one in expected[section]]
        assert parts_of(changed) == expected, (section, item["code"])
        before, after = source.splitlines(), changed.splitlines()
        head = next(at for at, line in enumerate(before) if line != after[at])
        tail = next(at for at, line in enumerate(reversed(before)) if line != after[-at - 1])
        gone = "\n".join(before[head : len(before) - tail])
        assert set(re.findall(r"code: ([a-z0-9_-]+)", gone)) <= {item["code"]}, "only lines of that item"


@pytest.mark.parametrize("name", SOURCES)
def test_an_item_is_added_and_taken_out(name: str) -> None:
    source = SOURCES[name]
    for section in SECTIONS:
        rows = parts_of(source).get(section, [])
        if not rows:
            continue
        new = rows[-1] | {"code": "brand-new"}
        longer = with_item(source, section, new)
        assert parts_of(longer) == parts_of(source) | {section: [*rows, new]}
        assert check(longer)[1] == []
        assert with_item(longer, section, None, code="brand-new") == source
        left = source
        for one in rows:
            left = with_item(left, section, None, code=one["code"])
        assert section not in parts_of(left)
        alone = with_item(left, section, new)
        assert parts_of(alone) == parts_of(left) | {section: [new]}


def test_notes_of_the_author_stay_where_they_are() -> None:
    changed = with_item(NOTED, "duties", {"code": "stairs", "title": "守楼道", "levels": [1]}, code="stairs")
    for note in ("# first of all - the stairs", "# then - the gate", "# on a line of its own", "# and that is all"):
        assert note in changed
    assert [one["title"] for one in parts_of(changed)["duties"]] == ["守楼道", "看大门"]
    without = with_item(NOTED, "duties", None, code="gate")
    assert [one["code"] for one in parts_of(without)["duties"]] == ["stairs"]
    assert "# and that is all" in without
    two = with_item(NOTED, "tasks", {"code": "more", "title": "再发一次\n写清楚", "levels": [1]})
    assert parts_of(two)["tasks"][1] == {"code": "more", "title": "再发一次\n写清楚", "levels": [1]}
    flow = "schema: 1\ntasks: [{code: a, title: 一, levels: [1]}]\n"
    assert len(parts_of(with_item(flow, "tasks", {"code": "b", "title": "二", "levels": [1]}))["tasks"]) == 2


def test_what_cannot_be_read_or_is_not_there_is_refused() -> None:
    for source, code in (("- 1", ""), ("a: [", ""), ("", ""), ("{a: 1}", ""), (NOTED, "nobody")):
        with pytest.raises(ValueError, match="no"):
            with_item(source, "duties", {"code": "x"}, code=code)
    with pytest.raises(ValueError, match="not a document"):
        with_parts("{a: 1}", ["title"], {"title": "x"})


@pytest.mark.parametrize("section", [*SECTIONS, "warning", "stand_down"])
def test_every_field_of_the_schema_is_known(section: str) -> None:
    fields, required = fields_of(section)
    assert required <= set(fields)
    assert all("$ref" not in rule for rule in fields.values())
