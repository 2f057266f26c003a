"""The switch by real hands: two plans over each other, everybody's page, up and down a level, lapse, stand-down."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from playwright.sync_api import Page, expect

from pingzhan.access.actors import SYSTEM
from pingzhan.modes import queries as in_force
from pingzhan.people.models import Person
from pingzhan.response.operations.shipped import load_shipped
from pingzhan.response.tasks import lapse_responses
from pingzhan.stations.models import Station
from tests.factories.peacetime import peacetime
from tests.factories.stations import furnish
from tests.factories.world import DISTRICT, FAR_STREET, HOME, HOME_STREET, STREETS

if TYPE_CHECKING:
    from tests.faces import OpenPage
    from tests.factories.world import World

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
ILLNESS, TYPHOON = "传染病疫情应急预案", "防汛防台应急预案"


@pytest.fixture
def prepared(world: "World") -> "World":
    """Stations with rooms in both streets, the shipped plans in use, and somebody who answers for the home station."""
    stations = furnish(world)
    load_shipped(place=world.places[DISTRICT], by=SYSTEM, at=world.at, publish=True)
    manager = Person.objects.get(user_id=world.users["community_staff"].pk)
    Station.objects.filter(pk=stations[HOME].pk).update(in_charge=manager)
    return world


def preview(page: Page, plan: str, level: str, *streets: str) -> None:
    page.goto("/command/switch/")
    page.get_by_role("navigation", name="预案").get_by_role("link", name=plan).click()
    page.locator(f"[name=level][value='{level}']").check()
    for street in streets:
        page.locator(f"[name=places][value='{street}']").check()
    page.get_by_role("button", name="预览").click()
    expect(page.get_by_role("heading", name=re.compile(plan)).first).to_be_visible()


def hold(page: Page) -> None:
    """Press for two seconds; letting go before does nothing."""
    button = page.locator("[data-hold]")
    expect(button).to_be_enabled()  # once its script has come
    button.scroll_into_view_if_needed()
    button.hover()
    page.mouse.down()
    expect(button).to_have_count(0)  # the page that follows has none
    page.mouse.up()


def see(page: Page, address: str, *texts: str, gone: tuple[str, ...] = ()) -> None:
    """What the page says now; `gone` is what it no longer does."""
    page.goto(address)
    body = page.locator("body")
    for text in texts:
        expect(body).to_contain_text(text)
    for text in gone:
        expect(body).not_to_contain_text(text)


def test_two_plans_over_two_streets_and_back_to_the_byte(
    prepared: "World", visit: Visit, open_page: "OpenPage"
) -> None:
    world = prepared
    before = peacetime()
    # Without a second factor the level has no button to press, only the way to one.
    once = open_page("desk", user=world.users["street_secretary"], session={"account_authentication_methods": []})
    preview(once, TYPHOON, "2", HOME_STREET)
    expect(once.get_by_role("link", name="设置两步验证")).to_be_visible()
    expect(once.locator("[data-hold]")).to_have_count(0)

    command = visit("desk", "command")
    see(command, "/command/", "现在是平时")
    secretary, manager = visit("desk", "secretary"), visit("desk", "community_staff")
    worker, resident = visit("phone", "grid_worker"), visit("phone")
    see(worker, "/field/", gone=("我的职责变化",))
    manager.goto("/desk/stations/")
    expect(manager.locator(".room-tag").filter(has_text="活动室")).to_have_count(1)
    expect(manager.locator(".room-tag.is-changed")).to_have_count(0)
    see(resident, "/", gone=("请足不出户",))

    preview(command, ILLNESS, "2", HOME_STREET, FAR_STREET)
    for street in STREETS.values():
        expect(command.locator(".lead")).to_contain_text(street)
    command.locator("[data-hold]").click()  # a short press sends nothing
    expect(command).to_have_url(re.compile("/command/preview/"))
    hold(command)
    illness = command.url
    expect(command.get_by_role("heading", level=1)).to_contain_text(ILLNESS)

    see(secretary, "/desk/", ILLNESS)
    expect(secretary.locator(".mode-orange").first).to_be_visible()
    manager.reload()
    expect(manager.locator(".room-tag.is-changed").filter(has_text="采样点")).to_have_count(1)
    see(worker, "/field/", "我的职责变化", "包网格巡查")
    see(resident, "/", "请足不出户", "120")

    # A typhoon comes over one of the streets, at a higher level: there it counts first.
    preview(command, TYPHOON, "1", HOME_STREET)
    hold(command)
    typhoon = command.url
    see(secretary, "/desk/", TYPHOON)
    expect(secretary.locator(".mode-red").first).to_be_visible()
    see(visit("desk", "far_secretary"), "/desk/", ILLNESS, gone=(TYPHOON,))
    see(resident, "/", "请足不出户", "台风")
    see(command, "/command/", ILLNESS, TYPHOON)

    # Down to level Ⅲ: the illness counts first again, and both go on.
    command.goto(typhoon)
    command.locator("summary", has_text="调整级别").click()
    command.locator("#f-level-level").select_option("3")
    command.get_by_role("button", name="看会改变什么").click()
    expect(command.get_by_role("heading", level=1)).to_contain_text("Ⅰ级（红色） → Ⅲ级")
    expect(command.locator(".queue-table").first).to_be_visible()
    command.locator("#f-level-reason").fill("风力减弱")
    hold(command)
    expect(command.get_by_role("heading", level=1)).to_contain_text("Ⅲ级")
    expect(command.locator("body")).to_contain_text("风力减弱")
    secretary.reload()
    expect(secretary.locator(".mode-orange").first).to_be_visible()

    # Four days later the typhoon's has run out by itself; nobody pressed anything.
    with time_machine.travel(datetime.now(UTC) + timedelta(days=4)):
        in_force.forget()
        assert lapse_responses(at=datetime.now(UTC)) == 1
        command, worker, secretary = visit("desk", "command"), visit("phone", "grid_worker"), visit("desk", "secretary")
        see(command, typhoon, "响应到期自动解除", "一切恢复平时")
        see(worker, "/field/", "我的职责变化")
        see(secretary, "/desk/", ILLNESS, gone=(TYPHOON,))

        command.goto(illness)
        command.get_by_role("button", name="做完了").first.click()
        expect(command.locator(".check-items")).to_contain_text("区主任")
        command.get_by_role("button", name="解除响应").click()
        command.get_by_role("dialog").get_by_role("button", name="解除").click()
        expect(command.locator("body")).to_contain_text("一切恢复平时")
        see(command, "/command/", "现在是平时", ILLNESS, TYPHOON)  # both among what has ended
        see(worker, "/field/", gone=("我的职责变化",))
        see(secretary, "/desk/", gone=(ILLNESS, TYPHOON))
        manager = visit("desk", "community_staff")
        manager.goto("/desk/stations/")
        expect(manager.locator(".room-tag")).not_to_have_count(0)
        expect(manager.locator(".room-tag.is-changed")).to_have_count(0)
        see(visit("phone"), "/", gone=("请足不出户",))
    assert peacetime() == before
