"""A smell of gas with three units, one late: the community's desk and a unit's phone, in a real browser."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from pingzhan.matters.models import Whistle
from pingzhan.matters.operations import taking
from pingzhan.matters.operations import whistle as operations
from pingzhan.matters.whistle_tasks import sweep_whistles
from tests.browser.test_accessible import assert_accessible
from tests.factories.pictures import picture
from tests.factories.whistles import CALLED, blow

if TYPE_CHECKING:
    from tests.factories.world import World

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
PROPERTY, MANAGEMENT, HOUSING = CALLED


def under_way(world: "World") -> Whistle:
    """Blown 25 minutes before now: the manager and the bureau have reported, the street's office has not."""
    start = world.at + timedelta(minutes=35)
    matter = world.report("楼道里煤气味很重，有老人头晕", at=start - timedelta(minutes=2))
    whistle = blow(world, matter, at=start)
    for name, words in (("property_staff", "已断电，正逐户敲门"), ("housing_staff", "已联系燃气公司")):
        operations.report_up(whistle=whistle, by=world.actor(name), at=start + timedelta(minutes=5), note=words)
    sweep_whistles(start + timedelta(minutes=20))
    return whistle


def test_the_whistler_sees_each_unit_come_while_one_is_late(world: "World", visit: Visit, tmp_path: Path) -> None:
    whistle = under_way(world)
    photo = tmp_path / "valve.jpg"
    photo.write_bytes(picture(width=800, height=600))
    desk = visit("desk", "secretary")
    desk.goto("/desk/whistles/")
    expect(desk.get_by_text("1 个单位逾期")).to_be_visible()
    desk.get_by_role("link", name="楼道里煤气味很重").click()
    expect(desk.locator(".whistle-unit")).to_have_count(3)
    expect(desk.locator(".whistle-unit.is-late")).to_contain_text("已告知曹杨新村街道城运中心督促")
    expect(desk.locator(".whistle-sum")).to_contain_text("0/3 已到场")
    desk.evaluate("document.body.dataset.before = ''")  # gone if the whole page is loaded again

    phone = visit("phone", "property_staff")
    phone.goto("/field/")
    phone.get_by_role("link", name="楼道里煤气味很重").first.click()
    phone.get_by_role("button", name="已到现场").click()
    expect(phone.get_by_text("已记下到场时间")).to_be_visible()
    phone.get_by_label("写几句").fill("三楼阀门已关")
    phone.locator("input[type=file]").set_input_files(photo)
    expect(phone.locator("[data-photos-status]")).to_contain_text("1")
    phone.get_by_role("button", name="反馈进展").click()
    expect(phone.get_by_text("进展已反馈")).to_be_visible()

    manager = desk.locator(".whistle-unit").filter(has_text="三楼阀门已关")
    expect(manager).to_be_visible(timeout=25_000)  # comes by itself
    expect(manager.locator("img")).to_have_count(1)
    expect(desk.locator(".whistle-sum")).to_contain_text("1/3 已到场")
    expect(desk.locator("body[data-before]")).to_have_count(1)

    desk.get_by_text("结束哨单").click()
    desk.get_by_label("结果").fill("险情排除")
    desk.get_by_role("button", name="结束", exact=True).click()
    expect(desk.get_by_text("吹哨单位结束")).to_be_visible()
    phone.goto("/field/")
    expect(phone.get_by_text("楼道里煤气味很重")).to_have_count(0)
    assert Whistle.objects.get(pk=whistle.pk).ending == "closed"


def test_one_press_on_the_sheet_whistles(world: "World", visit: Visit) -> None:
    matter = world.report("消防通道被堵，车都进不来")
    desk = visit("desk", "secretary")
    desk.goto(f"/desk/matters/{matter.number}/")
    desk.locator(".whistle-card").get_by_role("button", name="吹哨").click()
    expect(desk.get_by_text("哨已吹响")).to_be_visible()
    expect(desk.locator(".whistle-unit")).to_have_count(1)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_everybody_can_use_the_pages(world: "World", visit: Visit, language: str) -> None:
    whistle = under_way(world)
    shared = world.matter(text="楼下路灯不亮", to="dispatched")
    taking.grab(matter=shared, by=world.actor("grid_worker"), at=shared.status_at + timedelta(minutes=1))
    world.matter(text="楼道没有路灯", to="dispatched")
    sheet = f"/desk/matters/{whistle.matter.number}/"
    assert_accessible(
        visit("desk", "secretary", language=language),
        {
            "whistles": "/desk/whistles/",
            "whistle": f"/desk/whistles/{whistle.pk}/",
            "sheet": sheet,
            "blow": f"/desk/matters/{shared.number}/whistle/",
            "team": "/desk/team/",
            "firsts": "/desk/firsts/",
        },
    )
    assert_accessible(visit("desk", "property_staff", language=language), {"unit": f"/desk/whistles/{whistle.pk}/"})
    assert_accessible(
        visit("phone", "property_staff", language=language),
        {"today": "/field/", "whistle": f"/field/whistles/{whistle.pk}/"},
    )
    assert_accessible(
        visit("phone", "grid_worker", language=language),
        {"taken": f"/field/matters/{shared.number}/", "report": "/field/report/"},
    )
