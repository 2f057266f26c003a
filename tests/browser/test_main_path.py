"""The product's daily main job, by real hands in a real browser: reported on a phone, through eight steps, archived."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from PIL import Image
from playwright.sync_api import Page, expect

from pingzhan.core.files import open_file
from pingzhan.matters.models import Matter
from tests.factories.pictures import picture

if TYPE_CHECKING:
    from tests.factories.world import World

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
PHONE, NAME = "13812345678", "陆阿姨"
SECRET_WORDS = "我是301室陆建国，电话13812345678"


def report_with_photo(page: Page, world: "World", photo: Path) -> tuple[str, str]:
    """Report by the pin on the spot, with a photo; answers number and query code from the receipt."""
    page.goto("/")
    page.get_by_role("link", name=re.compile("上报")).first.click()
    page.get_by_label("发生了什么").fill(f"3号楼楼道漏水，地上都是水。{SECRET_WORDS}")
    page.get_by_role("button", name="用我现在的位置").click()
    expect(page.locator("[data-pin-status]")).to_contain_text("源园居委会")
    expect(page.locator("[data-photos-add]")).to_be_visible()
    page.locator("input[type=file]").set_input_files(photo)
    expect(page.locator("[data-photos-status]")).to_contain_text("1")
    page.get_by_label("怎么称呼").fill(NAME)
    page.get_by_label("联系电话").fill(PHONE)
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", name="已收到")).to_be_visible()
    number, code = page.locator("[data-copy-value]").all_inner_texts()
    return number, code


def take(page: Page, step: str, *, status: str, **typed: str) -> None:
    """On the sheet: open the step, type, press its first button; then the sheet shows the new state."""
    form = page.locator(f'form[action*="/{step}/"]')
    box = page.locator("details.step-box").filter(has=form)
    if box.get_attribute("open") is None:
        box.locator("summary").first.click()
    for name, value in typed.items():
        form.locator(f"[name={name}]").fill(value)
    if step == "publish":
        form.get_by_label("我已通读").check()
    page.evaluate("document.body.dataset.before = ''")
    form.locator(".step-buttons button").first.click()
    expect(page.locator("body[data-before]")).to_have_count(0)
    expect(page.locator(".sheet-chips")).to_contain_text(status)


def test_a_matter_goes_from_a_phone_through_eight_steps_to_the_archive(
    world: "World", visit: Visit, tmp_path: Path
) -> None:
    lon, lat = world.point()
    photo = tmp_path / "leak.jpg"
    photo.write_bytes(picture(width=1600, height=1200, gps=True))
    with Image.open(photo) as taken:
        assert taken.getexif().get_ifd(0x8825), "the photo tells where it was taken"
    resident = visit("phone", geolocation={"longitude": lon, "latitude": lat}, permissions=["geolocation"])

    number, code = report_with_photo(resident, world, photo)

    matter = Matter.objects.select_related("place", "suggested").get(number=number)
    assert matter.place.code == "310107005001-G001"  # 曹杨新村街道 源园居委会, its first grid
    assert matter.suggested is not None
    assert matter.suggested.code == "310107005001.property"
    kept = matter.attachments.get()
    with open_file(kept.name) as file:
        stored = Image.open(io.BytesIO(file.read()))
    assert not dict(stored.getexif())
    assert stored.size == (1600, 1200)

    # The secretary finds it on top of the queue, sees the photo, accepts and hands it on.
    secretary = visit("desk", "secretary")
    secretary.goto("/desk/")
    secretary.get_by_role("link", name=re.compile("楼道漏水")).click()
    expect(secretary.locator("[data-gallery] img").first).to_be_visible()
    expect(secretary.get_by_text(PHONE)).to_have_count(1)  # in the words of the report, and nowhere else
    take(secretary, "accept", status="待转办")
    take(secretary, "dispatch", status="待签收")

    # The property manager signs, tells how far it is, and finishes.
    manager = visit("desk", "property_staff")
    manager.goto("/desk/")
    manager.get_by_role("link", name=re.compile("楼道漏水")).click()
    take(manager, "sign", status="办理中")
    take(manager, "progress", status="办理中", note="水管接头老化", reply="师傅已上门，正在更换水管。")
    take(manager, "complete", status="待反馈", result=f"已为301室陆建国（{PHONE}）更换水管，不再漏水。")

    secretary.reload()
    take(secretary, "feed_back", status="待评价", reply="楼道水管已更换，请您查看。")

    # On another phone, by number and query code.
    other_phone = visit("phone")
    other_phone.goto("/track/")
    other_phone.get_by_label("编号").fill(number)
    other_phone.get_by_label("查询码").fill(code.lower())
    other_phone.get_by_role("button", name="查询").click()
    expect(other_phone.get_by_text("楼道水管已更换，请您查看。").first).to_be_visible()
    expect(other_phone.get_by_text("师傅已上门，正在更换水管。").first).to_be_visible()
    expect(other_phone.get_by_text("水管接头老化")).to_have_count(0)  # among staff
    other_phone.locator(".star").nth(4).click()
    other_phone.get_by_label("想说的话").first.fill("很快，谢谢")
    other_phone.get_by_role("button", name="提交评价").click()
    expect(other_phone.get_by_text("谢谢您的评价")).to_be_visible()

    # The draft of the notice hides what it finds; the secretary reads it and puts the rest right.
    secretary.reload()
    draft = secretary.locator('form[action*="/publish/"]')
    for name in ("title", "text", "result"):
        assert PHONE not in draft.locator(f"[name={name}]").input_value()
    take(
        secretary,
        "publish",
        status="待归档",
        title="楼道漏水已修复",
        text="居民反映楼道漏水，地面积水。",
        result="物业已更换老化水管。",
    )
    take(secretary, "archive", status="已归档")

    # Anybody reads the notice; nobody can tell from it who it was.
    reader = visit("phone")
    reader.goto("/notices/")
    reader.get_by_role("link", name=re.compile("楼道漏水已修复")).click()
    expect(reader.get_by_role("heading", name="楼道漏水已修复")).to_be_visible()
    said = reader.locator("body").inner_text()
    assert "物业已更换老化水管" in said
    for personal in (PHONE, NAME, "陆建国", "301室", code):
        assert personal not in said

    # The timeline tells each step, the journal proves it.
    secretary.reload()
    heads = secretary.locator(".timeline-head strong").all_inner_texts()
    assert heads[::-1] == ["上报", "受理", "转办", "签收", "跟踪", "办结", "反馈", "评价", "公示", "归档"]
    other_phone.reload()
    expect(other_phone.locator(".track-step.is-done")).to_have_count(8)
    call_command("journal", "seal")
    call_command("journal", "verify")


def test_a_double_press_reports_once(world: "World", visit: Visit) -> None:
    page = visit("phone")
    page.goto("/report/")
    page.get_by_label("发生了什么").fill("楼下路灯不亮")
    page.get_by_text("按街镇、居村选").click()
    page.locator("select[name=place]").first.select_option(label="曹杨新村街道")
    expect(page.locator("select[name=place]")).to_have_count(2)
    page.get_by_role("button", name="提交").dblclick()
    expect(page.get_by_role("heading", name="已收到")).to_be_visible()
    assert Matter.objects.count() == 1


def test_a_report_that_the_network_swallowed_is_sent_again_once(world: "World", visit: Visit) -> None:
    """The server got it, the answer got lost: pressing again shows the receipt of the same matter."""
    page = visit("phone", allow=[r"ERR_FAILED|ERR_CONNECTION|ERR_INTERNET"])
    page.goto("/report/")
    page.get_by_label("发生了什么").fill("楼下路灯不亮")
    page.get_by_text("按街镇、居村选").click()
    page.locator("select[name=place]").first.select_option(label="曹杨新村街道")

    def swallow(route: object) -> None:
        route.fetch(max_redirects=0)  # type: ignore[attr-defined]
        route.abort()  # type: ignore[attr-defined]

    page.route("**/report/", swallow, times=1)
    page.get_by_role("button", name="提交").click()
    expect(page.locator("[data-send-state]")).to_be_visible()
    page.locator("[data-send-again]").click()
    expect(page.get_by_role("heading", name="已收到")).to_be_visible()
    assert Matter.objects.count() == 1
    assert Matter.objects.get().number in page.content()


def test_of_two_secretaries_the_second_is_told_and_loses_no_words(world: "World", visit: Visit) -> None:
    matter = world.matter(text="楼下路灯不亮", to="accepted")
    first, second = visit("desk", "secretary"), visit("desk", "community_staff")
    for page in (first, second):
        page.goto(f"/desk/matters/{matter.number}/")
    take(first, "dispatch", status="待签收")
    form = second.locator('form[action*="/dispatch/"]')
    form.locator("[name=note]").fill("请尽快到场")
    form.locator(".step-buttons button").first.click()
    expect(second.locator("[data-problem]").first).to_be_visible()
    expect(second.get_by_text("请尽快到场").first).to_be_visible()
    matter.refresh_from_db()
    assert matter.status == "dispatched"
