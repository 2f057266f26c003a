"""The pages about places and people: for everybody, on a screen and on a phone, in both languages."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page

from pingzhan.access.actors import SYSTEM
from pingzhan.people.models import Appointment
from pingzhan.people.operations import Line, publish_list
from pingzhan.places.operations import check_workbook, propose_grids, take_workbook
from tests.browser.test_accessible import assert_accessible
from tests.factories.ground import build
from tests.factories.members import check_in, load_skills
from tests.factories.world import HOME

if TYPE_CHECKING:
    from tests.factories.world import World

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
GRID, BUILDING = f"{HOME}-G001", f"{HOME}-B011"


def places_pages(world: "World") -> dict[str, str]:
    """Pages about the ground, with something on each."""
    build(world, households=60)
    home, secretary = world.places[HOME], world.actor("secretary")
    proposal = propose_grids(community=home, by=secretary, at=world.at, target=150)
    book = f"居村,楼栋,层数\n{HOME},40号楼,6\n{HOME},41号楼,999\n".encode()
    taken = take_workbook(kind="buildings", name="楼.csv", content=book, path=home.path, by=secretary, at=world.at)
    check_workbook(import_id=taken.pk, by=secretary, at=world.at)
    return {
        "community": f"/desk/places/{HOME}/", "grid": f"/desk/places/{GRID}/", "building": f"/desk/places/{BUILDING}/",
        "change a building": f"/desk/places/{BUILDING}/edit/", "grids": f"/desk/places/{HOME}/grids/",
        "proposal": f"/desk/places/proposals/{proposal.pk}/", "checks": "/desk/places/checks/",
        "workbooks": "/desk/places/imports/", "workbook": f"/desk/places/imports/{taken.pk}/",
    }  # fmt: skip


def people_pages(world: "World") -> dict[str, str]:
    """Pages about people, with somebody on each."""
    load_skills(world)
    home = world.places[HOME]
    member = check_in(world, to="joined", skills=("medical.nurse", "language.english"), slots=("weekend",))
    check_in(world, name="等审核的人", phone="10012340002")
    kept = publish_list(kind="offers", place=home, lines=[Line("修水龙头", limits="每周一次")], by=SYSTEM, at=world.at)
    office = Appointment.objects.get(role="grid_worker", place__code=GRID)
    unit = world.units[f"{HOME}.property"]
    return {
        "members": "/desk/members/", "member": f"/desk/members/{member.pk}/", "coverage": "/desk/coverage/",
        "coverage of a grid": f"/desk/coverage/?place={GRID}",
        "gaps": f"/desk/coverage/gaps/?place={HOME}&post=building.building_leader.online",
        "units": "/desk/units/", "unit": f"/desk/units/{unit.pk}/", "persons": "/desk/persons/",
        "person": f"/desk/persons/{office.person_id}/", "talents": f"/desk/talents/?skill=medical&place={HOME}",
        "lists": "/desk/lists/", "list": f"/desk/lists/{kept.pk}/",
    }  # fmt: skip


@pytest.mark.parametrize("pages", [places_pages, people_pages])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("face", ["phone", "desk"])
def test_the_pages_can_be_used_by_everybody(
    world: "World", visit: Visit, pages: Callable[["World"], dict[str, str]], face: str, language: str
) -> None:
    assert_accessible(visit(face, "secretary", language=language), pages(world))
