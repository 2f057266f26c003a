"""Every main page can be used by everybody: WCAG 2.2 AA by axe, in both languages and modes; large print; keys."""

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from pingzhan.matters.models import Matter
from tests.browser.pages import desk_pages, field_pages, portal_pages, settle, show_code

if TYPE_CHECKING:
    from tests.factories.world import World

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
AXE = Path(__file__).parent / "axe" / "axe.min.js"
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@cache
def axe() -> str:
    return AXE.read_text()


def violations(page: Page, part: str = "") -> list[str]:
    """What axe finds wrong on the page as it is now, or in those of its parts that match a selector; one line each."""
    page.evaluate(axe())
    if part and not page.locator(part).count():
        return []
    found = page.evaluate(f"() => axe.run({json.dumps(part) if part else 'document'}, {json.dumps(RULES)})")
    return [
        f"{fault['id']} ({fault['impact']}): {node['html'][:160]}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


def assert_accessible(page: Page, addresses: dict[str, str]) -> None:
    wrong: dict[str, list[str]] = {}
    for name, address in addresses.items():
        page.goto(address)
        expect(page.locator("html[data-ready]")).to_be_attached()
        # Everything that is folded is a part of the page too; a menu lies over it, and is looked at by itself.
        page.evaluate(
            "document.querySelectorAll('details:not([name], [data-menu])').forEach((box) => { box.open = true })"
        )
        found = violations(page)
        for nth in range(page.locator("[data-menu]").count()):  # one at a time, as people open them
            page.evaluate(
                "(nth) => document.querySelectorAll('[data-menu]').forEach((box, at) => { box.open = at === nth })", nth
            )
            found += violations(page, "[data-menu][open]")
        width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        if width[0] > width[1]:
            found.append(f"wider than the screen: {width}")
        if found:
            wrong[name] = found
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)


@pytest.mark.parametrize("mode", ["peacetime", "emergency"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("face", ["phone", "desk"])
def test_portal(
    world: "World", visit: Visit, emergency: Callable[..., Any], face: str, language: str, mode: str
) -> None:
    town = settle(world)
    if mode == "emergency":
        emergency(level=1)
    page = visit(face, language=language, allow=[r"favicon"])
    show_code(page, *(town.matters[state] for state in ("fed_back", "rejected", "archived")))
    addresses = portal_pages(town)
    if face == "desk" or mode == "emergency":  # more room, or another bar on top: the fullest pages
        addresses = {name: addresses[name] for name in ("home", "report", "matter")}
    assert_accessible(page, addresses)
    assert page.locator("html").get_attribute("data-mode") == mode


@pytest.mark.parametrize("mode", ["peacetime", "emergency"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_field(world: "World", visit: Visit, emergency: Callable[..., Any], language: str, mode: str) -> None:
    town = settle(world)
    if mode == "emergency":
        emergency(level=2)
    page = visit("phone", "grid_worker", language=language)
    addresses = field_pages(town)
    if mode == "emergency":
        addresses = {name: addresses[name] for name in ("today", "matter")}
    assert_accessible(page, addresses)


@pytest.mark.parametrize("mode", ["peacetime", "emergency", "exercise"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_desk(world: "World", visit: Visit, emergency: Callable[..., Any], language: str, mode: str) -> None:
    town = settle(world)
    if mode != "peacetime":
        emergency(level=3 if mode == "emergency" else 4, exercise=mode == "exercise")
    page = visit("desk", "secretary", language=language)
    addresses = desk_pages(town)
    if mode != "peacetime":
        addresses = {name: addresses[name] for name in ("queue", "sheet submitted")}
    assert_accessible(page, addresses)
    assert page.locator("html").get_attribute("data-mode") == mode


def test_jobs_and_what_a_signed_in_resident_sees(world: "World", visit: Visit) -> None:
    settle(world)
    assert_accessible(visit("desk", "command"), {"jobs": "/desk/jobs/"})
    assert_accessible(visit("phone", "resident"), {"mine": "/mine/", "data": "/mine/data/"})


# --- large print ----------------------------------------------------------------------------------------------------

# Of what is shown: the smallest text of a paragraph's kind, and the smallest side of what is pressed. A link inside of
# a sentence is as high as its line (WCAG 2.5.8 leaves those out).
MEASURE = """() => {
  const seen = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const says = (one) => (one.innerText || one.value || one.getAttribute("aria-label") || "").trim().slice(0, 30);
  const written = "p, li, dd, label, input:not([type=radio]):not([type=checkbox]), textarea, select";
  const texts = [...document.querySelector("main").querySelectorAll(written)]
    .filter((one) => seen(one) && says(one) && !one.closest(".visually-hidden"))
    .map((one) => [parseFloat(getComputedStyle(one).fontSize), one.className, says(one)]);
  const pressed = "button, select, textarea, summary, a.button, nav a, .photos-add, .star, .shortcut, label.check, "
    + "input:not([type=hidden]):not([type=radio]):not([type=checkbox]):not([type=file])";
  const targets = [...document.querySelectorAll(pressed)]
    .filter((one) => seen(one) && !one.closest(".visually-hidden") && !one.classList.contains("visually-hidden"))
    .map((one) => [one.getBoundingClientRect(), one])
    .filter(([box]) => box.width > 1 && box.height > 1)
    .map(([box, one]) => [Math.round(Math.min(box.width, box.height)), one.tagName + "." + one.className, says(one)]);
  return { texts, targets };
}"""


@pytest.mark.parametrize(("elder", "least_text", "least_target"), [(False, 12, 44), (True, 18, 60)])
def test_print_and_targets_are_large_enough(
    world: "World", visit: Visit, elder: bool, least_text: int, least_target: int
) -> None:
    town = settle(world)
    page = visit("phone")
    show_code(page, town.matters["fed_back"])
    if elder:
        page.goto("/")
        page.get_by_role("button", name="长辈版").click()
        expect(page.get_by_role("button", name="标准版")).to_be_visible()
        expect(page.locator("html[data-elder]")).to_be_attached()
    addresses = portal_pages(town)
    small: dict[str, list[Any]] = {}
    for name in ("home", "report", "track", "receipt", "matter", "notices", "notice"):
        page.goto(addresses[name])
        assert (page.locator("html[data-elder]").count() == 1) == elder
        measured = page.evaluate(MEASURE)
        assert measured["texts"]
        assert measured["targets"]
        found = [text for text in measured["texts"] if text[0] < least_text]
        found += [target for target in measured["targets"] if target[0] < least_target]
        if found:
            small[name] = found
    assert not small, json.dumps(small, indent=1, ensure_ascii=False)
    if elder:
        assert_accessible(page, {name: addresses[name] for name in ("home", "report", "matter")})


# --- language -------------------------------------------------------------------------------------------------------


def test_the_language_switches_in_place_and_what_was_typed_stays(world: "World", visit: Visit) -> None:
    page = visit("phone")
    page.goto("/report/")
    page.get_by_label("发生了什么").fill("楼下路灯不亮")
    page.locator("[data-language-switch] button").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith("/report/")
    expect(page.locator("#f-text")).to_have_value("楼下路灯不亮")
    page.locator("[data-language-switch] button").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page.locator("#f-text")).to_have_value("楼下路灯不亮")


@pytest.mark.parametrize(("face", "name"), [("phone", ""), ("phone", "grid_worker"), ("desk", "secretary")])
def test_english_pages_are_english(world: "World", visit: Visit, face: str, name: str) -> None:
    """Chinese is left only in what people wrote and in names; everything that we say is English."""
    town = settle(world)
    page = visit(face, name, language="en")
    pages = {"": portal_pages, "grid_worker": field_pages, "secretary": desk_pages}[name](town)
    if not name:
        show_code(page, *(town.matters[state] for state in ("fed_back", "rejected", "archived")))
    written = people_and_their_words(town.world)
    left: dict[str, list[str]] = {}
    for title, address in pages.items():
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach((box) => { box.open = true })")
        # innerText in the order of the page, and what is only heard.
        said = page.evaluate(
            """() => [document.title, ...document.body.innerText.split("\\n"),
            ...[...document.querySelectorAll("[aria-label],[placeholder],[title]")]
            .filter((one) => !one.closest("[data-words]"))
            .flatMap((one) => [one.getAttribute("aria-label"), one.getAttribute("placeholder"), one.title])]"""
        )
        found = []
        for line in said:
            rest = line or ""
            for words in written:
                rest = rest.replace(words, "")
            if CHINESE.search(rest):
                found.append(line.strip())
        if found:
            left[title] = list(dict.fromkeys(found))
    assert not left, json.dumps(left, indent=1, ensure_ascii=False)


def people_and_their_words(world: "World") -> list[str]:
    """Names and texts that stay as they were written, the longest first."""
    words = {place.name for place in world.places.values()} | {user.name for user in world.users.values()}
    for matter in Matter.objects.order_by("pk"):
        words |= {matter.text, matter.title, str(matter.contact_name)}
        words |= {remark.text for remark in matter.remarks.order_by("pk")}
        words |= {rating.comment for rating in matter.ratings.order_by("pk")}
        if hasattr(matter, "notice"):
            words |= {matter.notice.title, matter.notice.text, matter.notice.result}
    words |= {"中文", "简体中文", "独角兽", "普陀区", "防汛防台"}
    lines = {line for text in words for line in text.splitlines() if line}
    return sorted(lines, key=len, reverse=True)


# --- keys -----------------------------------------------------------------------------------------------------------


def test_the_queue_is_worked_through_by_keys(world: "World", visit: Visit) -> None:
    for number in (1, 2, 3):
        world.report(text=f"{number}号楼楼道漏水")
    page = visit("desk", "secretary")
    page.goto("/desk/?status=submitted")
    expect(page.locator("[data-bulk-row]")).to_have_count(3)
    expect(page.locator("[data-bulk][data-attached]")).to_be_attached()  # the keys are there
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-bulk-count]")).to_contain_text("2")
    button = page.locator('[data-bulk-bar] button[value="accept_dispatch"]')
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-bulk-row]")).to_have_count(1)
    assert sorted(Matter.objects.order_by("number").values_list("status", flat=True)) == [
        "dispatched", "dispatched", "submitted",
    ]  # fmt: skip
    assert "status=submitted" in page.url
    page.keyboard.press("Escape")
    page.locator("body").click(position={"x": 5, "y": 5})
    page.keyboard.press("/")
    expect(page.locator("[data-key-search]")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/matters/**")


def test_filters_stay_in_the_address_and_the_way_back(world: "World", visit: Visit) -> None:
    world.report(text="楼道漏水")
    world.report(text="广场舞音响太吵")
    page = visit("desk", "secretary")
    page.goto("/desk/")
    page.locator("select[name=category]").select_option("noise")
    expect(page.locator("[data-bulk-row]")).to_have_count(1)
    assert "category=noise" in page.url
    page.locator("[data-bulk-row] a").click()
    page.wait_for_url("**/desk/matters/**")
    page.locator("[data-key-back]").click()
    page.wait_for_url("**category=noise**")
    expect(page.locator("[data-bulk-row]")).to_have_count(1)
    page.reload()
    expect(page.locator("[data-bulk-row]")).to_have_count(1)


def test_a_resident_reports_with_keys_alone(world: "World", visit: Visit) -> None:
    page = visit("desk")
    page.goto("/report/")
    page.get_by_label("发生了什么").focus()
    page.keyboard.type("楼下路灯不亮")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "f-address":
            break
    page.keyboard.type("源园居委会1号楼")
    for _ in range(60):
        page.keyboard.press("Tab")
        if (
            page.evaluate("document.activeElement.type") == "submit"
            and page.evaluate("document.activeElement.innerText").strip() == "提交"
        ):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="已收到")).to_be_visible()
    assert Matter.objects.get().address == "源园居委会1号楼"
