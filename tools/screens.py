"""Pictures of the main pages, from a demo loaded for the purpose: docs/screens/<face>-<page>.png and readme.png.

    python -m tools.screens [NAME …]

Names limit it to those pictures. Phones are 390 × 844, the desk 1440 × 900; each is a PNG with a palette.
Needs Chromium, and a font with Chinese characters (Debian: fonts-noto-cjk).
"""

import contextlib
import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Geolocation, Page, sync_playwright

from tools.suite import CHROMIUM, ROOT

SCREENS = ROOT / "docs" / "screens"
MOST_BYTES = 200_000
START_SECONDS = 60
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
DESK = {"viewport": {"width": 1440, "height": 900}}
# A grid in 曹杨新村街道, of which the demo's secretary sees the community.
SPOT: Geolocation = {"latitude": 31.2420, "longitude": 121.4090}


@dataclass(frozen=True)
class Demo:
    """A demo that is being served, and what there is to see in it."""

    url: str
    links: dict[str, str]  # account → address that signs in
    matters: dict[str, tuple[str, str]]  # state → number, query code
    notice: str
    spot: Geolocation


Act = Callable[[Page, Demo], None]


@dataclass(frozen=True)
class Picture:
    """One picture: who opens what, on which screen, and what they do before it is taken."""

    name: str
    address: str = ""
    by: str = ""
    act: Act | None = None
    language: str = "zh-hans"
    elder: bool = False
    emergency: bool = False

    @property
    def screen(self) -> dict[str, Any]:
        return DESK if self.name.startswith(("desk-", "command-", "demo")) else PHONE


def main(names: Sequence[str]) -> int:
    """Take the pictures; 0 when all that were asked for were taken."""
    wanted = [picture for picture in PICTURES if not names or picture.name in names]
    if len(wanted) < len(names):
        print(f"unknown: {', '.join(set(names) - {picture.name for picture in PICTURES})}", file=sys.stderr)
        return 1
    SCREENS.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="pz-screens-") as directory,
        serving(Path(directory)) as demo,
        browsing() as browser,
    ):
        in_emergency = False
        for picture in sorted(wanted, key=lambda one: one.emergency):
            if picture.emergency and not in_emergency:
                begin_emergency()
                in_emergency = True
            size = keep(take(browser, demo, picture), SCREENS / f"{picture.name}.png")
            print(f"{picture.name:24} {size // 1000:4} kB")
    if not names:
        compose_readme()
    return 0


# --- the demo -------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def serving(directory: Path) -> Iterator[Demo]:
    """A demo in the directory, web and worker running until the end."""
    os.environ |= {
        "PINGZHAN_DATA_DIR": str(directory), "PINGZHAN_DEMO": "1", "DJANGO_SETTINGS_MODULE": "pingzhan.settings",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright keeps an event loop in this thread
    }  # fmt: skip
    os.environ.pop("DATABASE_URL", None)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-P", "-m", "pingzhan.cli"]
    subprocess.run([*command, "demo", "--load-only"], check=True)
    running = [
        subprocess.Popen([*command, *words], start_new_session=True)
        for words in (["serve", "--port", str(port), "--workers", "1"], ["worker"])
    ]
    try:
        wait_until_ready(f"http://127.0.0.1:{port}/readyz")
        yield look_into(f"http://127.0.0.1:{port}")
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(START_SECONDS)


def wait_until_ready(address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def look_into(url: str) -> Demo:
    """Sign-in links, and a matter of the secretary's community in each state, with a picture where there is one."""
    sys.path.insert(0, str(ROOT / "src"))
    import django

    django.setup()
    from django.db.models import Count

    from pingzhan.demo.accounts import ACCOUNTS, demo_accounts, enter_token
    from pingzhan.matters.models import Matter, Notice
    from pingzhan.places.models import Place

    community = next(row.place for row in demo_accounts() if row.username == "secretary")
    matters: dict[str, tuple[str, str]] = {}
    rows = Matter.objects.annotate(pictures=Count("attachments")).order_by("-category__publishable", "-pictures", "-id")
    for own in (True, False):  # of the community first, then of anywhere
        for row in rows.filter(community=community) if own else rows:
            matters.setdefault(row.status, (row.number, row.query_code))
    grid = Place.objects.filter(level="grid", parent__code=community).order_by("code").first()
    spot = SPOT
    if grid is not None and grid.lon is not None and grid.lat is not None:
        spot = {"latitude": grid.lat, "longitude": grid.lon}
    notice = Notice.objects.filter(until__isnull=True).order_by("-id").first()
    return Demo(
        url=url,
        links={name: f"/demo/enter/{enter_token(name)}" for name in ACCOUNTS},
        matters=matters,
        notice=str(notice.pk) if notice else "",
        spot=spot,
    )


def begin_emergency() -> None:
    """Put the whole area under a response, as the command post will."""
    from pingzhan.access.actors import SYSTEM
    from pingzhan.modes.queries import forget
    from pingzhan.response.models import Plan
    from pingzhan.response.operations import activate
    from pingzhan.response.queries.compile import compile_plan

    now, plan = datetime.now(UTC), Plan.objects.get(code="flood-typhoon")
    manifest = compile_plan(plan, level=2, codes=[plan.place.code], at=now)
    activate(plan=plan, level=2, codes=manifest.places, digest=manifest.digest, by=SYSTEM, at=now)
    forget()


# --- the pictures ---------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def browsing() -> Iterator[Browser]:
    program = os.environ.get("PINGZHAN_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        raise SystemExit("Chromium is not installed (sudo apt-get install chromium fonts-noto-cjk)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, chromium_sandbox=False, args=["--disable-gpu"])
        yield browser
        browser.close()


def take(browser: Browser, demo: Demo, picture: Picture) -> bytes:
    """Open the page as the picture says and take it."""
    context = browser.new_context(
        base_url=demo.url,
        locale="zh-CN" if picture.language == "zh-hans" else "en-GB",
        timezone_id="Asia/Shanghai",
        geolocation=demo.spot,
        permissions=["geolocation"],
        reduced_motion="reduce",
        **picture.screen,
    )
    cookies = {"language": picture.language} | ({"elder": "1"} if picture.elder else {})
    context.add_cookies([{"name": name, "value": value, "url": demo.url} for name, value in cookies.items()])
    page = context.new_page()
    if picture.by:
        page.goto(demo.links[picture.by])
    if picture.address:
        page.goto(picture.address.format(notice=demo.notice))
    if picture.act is not None:
        picture.act(page, demo)
    page.wait_for_load_state("networkidle")
    content = page.screenshot()
    context.close()
    return content


def sheet(state: str, *, step: str = "", scroll: str = "") -> Act:
    """Open the desk's sheet of a matter in this state, and the form of a step."""

    def act(page: Page, demo: Demo) -> None:
        page.goto(f"/desk/matters/{demo.matters[state][0]}/")
        if step:
            form = page.locator(f'form[action*="/{step}/"]')
            box = page.locator("details.step-box").filter(has=form)
            if box.get_attribute("open") is None:
                box.locator("summary").first.click()
        if scroll:
            page.locator(scroll).first.scroll_into_view_if_needed()

    return act


def follow(state: str, *, scroll: str = "") -> Act:
    """Follow a matter in this state by number and query code."""

    def act(page: Page, demo: Demo) -> None:
        number, code = demo.matters[state]
        page.goto("/track/")
        page.locator("[name=number]").fill(number)
        page.locator("[name=code]").fill(code)
        page.locator("form button.button-primary").click()
        page.wait_for_url(f"**/track/{number}/")
        if scroll:
            page.locator(scroll).first.evaluate("one => one.scrollIntoView({ block: 'start' })")

    return act


def write(page: Page, demo: Demo) -> None:
    """Fill in a report, with the pin on the spot."""
    page.goto("/report/")
    page.locator("#f-text").fill("12号楼下的垃圾桶满了两天没人清，旁边又堆了几袋，味道很大，请安排清运。")
    page.locator("[data-guess] *").first.wait_for()


def pin(page: Page, demo: Demo) -> None:
    """A report with the pin set where the visitor stands."""
    write(page, demo)
    page.locator("[data-pin-mine]").click()
    page.locator("[data-pin-status].is-set").wait_for()
    page.locator("#f-where").evaluate("one => one.scrollIntoView({ block: 'start' })")
    page.wait_for_timeout(500)


def send(page: Page, demo: Demo) -> None:
    """A report sent: the receipt."""
    pin(page, demo)
    page.locator("form.form-card button[type=submit]").last.click()
    page.locator(".receipt").wait_for()


def first_row(page: Page, demo: Demo) -> None:
    """Open the first matter of the list."""
    page.locator("main a[href*='/field/matters/']").first.click()
    page.wait_for_url("**/field/matters/**")


def tick(page: Page, demo: Demo) -> None:
    """Three matters ticked by keys."""
    page.wait_for_load_state("networkidle")  # the keys are a part that is fetched after the page
    for _ in range(3):
        page.keyboard.press("j")
        page.keyboard.press("x")


def look_ahead(page: Page, demo: Demo) -> None:
    """What a watch over one street would change."""
    page.goto("/command/switch/?plan=flood-typhoon")
    page.locator("[name=level][value='4']").check()
    page.locator("[name=places]").first.check()
    page.locator("form.card button.button-primary").click()
    page.wait_for_url("**/command/preview/**")


def lead_drill(page: Page, demo: Demo) -> None:
    """A drill of it: nobody but those who take part sees it, so that the other pictures stay as they are."""
    page.goto("/command/switch/?plan=flood-typhoon&exercise=1")
    page.locator("[name=level][value='4']").check()
    page.locator("[name=places]").first.check()
    page.locator("form.card button.button-primary").click()
    page.wait_for_url("**/command/preview/**")
    page.locator("[data-hold]:enabled").scroll_into_view_if_needed()
    page.locator("[data-hold]:enabled").hover()
    page.mouse.down()
    page.wait_for_url("**/command/responses/**")
    page.mouse.up()


PICTURES = (
    Picture("phone-home", "/"),
    Picture("phone-home-elder", "/", elder=True),
    Picture("phone-home-en", "/", language="en"),
    Picture("phone-home-emergency", "/", emergency=True),
    Picture("phone-report", act=write),
    Picture("phone-report-map", act=pin),
    Picture("phone-receipt", act=send),
    Picture("phone-track", act=follow("in_progress")),
    Picture("phone-track-rate", act=follow("fed_back")),
    Picture("phone-notices", "/notices/"),
    Picture("phone-notice", "/notices/{notice}/"),
    Picture("phone-field-today", "/field/", by="grid"),
    Picture("phone-field-matter", "/field/", by="grid", act=first_row),
    Picture("desk-queue", "/desk/?status=submitted", by="street", act=tick),
    Picture("desk-queue-en", "/desk/", by="secretary", language="en"),
    Picture("desk-queue-emergency", "/desk/?order=due", by="street", emergency=True),
    Picture("desk-sheet", by="secretary", act=sheet("submitted")),
    Picture("desk-sheet-progress", by="secretary", act=sheet("in_progress")),
    Picture("desk-sheet-publish", by="secretary", act=sheet("rated", step="publish")),
    Picture("desk-report", "/desk/report/", by="staff"),
    Picture("desk-journal", "/desk/journal/", by="inspector"),
    Picture("command-home", "/command/", by="command"),
    Picture("command-plan", "/command/plans/infectious-disease/", by="command"),
    Picture("command-readiness", "/command/plans/infectious-disease/readiness/", by="command"),
    Picture("command-switch", "/command/switch/?plan=infectious-disease", by="street"),
    Picture("command-preview", by="street", act=look_ahead),
    Picture("command-signals", "/command/signals/", by="command"),
    Picture("command-response", by="street", act=lead_drill),
    Picture("demo", "/demo/"),
)


# --- files ----------------------------------------------------------------------------------------------------------


def keep(content: bytes, file: Path) -> int:
    """Write the picture with as many colours of a palette as its size allows; returns its bytes."""
    image = Image.open(io.BytesIO(content)).convert("RGB")
    for colours in (256, 128, 64, 32):
        image.quantize(colours, dither=Image.Dither.NONE).save(file, optimize=True)
        if file.stat().st_size <= MOST_BYTES:
            break
    return file.stat().st_size


def compose_readme() -> None:
    """The phone beside the desk, for the first page of the documentation."""
    height, gap, edge = 760, 28, 40
    parts = []
    for name in ("phone-report", "phone-track", "desk-queue"):
        image = Image.open(SCREENS / f"{name}.png").convert("RGB")
        parts.append(image.resize((round(image.width * height / image.height), height), Image.Resampling.LANCZOS))
    width = sum(part.width for part in parts) + gap * (len(parts) - 1) + 2 * edge
    canvas = Image.new("RGB", (width, height + 2 * edge), "#e6eef0")
    left = edge
    for part in parts:
        mask = Image.new("L", part.size, 0)
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, part.width - 1, part.height - 1), 18, fill=255)
        canvas.paste(part, (left, edge), mask)
        left += part.width + gap
    buffer = io.BytesIO()
    canvas.save(buffer, "PNG")
    print(f"{'readme':24} {keep(buffer.getvalue(), SCREENS / 'readme.png') // 1000:4} kB")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
