"""Every page of the command face can be used by everybody, on a phone and at a desk, in response and drill too."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page

from pingzhan.core.clock import now
from pingzhan.modes import queries as in_force
from pingzhan.response import operations
from pingzhan.response.queries.compile import compile_plan
from tests.browser.test_accessible import assert_accessible
from tests.factories.plans import SHORT, publish_plan
from tests.factories.stations import furnish
from tests.factories.world import DISTRICT, HOME, HOME_STREET

if TYPE_CHECKING:
    from tests.factories.world import World

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
PREVIEW = f"plan=short&level=2&places={HOME_STREET}"
SUPPLY = (
    'supplies:\n  - {code: w, item: 饮用水, per_head_day: "3", unit: 升, source: 街镇, stock: water, levels: [2]}\n'
)
CONDITION = "  - {code: typhoon, title: 台风橙色预警, level: 1, when: warning.typhoon >= 3}\n"


def prepare(world: "World", mode: str) -> dict[str, str]:
    """Name → address of every page of the face, each with something on it."""
    furnish(world)
    source = SHORT.replace("tasks:\n", f"{SUPPLY}tasks:\n").replace("conditions:\n", f"conditions:\n{CONDITION}")
    plan = publish_plan(world, source)
    changes = (
        "schema: 1\nadapts: short\nchanges:\n  clocks:\n    accept: null\n  duties:\n    building: {max_load: 3}\n"
    )
    adapted = publish_plan(world, changes, place=HOME_STREET)
    at, command = now(), world.actor("command")
    for name, value in (("warning.typhoon", 3), ("stock.water", 1)):
        operations.take_signal(
            name=name, place=world.places[DISTRICT], value=value, until=at + timedelta(days=1), by=command, at=at
        )
    found = {
        "home": "/command/",
        "switch": "/command/switch/",
        "preview": f"/command/preview/?{PREVIEW}",
        "preview of a drill": f"/command/preview/?{PREVIEW}&exercise=1",
        "nothing found in the preview": f"/command/preview/?{PREVIEW}&q=独角兽",
        "plans": "/command/plans/",
        "plan": "/command/plans/short/",
        "adaptation": f"/command/plans/{adapted.code}/",
        "readiness": f"/command/plans/short/readiness/?place={HOME}&level=2",
        "head": "/command/plans/short/head/",
        "item": "/command/plans/short/items/duties/building/",
        "new item": "/command/plans/short/items/notices/",
        "source": "/command/plans/short/edit/",
        "new plan": "/command/plans/new/",
        "signals": "/command/signals/",
    }
    if mode != "peacetime":
        drill = mode == "exercise"
        manifest = compile_plan(plan, level=2, codes=[HOME_STREET], at=at, exercise=drill)
        made = operations.activate(
            plan=plan, level=2, codes=[HOME_STREET], digest=manifest.digest, by=command, at=at, exercise=drill
        )
        in_force.forget()
        address = f"/command/responses/{made.response.pk}/"
        found |= {"response": address, "its rooms": f"{address}?kind=room_function", "nothing": f"{address}?kind=visit"}
        found["another level"] = f"{address}another-level/?level=4"
    return found


@pytest.mark.parametrize("mode", ["peacetime", "emergency", "exercise"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("face", ["phone", "desk"])
def test_command(world: "World", visit: Visit, face: str, language: str, mode: str) -> None:
    addresses = prepare(world, mode)
    if face == "desk" or language == "en":  # more room, or the same pages: the fullest ones
        names = ("home", "preview", "plan", "readiness", "head", "item", "signals", "response", "another level")
        addresses = {name: addresses[name] for name in names if name in addresses}
    page = visit(face, "command", language=language)
    assert_accessible(page, addresses)
    assert page.locator("html").get_attribute("data-mode") == mode


def test_a_preview_is_looked_at_on_a_map(world: "World", visit: Visit) -> None:
    prepare(world, "peacetime")
    page = visit("desk", "command")
    page.goto(f"/command/preview/?{PREVIEW}")
    marks = page.locator(".preview-map path.leaflet-interactive")
    marks.first.wait_for()
    assert marks.count() == 2  # the communities of the street
    marks.first.click()
    page.wait_for_url("**/command/preview/**q=**")
