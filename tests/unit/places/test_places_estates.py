"""An estate is found by the names that people use for it; who keeps them, and what is refused."""

import pytest

from pingzhan.access.actors import SYSTEM
from pingzhan.core.errors import Invalid, NotAllowed, NotFound
from pingzhan.journal.models import Entry
from pingzhan.places import queries
from pingzhan.places.operations import change_estate
from tests.factories.ground import build
from tests.factories.world import HOME, NEAR, World

pytestmark = pytest.mark.django_db


def found(text: str) -> set[str]:
    queries.forget_names()
    return {one.place.code for one in queries.match_address(text).candidates}


def test_what_people_write_is_found_by_the_other_names(world: World) -> None:
    build(world)
    estate = queries.get_estate(f"{HOME}-E01", within=[world.path(HOME)])
    first = world.places[f"{HOME}-B015"]
    assert first.code not in found("老纱厂宿舍5号楼")
    change_estate(
        estate=estate, address="枫渡路88弄", aliases=["老纱厂宿舍", " 老纱厂宿舍", "甲园", ""], by=SYSTEM, at=world.at
    )
    assert queries.aliases_of(estate) == ["老纱厂宿舍"]
    assert first.code in found("老纱厂宿舍5号楼")
    entries = Entry.objects.filter(verb="place.estate").count()
    change_estate(estate=estate, address="枫渡路88弄", aliases=["老纱厂宿舍"], by=SYSTEM, at=world.at)
    assert Entry.objects.filter(verb="place.estate").count() == entries == 1, "said again, nothing changes"
    change_estate(estate=estate, address="枫渡路88弄", aliases=[], by=SYSTEM, at=world.at)
    assert first.code not in found("老纱厂宿舍5号楼")


def test_names_are_kept_by_those_of_the_area_and_within_bounds(world: World) -> None:
    build(world)
    estate = queries.get_estate(f"{HOME}-E01", within=[world.path(HOME)])
    with pytest.raises(NotAllowed):
        change_estate(estate=estate, address="", aliases=["甲"], by=world.actor("near_secretary"), at=world.at)
    for address, aliases in (("长" * 81, []), ("", ["长" * 81]), ("", [f"名{number}" for number in range(21)])):
        with pytest.raises(Invalid):
            change_estate(estate=estate, address=address, aliases=aliases, by=SYSTEM, at=world.at)
    with pytest.raises(NotFound):
        queries.get_estate(f"{HOME}-E01", within=[world.path(NEAR)])
