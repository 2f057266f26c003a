"""The browser tests themselves: what goes wrong in a page without being seen does reach them."""

import re
from collections.abc import Callable, Mapping

import pytest
from playwright.sync_api import Browser, Route

from tests.faces import watch

pytestmark = pytest.mark.browser
ADDRESS = "http://127.0.0.1/"
CSP = {"content-security-policy": "default-src 'self'"}
Visit = Callable[..., list[str]]


@pytest.fixture
def visit(chromium: Browser) -> Visit:
    """Answers the faults of a page that is made of these answers: path -> (status, body)."""

    def go(
        body: str, *, headers: Mapping[str, str] | None = None, status: int = 200, **parts: tuple[int, str]
    ) -> list[str]:
        faults: list[str] = []

        def answer(route: Route) -> None:
            path = route.request.url.removeprefix(ADDRESS)
            part_status, part = (
                parts.get(path, (404, "")) if path else (status, f"<!doctype html><title>x</title>{body}")
            )
            kind = "text/javascript" if path.endswith("js") else "text/html"
            route.fulfill(status=part_status, body=part, headers={"content-type": kind, **(headers or {})})

        context = chromium.new_context()
        watch(context, faults.append)
        context.route(re.compile(".*"), answer)
        page = context.new_page()
        page.goto(ADDRESS)
        page.wait_for_load_state("networkidle")
        context.close()
        return faults

    return go


@pytest.mark.parametrize("status", [200, 404, 422])
def test_a_page_in_order_has_no_faults(visit: Visit, status: int):
    assert visit('<script src="js"></script><p>好', status=status, js=(200, "console.log('fine')")) == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<script src="js"></script>', "404 for"),
        ('<img src="picture" alt="">', "404 for"),
        ("<script>console.error('lost')</script>", "lost"),
        ("<script>throw new Error('broken')</script>", "broken"),
        ("<script>Promise.reject(new Error('forgotten'))</script>", "forgotten"),
    ],
)
def test_what_goes_wrong_unseen_is_a_fault(visit: Visit, body: str, fault: str):
    (told,) = visit(body)
    assert fault in told


@pytest.mark.parametrize(
    "body",
    [
        "<script>let a = 1</script>",
        '<p style="color: red">',
        '<p onclick="x()">',
        '<img src="https://example.org/x" alt="">',
    ],
)
def test_a_breach_of_the_content_security_policy_is_a_fault(visit: Visit, body: str):
    faults = visit(body, headers=CSP)
    assert any("Content Security Policy" in fault for fault in faults), faults


def test_an_answer_500_is_a_fault(visit: Visit):
    assert visit("<p>sorry", status=500) == [f"500 for {ADDRESS}"]
