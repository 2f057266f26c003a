"""Words taken out of sight: by whom, what everybody sees then, and who sees the first wording, on record."""

import pytest

from pingzhan.core.errors import Invalid, NotAllowed, NotFound, Stale
from pingzhan.core.sealed import MASK
from pingzhan.journal.queries.openings import openings_of
from pingzhan.matters import operations
from pingzhan.matters.models import Matter, Redaction
from pingzhan.matters.queries.lists import Filters, matters_for
from tests.factories.world import World

pytestmark = pytest.mark.django_db

TEXT = "3号楼402的王小明天天在楼道堆杂物，电话10012345678"
SHOWN = "3号楼一户居民天天在楼道堆杂物"


def redacted(world: World) -> Matter:
    matter = world.report(TEXT)
    return operations.redact(
        matter=matter, text=SHOWN, reason="写了邻居的姓名和电话", by=world.actor("secretary"), at=world.at
    )


def test_everybody_sees_the_new_words_and_the_first_are_sealed(world: World) -> None:
    matter = redacted(world)
    stored = Matter.objects.get(pk=matter.pk)
    assert (stored.text, stored.title) == (SHOWN, SHOWN)
    kept = Redaction.objects.get(matter=matter)
    assert str(kept.original) == MASK
    assert kept.original.open() == TEXT


def test_what_was_hidden_is_no_longer_found_by_searching(world: World) -> None:
    matter = redacted(world)
    inspector = world.actor("inspector")
    assert not matters_for(inspector, Filters(q="王小明"), at=world.at).exists()
    assert list(matters_for(inspector, Filters(q="楼道堆杂物"), at=world.at)) == [matter]


def test_a_second_time_keeps_the_first_wording(world: World) -> None:
    matter = redacted(world)
    operations.redact(matter=matter, text="楼道堆物", reason="再改", by=world.actor("secretary"), at=world.at)
    assert Redaction.objects.get(matter=matter).original.open() == TEXT


def test_the_first_wording_is_opened_for_a_purpose_and_on_record(world: World) -> None:
    matter = redacted(world)
    secretary = world.actor("secretary")
    with pytest.raises(Invalid):
        operations.open_original(matter=matter, purpose=" ", by=secretary, at=world.at)
    assert operations.open_original(matter=matter, purpose="核实是哪一户", by=secretary, at=world.at) == TEXT
    opening = openings_of("matter", matter.pk).get()
    assert (opening.field, opening.purpose) == ("text", "核实是哪一户")


@pytest.mark.parametrize("name", ["inspector", "street_secretary", "far_secretary", "property_staff"])
def test_only_those_who_handle_it_open_the_first_wording(world: World, name: str) -> None:
    matter = redacted(world)
    with pytest.raises(NotAllowed):
        operations.open_original(matter=matter, purpose="想看看", by=world.actor(name), at=world.at)


@pytest.mark.parametrize("name", ["", "resident", "inspector", "property_staff", "far_secretary", "grid_worker"])
def test_others_cannot_change_the_words(world: World, name: str) -> None:
    matter = world.report(TEXT)
    with pytest.raises(NotAllowed):
        operations.redact(matter=matter, text=SHOWN, reason="试试", by=world.actor(name), at=world.at)


def test_of_two_at_once_the_second_is_told(world: World) -> None:
    matter = world.report(TEXT)
    stale = Matter.objects.get(pk=matter.pk)
    secretary = world.actor("secretary")
    operations.redact(matter=matter, text=SHOWN, reason="有电话", by=secretary, at=world.at)
    with pytest.raises(Stale):
        operations.redact(matter=stale, text="别的", reason="有电话", by=secretary, at=world.at)


def test_there_is_nothing_to_open_where_nothing_was_hidden(world: World) -> None:
    with pytest.raises(NotFound):
        operations.open_original(matter=world.report(TEXT), purpose="核实", by=world.actor("secretary"), at=world.at)
