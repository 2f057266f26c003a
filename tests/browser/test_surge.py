"""A storm: 300 reports by a script, triaged by two people who see each other, in groups, by keys, with one undo."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, Route, expect

from pingzhan.matters.models import Matter, Remark

if TYPE_CHECKING:
    from tests.factories.world import World

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
SURGE = (
    ("{n}号楼楼道漏水，雨水顺着楼梯往下流", 130),
    ("{n}号楼屋顶漏水，屋面油毡被风掀开", 90),
    ("消防通道被倒下的树占用，{n}号楼车出不去", 60),
    ("你好，什么时候停雨，{n}幢想知道", 20),
)


def storm(world: "World") -> None:
    number = 0
    for text, count in SURGE:
        for n in range(count):
            world.report(text.format(n=n % 40 + 1), at=world.at + timedelta(seconds=number))
            number += 1


def statuses() -> Counter[str]:
    return Counter(Matter.objects.order_by("id").values_list("status", flat=True))


def look(page: Page, address: str) -> None:
    """The queue, once it answers to keys."""
    page.goto(address)
    expect(page.locator("[data-bulk][data-attached]")).to_be_attached()


def press(page: Page, key: str, *, done: str) -> None:
    page.keyboard.press(key)
    expect(page.locator("[data-messages]")).to_contain_text(done, timeout=60_000)
    page.locator("[data-notice-close]").first.click()
    page.locator("h1").click()  # the keyboard is the list's again


def test_a_surge_of_300_is_triaged_by_two_people(world: "World", visit: Visit) -> None:
    storm(world)
    secretary, staff = visit("desk", "secretary"), visit("desk", "community_staff")

    # The secretary sees the newest in groups, refuses what is no trouble with one reason for all, by keys.
    look(secretary, "/desk/?status=submitted")
    secretary.keyboard.press("g")
    expect(secretary.locator("[data-bulk-group]")).to_have_count(4)
    assert "group=1" in secretary.url
    expect(secretary.locator(".group-head").first).to_contain_text("90 件")
    expect(secretary.locator(".group tr:not(.group-head)").first).to_be_hidden()
    for _ in range(4):
        secretary.keyboard.press("j")
    secretary.keyboard.press("x")
    expect(secretary.locator("[data-bulk-count]")).to_contain_text("20")
    secretary.keyboard.press("5")  # a reason is asked for first
    expect(secretary.locator("#f-bulk-reply")).to_be_focused()
    secretary.keyboard.type("天气预报请拨打 12121。")
    secretary.keyboard.press("Escape")
    press(secretary, "5", done="已处理 20 件")
    assert statuses() == {"submitted": 280, "rejected": 20}
    assert Remark.objects.filter(text="天气预报请拨打 12121。", is_public=True).count() == 20

    # The other one merges too much, sees it, and takes it back.
    look(staff, "/desk/?status=submitted&group=1")
    staff.locator(".group-head").filter(has_text="屋顶漏水").locator("[data-bulk-box]").check()
    press(staff, "4", done="已处理 89 件")
    assert statuses()["merged"] == 89
    press(staff, "z", done="已撤销 89 件")
    assert statuses() == {"submitted": 280, "rejected": 20}

    # Accepted and handed on in two strokes each.
    staff.locator(".group-head").filter(has_text="屋顶漏水").locator("[data-bulk-box]").check()
    press(staff, "3", done="已处理 90 件")
    look(secretary, "/desk/?status=submitted&group=1")
    secretary.locator(".group-head").filter(has_text="消防通道").locator("[data-bulk-box]").check()
    press(secretary, "3", done="已处理 60 件")
    secretary.locator("[data-bulk-all]").check()
    press(secretary, "3", done="已处理 130 件")
    assert statuses() == {"dispatched": 280, "rejected": 20}
    handlers = Counter(Matter.objects.filter(status="dispatched").values_list("handler__section", flat=True))
    assert handlers == {"community.property": 130, "district.housing": 90, "street.operations": 60}


def test_two_at_one_sheet_see_each_other_and_nobody_is_locked_out(world: "World", visit: Visit) -> None:
    matter = world.report("楼道漏水")
    secretary, staff = visit("desk", "secretary"), visit("desk", "community_staff")
    secretary.goto(f"/desk/matters/{matter.number}/")
    expect(secretary.locator("#presence")).to_be_attached()
    held: list[Route] = []
    staff.route("**/presence/", lambda route: held.append(route))
    with staff.expect_request("**/presence/"):
        staff.goto(f"/desk/matters/{matter.number}/")
    before = staff.locator(".step-box").first.bounding_box()
    held[0].continue_()
    expect(staff.locator(".presence-who")).to_contain_text("沈书记 也在看")
    # What moved while it comes would be missed by whoever is about to press it.
    assert staff.locator(".step-box").first.bounding_box() == before
    staff.unroute("**/presence/")
    form = secretary.locator('form[action*="/accept/"]')
    form.locator(".step-buttons button").first.click()
    expect(secretary.locator(".sheet-chips")).to_contain_text("待转办")
    staff.locator('form[action*="/accept/"] .step-buttons button').first.click()
    expect(staff.locator("[data-problem]").first).to_contain_text("待转办")  # told what happened, and not overwritten
