"""A person redraws a community's grids in a real browser; a matter there keeps its history."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from pingzhan.matters.models import Matter
from pingzhan.places.models import Place
from tests.factories.ground import build
from tests.factories.world import HOME

if TYPE_CHECKING:
    from tests.factories.world import World

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
G1, G3 = f"{HOME}-G001", f"{HOME}-G003"


# The map fits itself to the ground when its outlines have come: its paths lie where they stay once two looks agree.
STILL = """(selector) => {
  const box = JSON.stringify(document.querySelector(selector).getBoundingClientRect());
  const same = document.lastBox === box;
  document.lastBox = box;
  return same;
}"""


def test_a_grid_is_split_with_the_pen_and_merged_again(world: "World", visit: Visit) -> None:
    ground = build(world)
    matter = world.matter(place=ground[3].code, to="in_progress")
    page = visit("desk", "secretary")
    page.goto(f"/desk/places/{HOME}/")
    page.get_by_role("link", name="划分网格").click()
    canvas = page.locator("[data-ground-map]")
    expect(canvas.locator("path.leaflet-interactive").first).to_be_visible()
    page.get_by_role("button", name="画分界线").click()
    page.wait_for_function(STILL, arg="[data-ground-map] path", polling=300)
    # Down through the middle of the first grid, which is the western half of what the map shows.
    box = canvas.bounding_box()
    assert box is not None
    whole = canvas.locator("path").first.bounding_box()
    assert whole is not None
    x = whole["x"] + whole["width"] / 4 + 6
    page.mouse.click(x, whole["y"] + 12)
    page.mouse.click(x, whole["y"] + whole["height"] - 12)
    page.get_by_role("button", name="画完了").click()
    expect(page.locator("[data-ground-status]")).to_contain_text("线已画好")
    page.get_by_label("要拆分的网格").select_option(G1)
    page.get_by_role("button", name="拆分", exact=True).click()
    expect(page.get_by_text("已拆分")).to_be_visible()
    assert Place.objects.filter(parent__code=G3, level="building").count() >= 5

    # The same by keyboard: two boxes and a button.
    merge = page.locator("fieldset.ticks")
    merge.get_by_label("第1网格").focus()
    page.keyboard.press("Space")
    merge.get_by_label("第三网格").focus()
    page.keyboard.press("Space")
    page.get_by_label("沿用哪个网格").select_option(G1)
    page.get_by_role("button", name="合并", exact=True).click()
    expect(page.get_by_text("已合并")).to_be_visible()
    assert Place.objects.get(code=G3).merged_into == Place.objects.get(code=G1)

    matter = Matter.objects.get(pk=matter.pk)
    assert f"/{G1}/" in matter.path
    page.goto(f"/desk/matters/{matter.number}/")
    told = page.locator(".timeline-list")
    expect(told).to_contain_text(re.compile("随区域调整换了位置"))
    for step in ("上报", "受理", "转办", "签收"):
        expect(told).to_contain_text(step)
