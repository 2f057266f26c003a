"""The phone page beyond the main path: pauses, questions, demands, levels, and the buttons for them."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pingzhan.matters import operations
from pingzhan.matters.models import Matter
from tests.factories.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _then(world: World) -> Iterator[None]:
    with time_machine.travel(world.at + timedelta(hours=2), tick=False):
        yield


@pytest.fixture
def worker(world: World) -> Callable[[str], Client]:
    def make(name: str) -> Client:
        client = Client()
        client.force_login(world.users[name])
        return client

    return make


def page(answer: Any) -> str:
    return answer.content.decode()


def test_one_press_tells_that_one_is_there(world: World, worker: Callable[[str], Client]) -> None:
    matter = world.matter(to="in_progress")
    client = worker("property_staff")
    shown = page(client.get(f"/field/matters/{matter.number}/"))
    assert "我到现场了" in shown
    went = client.post(f"/field/matters/{matter.number}/progress/", {"reply": "工作人员已到现场，正在处理。"})
    assert went.status_code == 303
    assert "工作人员已到现场" in page(client.get(f"/field/matters/{matter.number}/"))
    assert matter.clocks.get(kind="first_feedback").state == "met"


def test_a_pause_is_asked_for_seen_and_ended_on_the_phone(world: World, worker: Callable[[str], Client]) -> None:
    matter = world.matter(to="in_progress")
    client, address = worker("property_staff"), f"/field/matters/{matter.number}/"
    wrong = client.post(f"{address}hold/", {"reason": "等配件", "until": ""})
    assert wrong.status_code == 422
    assert "等配件" in page(wrong)
    assert client.post(f"{address}hold/", {"reason": "等配件", "until": "2026-03-12"}).status_code == 303
    assert "等待源园居委会审批" in page(client.get(address))
    found = Matter.objects.get(pk=matter.pk)
    operations.decide_pause(matter=found, ok=True, by=world.actor("secretary"), at=world.at + timedelta(hours=2))
    assert "时限暂停中" in page(client.get(address))
    assert client.post(f"{address}resume/", {}).status_code == 303
    assert "时限暂停中" not in page(client.get(address))


def test_a_question_and_its_answer(world: World, worker: Callable[[str], Client]) -> None:
    matter = world.matter(to="in_progress")
    client, address = worker("property_staff"), f"/field/matters/{matter.number}/"
    assert client.post(f"{address}ask/", {"text": "请问几楼"}).status_code == 303
    shown = page(client.get(address))
    assert "已请居民补充" in shown
    assert "居民已回话" in shown
    assert client.post(f"{address}answer/", {"text": "三楼"}).status_code == 303
    assert "已请居民补充" not in page(client.get(address))


def test_what_is_demanded_is_seen_and_answered(world: World, worker: Callable[[str], Client]) -> None:
    matter = world.matter(to="in_progress")
    operations.supervise(
        matter=matter, note="三天内修好", by=world.actor("inspector"), at=world.at + timedelta(hours=1)
    )
    client, address = worker("property_staff"), f"/field/matters/{matter.number}/"
    assert "三天内修好" in page(client.get(address))
    assert client.post(f"{address}report_back/", {"reply": "已约师傅"}).status_code == 303
    assert "督办要求" not in page(client.get(address))


def test_the_way_up_is_seen_and_who_may_reports_it_up(world: World, worker: Callable[[str], Client]) -> None:
    matter = world.matter(to="accepted")
    staff, address = worker("community_staff"), f"/field/matters/{matter.number}/"
    assert "报上级办理" in page(staff.get(address))
    assert "报上级办理" not in page(
        worker("property_staff").get(f"/field/matters/{world.matter(to='in_progress').number}/")
    )
    assert staff.post(f"{address}refer/", {"reason": ""}).status_code == 422
    assert staff.post(f"{address}refer/", {"reason": "超出居委会权限"}).status_code == 303
    shown = page(staff.get(address))
    assert "逐级流转" in shown
    assert "源园居委会" in shown


def test_what_the_phone_asks_for_by_the_api(world: World) -> None:
    from tests.factories.whistles import blow

    matter = world.matter(to="in_progress")
    blow(world, matter, at=world.at + timedelta(hours=1))
    client = world.client("property_staff")
    said = client.get("/api/v1/me/today").json()
    assert [(call["matter"], call["state"], call["late"]) for call in said["calls"]] == [
        (matter.number, "called", True)
    ]
    assert [row["number"] for row in said["matters"]["items"]] == [matter.number]
    assert (said["taken"], said["mine"], said["duties"]) == ({}, [], [])
    client.post(f"/api/v1/matters/{matter.number}/grab", {}, content_type="application/json")
    again = client.get("/api/v1/me/today").json()
    assert again["mine"] == [matter.number]
    assert again["taken"] == {matter.number: "吴经理"}
    assert again["unread"] == len(client.get("/api/v1/me/messages?unread=true").json()["items"])


def test_today_asks_the_database_as_often_however_long_it_is(world: World) -> None:
    client = world.client("property_staff")

    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get("/api/v1/me/today").status_code == 200
        return len(found)

    world.matter(to="in_progress")
    count()
    few = count()
    for _ in range(4):
        world.matter(to="in_progress")
    assert count() == few
