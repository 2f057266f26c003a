"""The parts of which pages are made, in real Chromium: what they do, and that everybody can use them."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.browser.parts_urls import ARRIVED
from tests.faces import LOST, OpenPage

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.browser.parts_urls"),
]
AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text()
# Links inside of running text are exempt, as WCAG has it; so are fields that lie invisibly over a larger label.
SMALL = """most => [...document.querySelectorAll("a, button, select, textarea, summary, input")]
  .filter(one => !one.matches("[type=checkbox], [type=radio]") && !one.closest("p:not([class])"))
  .filter(one => {
    const {width, height} = one.getBoundingClientRect();
    return width > 3 && height > 0 && Math.min(width, height) < most - 0.5;
  })
  .map(one => one.outerHTML.slice(0, 90))"""


@pytest.fixture(autouse=True)
def _empty_desk() -> Iterator[None]:
    ARRIVED.clear()
    yield
    ARRIVED.clear()


def photo() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(data, "PNG")
    return data.getvalue()


def picture(name: str, data: bytes | None = None) -> dict[str, object]:
    return {"name": name, "mimeType": "image/png", "buffer": data or photo()}


@pytest.mark.parametrize("elder", [False, True])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    ("face", "address"), [("phone", "/style/phone"), ("desk", "/style/phone"), ("desk", "/style/desk")]
)
def test_every_part_can_be_used_by_everybody(
    open_page: OpenPage, live, face: str, address: str, language: str, elder: bool
):
    page = open_page(face, language=language)
    page.context.add_cookies([{"name": "elder", "value": "1" if elder else "0", "url": live.url}])
    page.goto(address)
    page.wait_for_selector("html[data-ready]")

    page.evaluate(AXE)
    found = page.evaluate("axe.run()")["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == []
    # A phone's window grows with what is too wide for it: the width asked for is what counts.
    assert page.viewport_size
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert page.evaluate(SMALL, 60 if elder and "phone" in address else 44) == []


def test_pressed_twice_is_sent_once_and_the_answer_is_shown(open_page: OpenPage):
    page = open_page("phone")
    page.goto("/form")
    page.fill("[name=text]", "水管爆裂")
    page.set_input_files("[name=pictures]", [picture("a.png")])
    page.get_by_role("button", name="提交").dblclick()
    expect(page.get_by_text("收到了")).to_be_visible()
    assert page.url.endswith("/thanks")
    assert [(one["text"], one["key"], len(one["sizes"])) for one in ARRIVED] == [("水管爆裂", "the-key", 1)]
    page.go_back()
    expect(page.locator("[name=text]")).to_be_visible()


def test_without_a_network_it_waits_and_sends_the_same_again(open_page: OpenPage):
    page = open_page("phone", allow=[LOST])
    page.goto("/form")
    page.fill("[name=text]", "水管爆裂")
    page.context.set_offline(True)
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("网络不通，还没有送达")).to_be_visible()
    assert ARRIVED == []
    page.context.set_offline(False)
    expect(page.get_by_text("收到了")).to_be_visible()
    assert [(one["text"], one["key"]) for one in ARRIVED] == [("水管爆裂", "the-key")]


def test_what_is_wrong_is_said_and_can_be_mended(open_page: OpenPage):
    page = open_page("phone")
    page.goto("/form")
    page.fill("[name=text]", "水管爆裂")
    page.fill("[name=phone]", "bad")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.locator("[name=text]")).to_have_value("水管爆裂")
    page.get_by_role("link", name="号码不对").click()
    expect(page.locator("[name=phone]")).to_be_focused()
    page.fill("[name=phone]", "13800001234")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("收到了")).to_be_visible()
    assert len(ARRIVED) == 2


def test_photos_are_chosen_one_after_another_and_taken_off(open_page: OpenPage):
    page = open_page("phone")
    page.goto("/form")
    expect(page.locator("[data-photos][data-attached]")).to_be_attached()
    page.set_input_files("[name=pictures]", [picture("a.png")])
    page.set_input_files("[name=pictures]", [picture("b.png"), picture("c.png")])
    expect(page.get_by_text("最多 2 张，多出的没有加上")).to_be_visible()
    expect(page.locator("[data-photos-list] img")).to_have_count(2)
    page.get_by_role("button", name="去掉第 1 张照片").click()
    expect(page.locator("[data-photos-list] img")).to_have_count(1)
    page.fill("[name=text]", "水管爆裂")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("收到了")).to_be_visible()
    assert [len(one["sizes"]) for one in ARRIVED] == [1]


def test_photos_chosen_before_the_script_has_come_are_shown_and_can_be_taken_off(open_page: OpenPage):
    page = open_page("phone")
    held: list[Route] = []
    page.route("**/js/photos*.js", lambda route: held.append(route))
    with page.expect_request("**/js/photos*.js"):
        page.goto("/form")
    page.set_input_files("[name=pictures]", [picture(name) for name in ("a.png", "b.png", "c.png")])
    held[0].continue_()
    expect(page.get_by_text("最多 2 张，多出的没有加上")).to_be_visible()
    page.get_by_role("button", name="去掉第 1 张照片").click()
    expect(page.locator("[data-photos-list] img")).to_have_count(1)


def test_the_pin_goes_where_it_is_put_by_finger_keys_or_position(open_page: OpenPage):
    inside = {"latitude": 31.24, "longitude": 121.41}
    page = open_page("phone", geolocation=inside, permissions=["geolocation"])
    page.goto("/form")
    status = page.locator("[data-pin-status]")
    page.get_by_role("button", name="用我现在的位置").click()
    expect(status).to_have_text("已标在 普陀区 · 曹杨新村街道")
    assert float(page.input_value("[name=lon]")) == pytest.approx(121.41, abs=1e-5)

    page.get_by_role("button", name="去掉图钉").click()
    expect(page.locator("[name=lon]")).to_have_value("")
    page.get_by_role("button", name="放在地图中央").click()
    before = float(page.input_value("[name=lat]"))
    page.keyboard.press("ArrowUp")
    assert float(page.input_value("[name=lat]")) > before

    for _ in range(4):
        page.get_by_role("button", name="缩小").click()  # each press counts, however quickly they come
    page.locator("[data-pin-map]").click(position={"x": 20, "y": 250})
    expect(status).to_have_text("这个位置不在服务范围内，请换一个位置，或用列表、地址说明")


def test_large_print_and_language_switch_without_losing_what_was_typed(open_page: OpenPage):
    page = open_page("phone")
    page.goto("/form")
    page.fill("[name=text]", "水管爆裂")
    page.get_by_role("button", name="长辈版").click()
    expect(page.locator("html[data-elder]")).to_be_attached()
    expect(page.get_by_role("button", name="标准版")).to_be_visible()
    size = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    assert size >= 18
    expect(page.locator("[name=text]")).to_have_value("水管爆裂")
    page.get_by_role("button", name="EN").click()
    expect(page.locator("html[lang=en]")).to_be_attached()
    expect(page.locator("[name=text]")).to_have_value("水管爆裂")
    expect(page.locator("html[data-elder]")).to_be_attached()
    assert page.evaluate("sessionStorage.length") == 0


def test_large_print_is_there_on_the_next_page_though_the_answer_is_late(open_page: OpenPage):
    page = open_page("phone")
    held: list[Route] = []
    page.route("**/prefs/", lambda route: held.append(route))
    page.goto("/form")
    expect(page.locator("html[data-ready]")).to_be_attached()
    page.get_by_role("button", name="长辈版").click()
    page.goto("/style/phone")
    expect(page.locator("html[data-elder]")).to_be_attached()


def rows(page: Page) -> list[bool]:
    return [box.is_checked() for box in page.locator("[data-bulk-box]").all()]


def test_what_is_ticked_before_the_script_has_come_counts(open_page: OpenPage):
    page = open_page("desk")
    held: list[Route] = []
    page.route("**/js/bulk*.js", lambda route: held.append(route))
    with page.expect_request("**/js/bulk*.js"):
        page.goto("/style/desk")
    page.locator("[data-bulk-box]").nth(1).check()
    held[0].continue_()
    expect(page.locator("[data-bulk-count]")).to_have_text("已选 1 件")
    assert rows(page) == [False, True, False]


def test_a_queue_is_worked_by_keys(open_page: OpenPage):
    page = open_page("desk")
    page.goto("/style/desk")
    page.wait_for_selector("[data-bulk][data-attached]")
    page.locator("body").click(position={"x": 5, "y": 5})
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert rows(page) == [False, True, False]
    expect(page.locator("[data-bulk-count]")).to_have_text("已选 1 件")
    page.keyboard.press("a")
    assert rows(page) == [True, True, True]
    page.keyboard.press("k")
    page.keyboard.press("x")
    assert rows(page) == [False, True, True]
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("jx")
    expect(page.locator("[data-key-search]").first).to_have_value("jx")
    assert rows(page) == [False, True, True]


def test_what_cannot_be_undone_is_asked_first(open_page: OpenPage):
    page = open_page("phone")
    page.goto("/style/phone")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.is_navigation_request() else None)
    page.get_by_role("button", name="撤回这件事项").click()
    dialog = page.get_by_role("dialog", name="要撤回这件事项吗")
    dialog.get_by_role("button", name="取消").click()
    expect(dialog).to_be_hidden()
    assert sent == []
    page.get_by_role("button", name="撤回这件事项").click()
    with page.expect_navigation():
        dialog.get_by_role("button", name="撤回").click()


def test_pictures_open_large_and_close_again(open_page: OpenPage):
    page = open_page("phone")
    page.goto("/style/phone")
    page.locator("[data-gallery] a").first.click()
    viewer = page.get_by_role("dialog", name="照片")
    expect(viewer).to_contain_text("1 / 3")
    page.keyboard.press("ArrowRight")
    expect(viewer).to_contain_text("2 / 3")
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()


def test_without_scripts_the_form_is_sent_all_the_same(open_page: OpenPage):
    page = open_page("phone", java_script_enabled=False)
    page.goto("/form")
    page.locator("[name=text]").fill("水管爆裂")
    page.set_input_files("[name=pictures]", [picture("a.png"), picture("b.png")])
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("收到了")).to_be_visible()
    assert [len(one["sizes"]) for one in ARRIVED] == [2]
