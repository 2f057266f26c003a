"""Pages beside the main ones, by everybody who opens them: axe finds nothing, none is wider than the screen."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from pingzhan.access.models import User
from pingzhan.matters.operations.visiting import Problem
from pingzhan.matters.operations.visiting import visit as record_visit
from tests.browser.test_accessible import assert_accessible
from tests.factories.inspections import inspection
from tests.factories.members import check_in, load_skills
from tests.factories.people import addresses
from tests.factories.plans import publish_plan
from tests.factories.stations import furnish
from tests.factories.world import HOME

if TYPE_CHECKING:
    from tests.factories.world import World

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
# The middles of what is seen in the head, those within 20 px taken together.
ROWS_OF_THE_HEAD = """() => {
  const shown = ".top .brand, .top .mode-pill, .top .bell, .top .pref, .top .menu-button";
  const middles = [...document.querySelectorAll(shown)]
    .filter((one) => one.checkVisibility())
    .map((one) => { const box = one.getBoundingClientRect(); return box.top + box.height / 2; })
    .sort((a, b) => a - b);
  return middles.filter((middle, at) => at === 0 || middle - middles[at - 1] > 20);
}"""
ENGLISH = pytest.mark.parametrize("language", ["zh-hans", "en"])


def visited(world: "World") -> str:
    """The id of a visit that found two problems, one of them solved at once."""
    found = [Problem("取餐口没有坡道"), Problem("3号楼楼道漏水")]
    said = {"kind": "walk_through", "topic": "助餐点就餐流程", "summary": "从取号到用餐走了一遍"}
    made = record_visit(**said, place=f"{HOME}-G001", problems=found, by=world.actor("grid_worker"), at=world.at)
    return str(made.pk)


@ENGLISH
def test_of_who_goes_round(world: "World", visit: Visit, language: str) -> None:
    made = visited(world)
    pages = {"visits": "/field/visits/", "new visit": "/field/visits/new/", "visit": f"/field/visits/{made}/"}
    pages |= {"messages": "/field/messages/", "data": "/mine/data/", "password": "/accounts/password/change/"}
    assert_accessible(visit("phone", "grid_worker", language=language), pages)


@ENGLISH
def test_of_who_checks_in(world: "World", visit: Visit, language: str) -> None:
    load_skills(world)
    found = check_in(world, to="joined")
    found.refresh_from_db()
    assert found.person is not None
    world.users["member"] = User.objects.get(pk=found.person.user_id)
    assert_accessible(
        visit("phone", "member", language=language),
        {
            "home": "/", "rider": "/check-in/mobile/", "done": "/check-in/done/", "team": "/mine/team/",
            "data": "/mine/data/", "correct": f"/mine/check-ins/{found.pk}/correct/", "two steps": "/accounts/2fa/",
        },
    )  # fmt: skip


@pytest.mark.parametrize(("face", "language"), [("desk", "zh-hans"), ("phone", "en")])
def test_of_the_desk(world: "World", visit: Visit, face: str, language: str) -> None:
    made = visited(world)
    where = addresses(world)
    unit, person = where["desk:unit"]["unit_id"], where["desk:person"]["person_id"]
    looked = inspection(world, world.matter(to="in_progress"))
    station = furnish(world)[HOME]
    assert_accessible(
        visit(face, "secretary", language=language),
        {
            "visits": "/desk/visits/", "new visit": "/desk/visits/new/", "visit": f"/desk/visits/{made}/",
            "messages": "/desk/messages/", "clusters": "/desk/clusters/", "rules": "/desk/rules/",
            "supervision": "/desk/supervision/", "inspections": "/desk/inspections/",
            "inspection": f"/desk/inspections/{looked.pk}/", "new inspection": "/desk/inspections/new/",
            "new person": "/desk/persons/new/", "change a person": f"/desk/persons/{person}/edit/",
            "person": f"/desk/persons/{person}/", "doubles": "/desk/persons/doubles/",
            "merge": f"/desk/persons/{person}/merge/{where['desk:person_merge']['other_id']}/",
            "leaders": "/desk/persons/leaders/", "trainings": "/desk/trainings/", "new unit": "/desk/units/new/",
            "change a unit": f"/desk/units/{unit}/edit/", "units": "/desk/units/import/",
            "office": f"/desk/offices/{where['desk:office']['appointment_id']}/", "stations": "/desk/stations/",
            "station": f"/desk/stations/{station.pk}/", "new station": "/desk/stations/new/",
        },
    )  # fmt: skip


@ENGLISH
def test_of_those_who_set_up(world: "World", visit: Visit, language: str) -> None:
    load_skills(world)
    furnish(world)
    publish_plan(world)
    chain = addresses(world)["desk:organisation_chain"]["chain_id"]
    assert_accessible(
        visit("desk", "administrator", language=language),
        {
            "organisation": "/desk/organisation/", "chain": f"/desk/organisation/{chain}/",
            "mergers": "/desk/places/mergers/", "suggestions": "/desk/suggestions/", "rules": "/desk/rules/edit/",
        },
    )  # fmt: skip
    assert_accessible(
        visit("desk", "command", language=language),
        {"how a plan is written": "/command/plans/format/", "skills": "/desk/skills/", "jobs": "/desk/jobs/"},
    )


@ENGLISH
@pytest.mark.parametrize("elder", ["0", "1"])
@pytest.mark.parametrize("width", [360, 390])
def test_the_head_of_the_phone_is_one_row(
    world: "World", visit: Visit, emergency: Callable[..., object], language: str, elder: str, width: int
) -> None:
    """In large print too, with everything that somebody signed in has there, and on the narrower phones."""
    emergency(level=2)
    page = visit("phone", "grid_worker", language=language)
    page.set_viewport_size({"width": width, "height": 780})
    page.goto("/field/me/")
    if elder == "1":
        page.locator("[data-elder-switch] button").click()
        expect(page.locator("html[data-elder]")).to_be_attached()
    rows = page.evaluate(ROWS_OF_THE_HEAD)
    # English in large print is wider than the narrowest phones; there it may take a second row, but nothing is cut.
    assert len(rows) == 1 or (language, elder, width) == ("en", "1", 360), rows
    assert page.evaluate("document.documentElement.scrollWidth") <= width
