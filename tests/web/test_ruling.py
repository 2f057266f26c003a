"""The page on which rules are changed: forms with what holds now, and what was changed by whom."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from pingzhan.matters.queries.reference import reference
from tests.factories.clocks import set_rules
from tests.factories.world import HOME_STREET, World

pytestmark = pytest.mark.django_db
EDIT = "/desk/rules/edit/"


@pytest.fixture(autouse=True)
def _then(world: World) -> Iterator[None]:
    with time_machine.travel(world.at + timedelta(hours=2), tick=False):
        yield


def test_command_changes_all_three_and_sees_what_was_changed(world: World, sign_in: Callable[[str], Client]) -> None:
    set_rules(world)
    command = sign_in("command")
    assert EDIT in command.get("/desk/rules/").content.decode()
    assert 'value="60"' in command.get(EDIT).content.decode()
    ladder = {"act": "ladder", "wait_unit": "0", "wait_district": "120", "basis": "working"}
    assert command.post(EDIT, ladder).status_code == 302
    assert [rung.minutes for rung in reference().ladders[0].rungs] == [0, 120]
    wrong = command.post(EDIT, ladder | {"wait_unit": "很快"})
    assert wrong.status_code == 422
    assert "很快" in wrong.content.decode()
    assert command.post(EDIT, {"act": "limit", "limit": "returns", "amount": "4"}).status_code == 302
    power = {"act": "power", "place": HOME_STREET, "category": "property", "tier": "street"}
    assert command.post(EDIT, power).status_code == 302
    shown = command.get(EDIT).content.decode()
    for words in ("退回上限（次） · 全部", "未设", "物业管理", "各级都可以办理", "责任单位 即时"):
        assert words in shown
    assert command.post(EDIT, {"act": "x"}).status_code == 422


def test_a_street_sets_powers_of_its_own_only(world: World, sign_in: Callable[[str], Client]) -> None:
    street = sign_in("street_secretary")
    shown = street.get(EDIT).content.decode()
    assert "办理权限" in shown
    assert 'name="wait_unit"' not in shown
    assert street.post(EDIT, {"act": "limit", "limit": "returns", "amount": "4"}).status_code == 403
    power = {"act": "power", "place": HOME_STREET, "category": "property", "tier": "street"}
    assert street.post(EDIT, power).status_code == 302
    assert "物业管理" in street.get(EDIT).content.decode()
    assert "物业管理 · " not in sign_in("far_street_secretary").get(EDIT).content.decode().split("改过什么")[1]
    assert EDIT not in sign_in("secretary").get("/desk/rules/").content.decode()


def test_times_are_set_on_the_page_and_shown_among_the_rules(world: World, sign_in: Callable[[str], Client]) -> None:
    command = sign_in("command")
    said = {"act": "time", "timed": "whistle_arrive", "urgency": "critical", "length": "20", "unit": "calendar.minutes"}
    assert command.post(EDIT, said).status_code == 302
    assert command.post(EDIT, {**said, "timed": "finish", "length": "2", "unit": "working.days"}).status_code == 302
    assert command.post(EDIT, {**said, "length": "two"}).status_code == 422
    assert command.post(EDIT, {**said, "unit": "weeks"}).status_code == 422
    for page in (EDIT, "/desk/rules/"):
        shown = command.get(page).content.decode()
        assert "吹哨 · 到场时限" in shown
        assert "20 分钟" in shown
        assert "2 个工作日" in shown
