"""Pages in real Chromium: `open_page` gives a page of a phone or of a desk, in Chinese or English, signed in or not.

What a user would not see fails the test all the same: errors in the console (a breach of the content security policy
is one), exceptions in scripts, missing files, answers 500 and exceptions in the server.
"""

import os
import re
import shutil
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest
from django.conf import settings
from django.core.signals import got_request_exception
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
# Without these Chromium asks hosts of its maker for updates at every start.
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FACES: Mapping[str, dict[str, Any]] = {
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
    },
    "desk": {"viewport": {"width": 1440, "height": 900}},
}
LOCALES = {"zh-hans": "zh-CN", "en": "en-GB"}
PARTS_OF_A_PAGE = {"script", "stylesheet", "image", "font", "media", "manifest"}
WAIT_MILLISECONDS = 30_000  # what comes late on a busy machine comes all the same
LATENCY = int(os.environ.get("PINGZHAN_TEST_LATENCY", "0"))  # milliseconds: every page as over a slow network
LOST = "ERR_INTERNET_DISCONNECTED"

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The one browser of this worker."""
    program = os.environ.get("PINGZHAN_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        pytest.skip("Chromium is not installed")
    # Playwright keeps an event loop in this thread, for which Django would refuse every query made beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        expect.set_options(timeout=WAIT_MILLISECONDS)
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS, chromium_sandbox=False)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def live(live_server: Any) -> Iterator[Any]:
    """The application served on a port of loopback (`live.url`); an exception in it fails the test."""
    errors: list[str] = []

    def note(**_: Any) -> None:
        errors.append(traceback.format_exc())

    got_request_exception.connect(note, weak=False, dispatch_uid="live")
    yield live_server
    got_request_exception.disconnect(dispatch_uid="live")
    if errors:
        pytest.fail("the server raised:\n" + "\n".join(errors))


@pytest.fixture
def open_page(chromium: Browser, live: Any) -> Iterator[OpenPage]:
    """A function that opens an empty page: `page = open_page("phone", language="en", user=secretary)`.

    user: signed in as this user, `session` being put into their session. allow: regular expressions of faults that
    this test expects. Further options go to Playwright's new_context. Paths in `page.goto` are relative to the server.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_one(
        face: str = "phone",
        *,
        language: str = "zh-hans",
        user: Any = None,
        session: Mapping[str, Any] | None = None,
        allow: Sequence[str] = (),
        **options: Any,
    ) -> Page:
        context = chromium.new_context(
            base_url=live.url, locale=LOCALES[language], timezone_id=settings.TIME_ZONE, **{**FACES[face], **options}
        )
        contexts.append(context)
        context.set_default_timeout(WAIT_MILLISECONDS)
        cookies = {settings.LANGUAGE_COOKIE_NAME: language}
        if user is not None:
            cookies[settings.SESSION_COOKIE_NAME] = session_key(user, session or {})
        context.add_cookies([{"name": name, "value": value, "url": live.url} for name, value in cookies.items()])

        def fault(text: str) -> None:
            if not any(re.search(expected, text) for expected in allow):
                faults.append(f"{face} {language}: {text}")

        watch(context, fault)
        page = context.new_page()
        if LATENCY and LOST not in allow:  # Chromium keeps one set of conditions: slow, or without a network
            slow_down(page)
        return page

    yield open_one
    for context in contexts:
        context.close()
    if faults:
        pytest.fail("\n".join(faults))


def slow_down(page: Page) -> None:
    """Each request takes LATENCY longer: who uses a page before its scripts have come must not lose anything."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": LATENCY, "downloadThroughput": -1, "uploadThroughput": -1},
    )


def session_key(user: Any, values: Mapping[str, Any]) -> str:
    """Sign the user in without a page and answer the key of the session."""
    client = Client()
    client.force_login(user)
    session = client.session
    session.update(values)
    session.save()
    key = session.session_key
    assert key
    return key


def watch(context: BrowserContext, fault: Callable[[str], None]) -> None:
    """Report to `fault` what goes wrong in the pages of a context without being seen."""

    def on_console(message: ConsoleMessage) -> None:
        # Chromium's line about an answer or a request that failed is judged below.
        if message.type == "error" and not message.text.startswith("Failed to load resource:"):
            fault(f"{message.page.url if message.page else ''} console: {message.text}")

    def on_response(response: Response) -> None:
        # 4xx answers to a page or a form are told to the user in words; a missing part of a page is not.
        part = response.request.resource_type in PARTS_OF_A_PAGE
        if response.status >= 500 or (part and response.status >= 400):
            fault(f"{response.status} for {response.url}")

    def on_failed(request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the user went on before it had come
            fault(f"{request.failure} for {request.url}")

    context.on("console", on_console)
    context.on("weberror", lambda error: fault(f"exception in a script: {error.error}"))
    context.on("response", on_response)
    context.on("requestfailed", on_failed)
