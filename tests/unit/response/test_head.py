"""The head of a plan is changed by a form; the rest of its source stays as its author wrote it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pingzhan.response.rules.document import check, read
from pingzhan.response.rules.head import HEAD, head_of, kept, with_head
from pingzhan.response.rules.shipped import shipped_plans

SOURCES = shipped_plans()


def data_of(source: str) -> dict[str, Any]:
    document, _findings = read(source)
    assert document is not None
    return dict(document.data)


@pytest.mark.parametrize("name", SOURCES)
def test_the_same_head_changes_no_letter(name: str) -> None:
    source = SOURCES[name]
    assert with_head(source, head_of(source)) == source


@pytest.mark.parametrize("name", SOURCES)
def test_one_part_changes_and_all_else_stays(name: str) -> None:
    source = SOURCES[name]
    changed = with_head(source, {"sunset_days": 77, "title_en": "", "purpose": "一：二 # 三"})
    before, after = data_of(source), data_of(changed)
    assert after == {key: value for key, value in before.items() if key != "title_en"} | {
        "sunset_days": 77, "purpose": "一：二 # 三",
    }  # fmt: skip
    kept = [line for line in source.splitlines() if not line.startswith(("sunset_days:", "title_en:", "purpose:"))]
    assert [line for line in changed.splitlines() if line in kept] == kept
    assert check(changed)[1] == []


def test_a_part_that_was_not_there_is_put_in_and_can_be_taken_out_again() -> None:
    source = SOURCES["citywide-campaign"]
    conditions = [{"code": "c1", "title": "事项：很多", "level": 4, "when": "matters.today >= 1", "start": True}]
    bare = with_head(source, {"conditions": []})
    assert "conditions" not in data_of(bare)
    filled = with_head(bare, {"conditions": conditions})
    assert data_of(filled)["conditions"] == conditions
    assert data_of(with_head(filled, {"conditions": None})) == data_of(bare)
    # Put in right before a part that changes as well.
    short = with_head(source, {"purpose": ""})
    both = data_of(with_head(short, {"purpose": "守住每一户", "sunset_days": 77}))
    assert (both["purpose"], both["sunset_days"]) == ("守住每一户", 77)


def as_a_form_gives_it_back(value: Any) -> Any:
    """Lines end as in the mail of old, choices come in the order of the form, what is not so is not sent."""
    if isinstance(value, dict):
        return {name: as_a_form_gives_it_back(one) for name, one in value.items() if one is not False}
    if isinstance(value, list):
        given_back = [as_a_form_gives_it_back(one) for one in value]
        return given_back if any(isinstance(one, dict) for one in value) else sorted(given_back, reverse=True)
    return value.strip().replace("\n", "\r\n") if isinstance(value, str) else value


LINES = """purpose: |
  守住每一户。

  - 先老人
  - 后其他
levels:
  "4":
    activate: [street_secretary, community_secretary]  # 街道在前
  "1": {activate: [district_command], when: "很重"}
conditions:
  - {code: many, title: 很多, level: 4, when: "matters.today >= 9", start: false}
# 说明
functions: []
"""


@pytest.mark.parametrize("source", [LINES, *SOURCES.values()])
def test_a_form_sent_without_a_change_changes_no_letter(source: str) -> None:
    head = head_of(source)
    assert with_head(source, kept(head, as_a_form_gives_it_back(head))) == source


def test_only_what_was_changed_in_the_form_is_other_than_before() -> None:
    head = head_of(LINES)
    typed = as_a_form_gives_it_back(head)
    typed["purpose"] = "守住每一户。\r\n\r\n先老人"
    typed["levels"]["4"]["activate"] = ["district_command", "community_secretary", "street_secretary"]
    changed = with_head(LINES, kept(head, typed))
    assert head_of(changed)["purpose"] == "守住每一户。\n\n先老人"
    assert "purpose: |-\n  守住每一户。\n\n  先老人\n" in changed
    assert head_of(changed)["levels"]["4"]["activate"] == [
        "street_secretary", "community_secretary", "district_command",
    ]  # fmt: skip
    assert changed[changed.index("conditions:") :] == LINES[LINES.index("conditions:") :]


words = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=40)


@given(title=words, purpose=words, when=words, days=st.integers(1, 90))
def test_whatever_is_typed_comes_back_as_it_was_typed(title: str, purpose: str, when: str, days: int) -> None:
    source = SOURCES["flood-typhoon"]
    head = head_of(source) | {
        "title": title, "purpose": purpose, "sunset_days": days,
        "levels": {"4": {"when": when, "activate": ["district_command"]}},
    }  # fmt: skip
    changed = with_head(source, head)
    assert head_of(changed) == head
    assert {key: value for key, value in data_of(changed).items() if key not in HEAD} == {
        key: value for key, value in data_of(source).items() if key not in HEAD
    }
