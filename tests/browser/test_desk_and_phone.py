"""Inspections, messages, rules and the phone page beyond the main path, in a real browser and for everybody."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from pingzhan.matters import operations
from tests.browser.test_accessible import assert_accessible
from tests.factories.clocks import set_rules
from tests.factories.inspections import inspection
from tests.factories.world import HOME

if TYPE_CHECKING:
    from tests.factories.world import World

Visit = Callable[..., Page]
pytestmark = pytest.mark.browser


def test_a_grid_worker_reads_a_message_comes_and_asks(world: "World", visit: Visit) -> None:
    matter = world.matter(to="in_progress")
    operations.urge(matter=matter, by=world.actor("secretary"), at=world.at + timedelta(minutes=30), note="请快些")
    phone = visit("phone", "property_staff")
    phone.goto("/field/")
    phone.get_by_role("link", name="消息，", exact=False).click()
    phone.get_by_role("button", name="去看看").first.click()
    expect(phone.get_by_text(matter.number)).to_be_visible()
    phone.get_by_role("button", name="我到现场了").click()
    expect(phone.get_by_text("进展已记录")).to_be_visible()
    phone.get_by_text("请居民补充").click()
    phone.get_by_label("想问居民什么").fill("请问是几楼漏水？")
    phone.get_by_role("button", name="发给居民").click()
    expect(phone.get_by_text("已请居民补充，等答复期间时限暂停")).to_be_visible()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_are_for_everybody(world: "World", visit: Visit, language: str) -> None:
    set_rules(world)
    matter = world.matter(to="in_progress")
    inspector, later = world.actor("inspector"), world.at + timedelta(minutes=20)
    operations.supervise(matter=matter, by=inspector, at=later, note="三天内修好")
    made = inspection(world, matter, by=inspector)
    operations.ask(matter=matter, by=world.actor("property_staff"), at=world.at + timedelta(minutes=30), text="几楼？")
    assert_accessible(
        visit("desk", "inspector", language=language),
        {
            "inspections": "/desk/inspections/",
            "inspection": f"/desk/inspections/{made.pk}/",
            "where": "/desk/inspections/new/",
            "new": f"/desk/inspections/new/?place={HOME}",
            "chain": f"/desk/matters/{matter.number}/chain/",
        },
    )
    assert_accessible(
        visit("desk", "property_staff", language=language),
        {"mend": f"/desk/inspections/{made.pk}/", "messages": "/desk/messages/"},
    )
    rules: dict[str, Any] = {"rules": "/desk/rules/edit/", "suggestions": "/desk/suggestions/"}
    assert_accessible(visit("desk", "command", language=language), rules)
    assert_accessible(
        visit("phone", "property_staff", language=language),
        {"messages": "/field/messages/", "matter": f"/field/matters/{matter.number}/", "me": "/field/me/"},
    )
    assert_accessible(visit("phone", "resident", language=language), {"messages": "/mine/messages/"})
