"""B4, B5: up level by level and back down, what is overdue, supervised cases, three in one; by the API and the desk."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from pingzhan.core.outbox import inbox
from pingzhan.matters.models import Matter
from pingzhan.matters.tasks import end_pauses, escalate
from tests.factories.clocks import set_rules
from tests.factories.world import FAR, HOME, World

pytestmark = [pytest.mark.django_db]

STREET, DISTRICT = "310107005.operations", "310107.operations"


def post(client: Client, number: str, step: str, *, want: int = 200, **body: Any) -> Any:
    answer = client.post(f"/api/v1/matters/{number}/{step}", body, content_type="application/json")
    assert answer.status_code == want, answer.content.decode()
    return answer.json()


def sheet(client: Client, number: str) -> Any:
    return client.get(f"/api/v1/matters/{number}").json()


@pytest.fixture
def desk(world: World) -> Callable[[str], Client]:
    """A browser of the desk, signed in."""
    return world.browser


def test_B4_to_the_district_and_back_through_every_level(
    world: World, clock: time_machine.Traveller, desk: Callable[[str], Client]
) -> None:
    secretary, street, command = (world.client(name) for name in ("secretary", "street_staff", "command"))
    matter = world.matter(to="accepted", contact_phone="10012345678")
    number = matter.number
    clock.shift(timedelta(hours=1))
    assert post(secretary, number, "refer", reason="需街道协调")["handler"] == STREET
    assert sheet(secretary, number)["responsible"] == f"{HOME}.committee"  # until the street has signed
    post(street, number, "sign")
    assert sheet(secretary, number)["responsible"] == STREET
    assert post(street, number, "refer", reason="需区里立项")["handler"] == DISTRICT
    post(command, number, "sign")
    done = post(command, number, "complete", result="已立项，施工队进场")
    assert (done["status"], done["awaits"]) == ("completed", STREET)
    # Nobody tells the resident before every level has confirmed it.
    post(secretary, number, "feed_back", want=409, reply="好了")
    assert number in desk("street_staff").get("/desk/?mine=1").content.decode()
    post(street, number, "verify", note="已到现场")
    shown = desk("secretary").get(f"/desk/matters/{number}/").content.decode()
    assert "逐级流转" in shown
    assert "已确认结果" in shown
    assert post(secretary, number, "feed_back", reply="区里已立项，施工队进场。")["status"] == "fed_back"
    levels = sheet(command, number)["levels"]
    assert [(level["unit"], bool(level["confirmed_at"])) for level in levels] == [
        (f"{HOME}.committee", True),
        (STREET, True),
    ]
    told = Client().get(f"/api/v1/public/matters/{number}", {"query_code": matter.query_code}).json()
    assert "区里已立项，施工队进场。" in [reply for item in told["timeline"] for reply in item["replies"]]
    assert told["escalations"] == []


def test_B5_overdue_it_is_urged_then_told_level_by_level(
    world: World, clock: time_machine.Traveller, desk: Callable[[str], Client]
) -> None:
    set_rules(world)
    matter = world.matter(to="in_progress")
    due = matter.clocks.get(kind="first_feedback").due_at
    for hours in range(3):
        clock.move_to(due + timedelta(hours=hours, minutes=1))
        escalate(due + timedelta(hours=hours, minutes=1))
    kinds = [(one["tier"], one["unit"]) for one in sheet(world.client("secretary"), matter.number)["escalations"]]
    assert kinds == [("unit", f"{HOME}.property"), ("community", f"{HOME}.committee"), ("street", STREET)]
    assert any(matter.number in letter.text for letter in inbox(world.users["street_staff"].pk))
    street = desk("street_staff")
    assert matter.number in street.get("/desk/?escalated=1").content.decode()
    assert matter.number not in desk("far_street_staff").get("/desk/?escalated=1").content.decode()
    page = street.get(f"/desk/matters/{matter.number}/").content.decode()
    assert "催办与升级" in page
    # The answer comes late; it is no longer marked.
    clock.shift(timedelta(minutes=5))
    post(world.client("property_staff"), matter.number, "progress", reply="已到场")
    assert matter.number not in street.get("/desk/?escalated=1").content.decode()


def test_B5_a_pause_is_asked_for_approved_and_ends_by_itself(
    world: World, clock: time_machine.Traveller, desk: Callable[[str], Client]
) -> None:
    matter = world.matter(to="in_progress")
    handler, receiver = desk("property_staff"), desk("secretary")
    url = f"/desk/matters/{matter.number}/"
    clock.shift(timedelta(hours=1))
    assert handler.post(f"{url}hold/", {"reason": "等配件", "until": "2026-03-16"}).status_code == 302
    assert "暂缓待审批" in handler.get(url).content.decode()
    page = receiver.get(url).content.decode()
    assert "等配件" in page
    assert f"{url}decide_pause/" in page
    assert matter.number in receiver.get("/desk/?mine=1").content.decode()
    refused = receiver.post(f"{url}decide_pause/", {"ok": "0"})
    assert "请写明不批准的理由" in refused.content.decode()
    assert receiver.post(f"{url}decide_pause/", {"ok": "1", "until": "2026-03-13"}).status_code == 302
    assert "计时暂停" in handler.get(url).content.decode()
    clock.move_to(matter.reported_at + timedelta(days=4))
    end_pauses(matter.reported_at + timedelta(days=4))
    assert Matter.objects.get(pk=matter.pk).status == "in_progress"


def test_B5_a_supervised_case_is_asked_answered_released(
    world: World, clock: time_machine.Traveller, desk: Callable[[str], Client]
) -> None:
    matter = world.matter(to="in_progress")
    inspector, handler = desk("inspector"), desk("property_staff")
    url = f"/desk/matters/{matter.number}/"
    assert inspector.post(f"{url}supervise/", {"note": "三日内修好"}).status_code == 302
    for name in ("inspector", "property_staff", "secretary", "command"):
        assert "三日内修好" in desk(name).get("/desk/supervision/").content.decode(), name
    for name in ("far_inspector", "near_secretary", "far_secretary", "management_staff"):
        assert "三日内修好" not in desk(name).get("/desk/supervision/").content.decode(), name
    assert "督办要求" in handler.get(url).content.decode()
    assert handler.post(f"{url}report_back/", {"reply": "配件明天到"}).status_code == 302
    assert "配件明天到" in inspector.get("/desk/supervision/").content.decode()
    assert inspector.post(f"{url}release/", {}).status_code == 302
    assert "三日内修好" not in inspector.get("/desk/supervision/").content.decode()
    assert "三日内修好" in inspector.get("/desk/supervision/?released=1").content.decode()


def test_B5_the_rules_in_force_are_seen(world: World, desk: Callable[[str], Client]) -> None:
    set_rules(world)
    page = desk("secretary").get("/desk/rules/").content.decode()
    for word in ("责任单位", "区县", "到时限即催办", "退回上限（次）", "个工作日"):
        assert word in page


def test_B1_three_reports_of_one_trouble(world: World, clock: time_machine.Traveller) -> None:
    secretary = world.client("secretary")
    kept = world.report(contact_phone="10012345678")
    others = [world.report(contact_phone=f"1001234560{n}") for n in range(2)]
    for other in others:
        assert post(secretary, other.number, "merge", into=kept.number)["status"] == "merged"
    assert sheet(secretary, kept.number)["merged"] == [other.number for other in others]
    world.advance(Matter.objects.get(pk=kept.pk), to="fed_back")
    for matter in (kept, *others):
        told = Client().get(f"/api/v1/public/matters/{matter.number}", {"query_code": matter.query_code}).json()
        assert "水管已更换，请您查看。" in [reply for item in told["timeline"] for reply in item["replies"]]
        assert told["merged"] == []  # others who reported are nobody's business


def test_B1_a_part_closes_before_its_whole(world: World, clock: time_machine.Traveller) -> None:
    secretary, manager = world.client("secretary"), world.client("property_staff")
    matter = world.matter(to="accepted")
    clock.shift(timedelta(hours=1))
    (part,) = post(secretary, matter.number, "split", parts=["门口路面也漏水"])["parts"]
    for step in ("dispatch", "sign"):
        post(secretary if step == "dispatch" else manager, matter.number, step)
    refused = post(manager, matter.number, "complete", want=409, result="修好")
    assert part in refused["detail"]
    for client, step, body in (
        (secretary, "accept", {}),
        (secretary, "dispatch", {}),
        (manager, "sign", {}),
        (manager, "complete", {"result": "路面已补"}),
    ):
        post(client, part, step, **body)
    assert post(manager, matter.number, "complete", result="修好")["status"] == "completed"
    assert FAR not in str(sheet(secretary, matter.number)["parts"])
