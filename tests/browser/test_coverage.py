"""A vacancy shows in coverage and is filled there, by the secretary, in a real browser."""

import pytest

from pingzhan.people.models import Appointment
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
