"""The demo's texts: complete for the whole category tree, filled everywhere, the same for the same seed."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from random import Random

import pytest

from pingzhan.demo.texts.categories import GROUPS, KINDS
from pingzhan.demo.texts.departments import UNITS
from pingzhan.demo.texts.manners import MANNERS
from pingzhan.demo.texts.matters import SCRIPTS
from pingzhan.demo.texts.names import person_name
from pingzhan.demo.texts.render import endings, render
from pingzhan.demo.texts.shapes import Story

SEEDS = range(12)
FLAT = re.compile(r"\d{3,4}室")


def said(story: Story) -> Iterator[str]:
    """Every string of a story that somebody reads."""
    for field in fields(story):
        value = getattr(story, field.name)
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple) and field.name == "progress":
            yield from value
        elif field.name in {"comments", "slots"}:
            yield from value.values()


def test_every_kind_of_the_tree_has_texts_and_several_endings() -> None:
    assert SCRIPTS.keys() == KINDS.keys()
    for code, script in SCRIPTS.items():
        assert 2 <= len(script.texts) <= 4, code
        assert len(script.outcomes) >= 2, code
        assert 1 <= script.weight <= 4, code
        assert all(endings(script, text) for text in script.texts), code


def test_there_is_enough_to_read_and_nothing_twice() -> None:
    bodies = Counter(text.text for script in SCRIPTS.values() for text in script.texts)
    titles = Counter(text.title for script in SCRIPTS.values() for text in script.texts)
    assert len(bodies) >= 150
    assert bodies.most_common(1)[0][1] == 1
    assert titles.most_common(1)[0][1] == 1


def test_every_group_has_a_manner_that_leaves_a_wrong_turn_for_each_of_its_kinds() -> None:
    assert MANNERS.keys() == GROUPS.keys()
    for kind in KINDS.values():
        wrong = {turn.unit for turn in MANNERS[kind.group].returns} - {kind.handlers[0]}
        assert wrong, kind.code
        assert wrong <= UNITS.keys()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_story_is_filled_everywhere(kind: str) -> None:
    for seed in SEEDS:
        story = render(Random(seed), kind=kind)
        assert story.kind == kind
        assert set(story.comments) == {1, 2, 3, 4, 5}
        assert story.progress
        for words in said(story):
            assert words.strip()
            assert not set(words) & set("{}"), words
            assert all(number.startswith("100") for number in re.findall(r"(?<!\d)\d{11}(?!\d)", words)), words
        assert story.return_unit in UNITS
        assert story.return_unit != story.unit


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_may_be_published_names_no_flat(kind: str) -> None:
    for text in SCRIPTS[kind].texts:
        published = [text.title, *(outcome.result for outcome in endings(SCRIPTS[kind], text))]
        for words in published:
            assert "{room}" not in words
            assert not FLAT.search(words)


def test_the_same_seed_tells_the_same_story() -> None:
    assert [render(Random(seed)) for seed in SEEDS] == [render(Random(seed)) for seed in SEEDS]
    assert len({render(Random(seed)).text for seed in range(40)}) > 20


def test_a_given_place_is_used_and_changes_nothing_else() -> None:
    invented = render(Random(5), kind="fire.stairway")
    given = render(Random(5), kind="fire.stairway", estate="试验新村", building="7", room="1203")
    assert (given.slots["estate"], given.slots["building"], given.slots["room"]) == ("试验新村", "7号", "1203室")
    assert given.slots["floor"] == "12楼"
    assert given.slots["shop"] == invented.slots["shop"]
    assert (given.reply, given.accept, given.comments) == (invented.reply, invented.accept, invented.comments)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(KeyError):
        render(Random(1), kind="property.nothing")


def test_a_name_is_short_and_repeatable() -> None:
    names = [person_name(Random(seed)) for seed in range(200)]
    assert names == [person_name(Random(seed)) for seed in range(200)]
    assert all(3 <= len(name) <= 4 for name in names)
    assert len(set(names)) > 150


def test_texts_load_without_django() -> None:
    code = "import sys, pingzhan.demo.texts.render; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
