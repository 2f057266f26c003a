"""By real hands: a matter goes to the district and back through every level; three reports become one."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_main_path import take

if TYPE_CHECKING:
    from tests.factories.world import World

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]


def open_sheet(visit: Visit, name: str, number: str) -> Page:
    page = visit("desk", name)
    page.goto(f"/desk/matters/{number}/")
    return page


def test_a_matter_goes_to_the_district_and_back_through_every_level(world: "World", visit: Visit) -> None:
    number = world.matter(to="accepted").number
    secretary = open_sheet(visit, "secretary", number)
    take(secretary, "refer", status="待签收", reason="涉及大修资金，需街道协调")
    expect(secretary.locator(".level-chain")).to_contain_text("源园居委会")
    expect(secretary.get_by_text("首问负责：签收之前不变")).to_be_visible()

    street = open_sheet(visit, "street_staff", number)
    take(street, "sign", status="办理中")
    take(street, "refer", status="待签收", reason="需区里立项")
    district = open_sheet(visit, "command", number)
    take(district, "sign", status="办理中")
    take(district, "complete", status="待反馈", result="已立项，施工队进场")

    # The community cannot tell the resident yet: the street has to confirm first.
    secretary.reload()
    expect(secretary.locator('form[action*="/feed_back/"]')).to_have_count(0)
    street.goto("/desk/?mine=1")
    street.get_by_role("link", name=re.compile("楼道漏水")).click()
    expect(street.locator(".level-chain .is-now")).to_contain_text("城运中心")
    take(street, "verify", status="待反馈", note="已到现场核实")
    expect(street.locator(".level-chain .is-done")).to_have_count(1)
    secretary.reload()
    take(secretary, "feed_back", status="待评价", reply="区里已立项，施工队进场。")
    expect(secretary.locator(".level-chain .is-done")).to_have_count(2)


def test_three_reports_of_one_trouble_are_told_together(world: "World", visit: Visit) -> None:
    kept, *others = (world.report(by="resident") for _ in range(3))
    for other in others:
        page = open_sheet(visit, "secretary", other.number)
        page.locator("details.step-box").filter(has=page.locator("#f-merge-into")).locator("summary").first.click()
        page.locator("#f-merge-into").fill(kept.number)
        page.locator("form", has=page.locator("#f-merge-into")).locator(".step-buttons button").first.click()
        expect(page.locator(".sheet-chips")).to_contain_text("已合并")
    world.advance(kept, to="completed")
    secretary = open_sheet(visit, "secretary", kept.number)
    expect(secretary.get_by_role("heading", name="并入本件的反映")).to_be_visible()
    take(secretary, "feed_back", status="待评价", reply="水管已更换，请您查看。")
    resident = visit("phone", "resident")
    for matter in (kept, *others):
        resident.goto(f"/track/{matter.number}/")
        expect(resident.get_by_text("水管已更换，请您查看。").first).to_be_visible()
