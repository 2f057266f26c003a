"""The resident is asked, is not content, and is called back; the pages of the desk that belong to it, by axe."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from pingzhan.matters import operations
from pingzhan.matters.models import Clock, Matter
from pingzhan.matters.operations.catalogue import ReasonRow, load_reasons
from tests.browser.pages import settle, show_code
from tests.browser.test_accessible import assert_accessible
from tests.browser.test_main_path import take
from tests.factories.world import HOME

if TYPE_CHECKING:
    from tests.factories.world import World

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
REASONS = [
    ReasonRow("quick", "办得快", "Quick", True),
    ReasonRow("unsettled", "没有真正解决", "Not really settled", False),
]


def prepare(world: "World") -> dict[str, Matter]:
    """Matters to ask about, to rate, to call back; one answer kept."""
    load_reasons(REASONS)
    operations.save_template(
        by=world.actor("secretary"), at=world.at, place=HOME, occasion="feed_back", title="渗漏已修好",
        text="您好，您反映的“{title}”，{handler}已修好，请您查看。", category="property",
    )  # fmt: skip
    told = {"contact_name": "陆阿姨", "contact_phone": "13812345678"}
    found = {state: world.matter(to=state, **told) for state in ("in_progress", "completed", "fed_back", "rated")}
    asked = world.matter(to="in_progress", anonymous=True)
    operations.ask(
        matter=asked, by=world.actor("property_staff"), at=world.at + timedelta(minutes=10), text="请问是几楼？", days=3
    )
    return found | {"asked": asked}


def test_asked_answered_not_content_called_and_handled_anew(world: "World", visit: Visit) -> None:
    made = prepare(world)
    matter = made["completed"]
    # The secretary takes a kept answer, as it is for this matter.
    secretary = visit("desk", "secretary")
    secretary.goto(f"/desk/matters/{matter.number}/")
    box = secretary.locator("details.step-box").filter(has=secretary.locator('form[action*="/feed_back/"]'))
    if box.get_attribute("open") is None:
        box.locator("summary").first.click()
    box.locator(".offers summary").click()
    box.get_by_role("button", name="用这段").click()
    expect(box.locator("[name=reply]")).to_have_value(
        "您好，您反映的“3号楼楼道漏水，地上都是水，老人走路危险”，源园物业服务站已修好，请您查看。"
    )
    box.locator(".step-buttons button").first.click()
    expect(secretary.locator(".sheet-chips")).to_contain_text("待评价")

    # The resident answers one question without an account, and rates another matter with a reason.
    phone = visit("phone")
    show_code(phone, made["asked"])
    phone.get_by_label("您的补充").fill("四楼靠电梯")
    phone.get_by_role("button", name="提交补充").click()
    expect(phone.get_by_text("您的补充已交给承办单位")).to_be_visible()
    expect(phone.get_by_text("四楼靠电梯").first).to_be_visible()
    show_code(phone, matter)
    phone.locator(".star").nth(1).click()
    phone.get_by_text("没有真正解决").click()
    phone.get_by_role("button", name="提交评价").click()
    expect(phone.get_by_text("谢谢您的评价")).to_be_visible()

    # The secretary replies, calls, hears that it leaks again, and reopens it; the former unit is proposed.
    secretary.reload()
    expect(secretary.get_by_text("没有真正解决", exact=True)).to_be_visible()
    secretary.get_by_text("回复这次评价").click()
    secretary.locator('form[action*="rating-reply"] textarea').fill("对不起，我们马上再去看。")
    secretary.locator('form[action*="rating-reply"] button').click()
    expect(secretary.locator("[data-messages]")).to_contain_text("已回复")
    phone.reload()
    expect(phone.get_by_text("对不起，我们马上再去看。")).to_be_visible()
    first = Clock.objects.filter(matter=matter, kind="finish").latest("id")
    secretary.goto("/desk/call-backs/")
    row = secretary.locator(".call-back").filter(has_text=matter.number)
    row.get_by_label("没有解决", exact=True).check()
    row.locator("[name=note]").fill("昨晚又漏了")
    row.locator("[name=reopens]").check()
    row.get_by_role("button", name="登记回访").click()
    expect(secretary.locator("[data-messages]")).to_contain_text("回访已登记")
    expect(secretary.locator(".call-back").filter(has_text=matter.number)).to_have_count(0)
    secretary.goto(f"/desk/matters/{matter.number}/")
    expect(secretary.locator(".sheet-chips")).to_contain_text("待转办")
    take(secretary, "dispatch", status="待签收")
    again = Clock.objects.filter(matter=matter, kind="finish").latest("id")
    assert again.pk != first.pk
    assert Matter.objects.get(pk=matter.pk).handler.code == f"{HOME}.property"  # type: ignore[union-attr]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_are_for_everybody(world: "World", visit: Visit, language: str) -> None:
    made = prepare(world)
    town = settle(world)
    for n in range(4):
        world.report(f"{n + 1}号楼楼道漏水")
    actor: Any = world.actor("secretary")
    operations.request_export(format="csv", filters=_nothing(), by=actor, at=world.at)
    page = visit("desk", "secretary", language=language)
    assert_accessible(
        page,
        {
            "groups": "/desk/?group=1&status=submitted",
            "feed back": f"/desk/matters/{made['completed'].number}/",
            "rated": f"/desk/matters/{town.matters['rated'].number}/",
            "chain": f"/desk/matters/{town.matters['archived'].number}/chain/",
            "ledger": "/desk/ledgers/",
            "supervision": "/desk/ledgers/?kind=supervision",
            "exports": "/desk/exports/",
            "templates": "/desk/templates/",
            "call backs": "/desk/call-backs/",
        },
    )
    phone = visit("phone", language=language)
    show_code(phone, made["asked"], made["fed_back"])
    assert_accessible(phone, {"asked": f"/track/{made['asked'].number}/", "rate": f"/track/{made['fed_back'].number}/"})


def _nothing() -> Any:
    from pingzhan.matters.queries.lists import Filters

    return Filters()
