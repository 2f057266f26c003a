"""A vacancy shows in coverage and is filled there, by the secretary, in a real browser."""

from datetime import timedelta

import pytest

from pingzhan.access.models import User
from pingzhan.core.clock import now
from pingzhan.journal.operations import seal
from pingzhan.matters.tasks import gather_clusters
from pingzhan.people.models import Appointment
from tests.browser.test_accessible import violations
from tests.factories.world import HOME

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_vacancy_shows_in_coverage_and_is_filled_there(world, open_page):
    page = open_page("desk", user=world.users["secretary"])
    page.goto("/desk/coverage/")
    row = page.get_by_role("row").filter(has_text="线上楼组长").first
    assert "0 / 2" in row.inner_text()
    row.get_by_role("link", name="缺 2 处").click()
    first = page.get_by_role("listitem").filter(has_text=f"{HOME}-B001")
    first.get_by_role("link", name="任命").click()
    page.get_by_label("姓名").fill("任楼长")
    page.get_by_label("手机号码").fill("10077770011")
    page.get_by_role("button", name="任命").click()
    page.get_by_text("任楼长 已任线上楼组长").wait_for()
    assert page.get_by_role("listitem").filter(has_text=f"{HOME}-B001").count() == 0
    page.goto("/desk/coverage/")
    assert "1 / 2" in page.get_by_role("row").filter(has_text="线上楼组长").first.inner_text()
    page.locator(".cover-area").first.wait_for()
    held = Appointment.objects.get(place__code=f"{HOME}-B001", kind="online")
    assert held.person.name == "任楼长"


@pytest.mark.parametrize(("language", "expected"), [("zh-hans", ["放大", "缩小"]), ("en", ["Zoom in", "Zoom out"])])
def test_the_buttons_of_maps_are_named_in_the_language_of_the_page(world, open_page, language, expected):
    told = ("3号楼电梯又坏了，老人下不了楼", "3号楼的电梯坏了，老人没法下楼", "3号楼电梯坏了好几天，老人下楼难")
    for number, text in enumerate(told):
        world.report(text, at=now() - timedelta(minutes=30 - number))
    while seal(at=now()):
        pass
    while gather_clusters(now()):
        pass
    page = open_page("desk", language=language, user=world.users["secretary"])
    for address in ("/desk/coverage/", "/desk/clusters/", f"/desk/places/{HOME}/grids/"):
        page.goto(address)
        page.locator(".leaflet-control-zoom a").first.wait_for()
        found = page.locator(".leaflet-control-zoom a").evaluate_all("all => all.map((one) => one.title)")
        assert found == expected, address
        if "clusters" in address:
            assert violations(page) == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_phone_shows_its_head_in_one_line_and_a_unit_in_its_width(world, open_page, language):
    user = world.users["property_staff"]
    User.objects.filter(pk=user.pk).update(username="u-310107005001.property-of-the-estate")
    page = open_page("phone", language=language, user=user)
    page.goto("/field/")
    assert page.locator(".top-in").bounding_box()["height"] < 60
    secretary = open_page("phone", language=language, user=world.users["secretary"])
    secretary.context.add_cookies([{"name": "elder", "value": "1", "url": page.url}])
    secretary.goto(f"/desk/units/{world.units[f'{HOME}.property'].pk}/")
    secretary.get_by_text("u-310107005001.property-of-the-estate").wait_for()
    assert secretary.evaluate("document.documentElement.scrollWidth") == 390
