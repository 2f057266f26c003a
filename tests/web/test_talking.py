"""Asking and answering, kept answers, calls after closing and replies to ratings, by hand."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pingzhan.matters.models import AnswerTemplate, CallBack, Matter
from pingzhan.matters.operations.catalogue import ReasonRow, load_reasons
from tests.factories.world import HOME, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _then(world: World) -> Iterator[None]:
    with time_machine.travel(world.at + timedelta(hours=2), tick=False):
        yield


def page(answer: Any) -> str:
    return answer.content.decode()


def test_a_question_is_put_at_the_desk_and_answered_with_the_code(
    world: World, sign_in: Callable[[str], Client]
) -> None:
    matter = world.matter(to="in_progress", anonymous=True)
    manager = sign_in("property_staff")
    sheet = f"/desk/matters/{matter.number}/"
    assert manager.post(f"{sheet}ask/", {"text": "请问是几楼？", "days": "3"}).status_code == 302
    shown = page(manager.get(sheet))
    assert "请问是几楼？" in shown
    assert "等待居民补充" in shown
    resident = Client()
    resident.post("/track/", {"number": matter.number, "code": matter.query_code})
    track = f"/track/{matter.number}/"
    assert "请问是几楼？" in page(resident.get(track))
    assert "请写下您的补充" in page(resident.post(f"{track}answer/", {"text": ""}))
    assert resident.post(f"{track}answer/", {"text": "四楼靠电梯"}).status_code == 303
    after = page(resident.get(track))
    assert "四楼靠电梯" in after
    assert "办理的人想请您补充" not in after
    assert "四楼靠电梯" in page(manager.get(sheet))
    assert Client().post(f"{track}answer/", {"text": "我不是他"}).status_code in (302, 303)  # asked for the code
    assert "我不是他" not in page(resident.get(track))


def test_a_question_is_put_and_answered_before_anybody_is_in_charge(
    world: World, sign_in: Callable[[str], Client]
) -> None:
    matter = world.report(anonymous=True)
    secretary = sign_in("secretary")
    sheet = f"/desk/matters/{matter.number}/"
    assert f'action="{sheet}ask/"' in page(secretary.get(sheet))
    assert secretary.post(f"{sheet}ask/", {"text": "请问是几号楼？", "days": "2"}).status_code == 302
    shown = page(secretary.get(sheet))
    assert "时限暂停中" in shown
    assert f'action="{sheet}resume/"' in shown
    resident = Client()
    resident.post("/track/", {"number": matter.number, "code": matter.query_code})
    track = f"/track/{matter.number}/"
    asked = page(resident.get(track))
    assert "请问是几号楼？" in asked
    assert "计时已暂停" in asked
    assert resident.post(f"{track}answer/", {"text": "七号楼"}).status_code == 303
    assert Matter.objects.get(pk=matter.pk).status == "submitted"
    assert "七号楼" in page(secretary.get(sheet))


def test_a_question_is_put_by_phone_before_signing(world: World, sign_in: Callable[[str], Client]) -> None:
    matter = world.matter(to="dispatched")
    manager = sign_in("property_staff")
    field = f"/field/matters/{matter.number}/"
    assert f'action="{field}ask/"' in page(manager.get(field))
    assert manager.post(f"{field}ask/", {"text": "请问是几楼？"}).status_code == 303
    shown = page(manager.get(field))
    assert "请问是几楼？" in shown
    assert f'action="{field}sign/"' in shown  # the unit may sign all the same
    assert manager.post(f"{field}answer/", {"text": "电话里说四楼"}).status_code == 303
    assert Matter.objects.get(pk=matter.pk).status == "dispatched"


def test_the_api_offers_the_question_to_whoever_has_the_matter(world: World) -> None:
    said = {"content_type": "application/json"}
    for status, who in (("submitted", "secretary"), ("accepted", "secretary"), ("dispatched", "property_staff")):
        matter = world.matter(to=status)
        url = f"/api/v1/matters/{matter.number}"
        client = world.client(who)
        assert "ask" in client.get(url).json()["next_steps"]
        assert client.post(f"{url}/ask", {"text": "几楼？", "days": 2}, **said).json()["status"] == status
        assert {"answer", "resume"} <= set(client.get(url).json()["next_steps"])
        answered = world.client().post(f"{url}/answer", {"text": "四楼", "query_code": matter.query_code}, **said)
        assert (answered.status_code, answered.json()["status"]) == (200, status)
    wrong = world.matter(to="completed")
    refused = world.client("property_staff").post(f"/api/v1/matters/{wrong.number}/ask", {"text": "几楼？"}, **said)
    assert refused.json()["allowed"] == ["accepted", "dispatched", "in_progress", "submitted"]


def test_kept_answers_are_written_once_and_offered_at_their_step(
    world: World, sign_in: Callable[[str], Client]
) -> None:
    secretary = sign_in("secretary")
    said = {
        "title": "漏水修好",
        "occasion": "feed_back",
        "place": HOME,
        "category": "property",
        "text": "{number}已修好",
    }
    wrong = secretary.post("/desk/templates/", said | {"text": "{phone}"})
    assert wrong.status_code == 422
    assert "没有这样的占位符" in page(wrong)
    assert secretary.post("/desk/templates/", said).status_code == 302
    matter = world.matter(to="completed")
    assert f"{matter.number}已修好" in page(secretary.get(f"/desk/matters/{matter.number}/"))
    kept = AnswerTemplate.objects.get()
    assert "漏水修好" in page(secretary.get("/desk/templates/"))
    secretary.post("/desk/templates/", said | {"edit": str(kept.pk), "title": "渗漏修好"})
    assert AnswerTemplate.objects.get().title == "渗漏修好"
    assert sign_in("far_secretary").post(f"/desk/templates/{kept.pk}/retire/").status_code == 404
    assert "渗漏修好" not in page(sign_in("far_secretary").get("/desk/templates/"))
    assert secretary.post(f"/desk/templates/{kept.pk}/retire/").status_code == 302
    assert "渗漏修好" not in page(secretary.get("/desk/templates/"))
    assert secretary.get("/desk/templates/?edit=nonsense").status_code == 200


def test_calls_are_noted_and_reopen_what_is_not_settled(world: World, sign_in: Callable[[str], Client]) -> None:
    matter = world.matter(to="fed_back", contact_phone="13812345678")
    secretary = sign_in("secretary")
    listed = page(secretary.get("/desk/call-backs/"))
    assert matter.number in listed
    assert "13812345678" not in listed
    address = f"/desk/matters/{matter.number}/call-back/"
    assert "请选择回访结果" in page(secretary.post(address, {"result": "x"}, follow=True))
    secretary.post(address, {"result": "unsettled", "note": "昨晚又漏了", "reopens": "1"})
    assert Matter.objects.get(pk=matter.pk).status == "accepted"
    assert CallBack.objects.get().note == "昨晚又漏了"
    assert matter.number not in page(secretary.get("/desk/call-backs/"))
    assert sign_in("far_secretary").post(address, {"result": "settled"}).status_code == 404


def test_a_rating_with_reasons_is_answered(world: World, sign_in: Callable[[str], Client]) -> None:
    load_reasons([ReasonRow("slow", "拖得久", "Slow", False)])
    matter = world.matter(to="fed_back")
    resident = Client()
    resident.post("/track/", {"number": matter.number, "code": matter.query_code})
    track = f"/track/{matter.number}/"
    assert "拖得久" in page(resident.get(track))
    assert resident.post(f"{track}rate/", {"stars": "2", "reasons": ["slow"]}).status_code == 303
    secretary = sign_in("secretary")
    shown = page(secretary.get(f"/desk/matters/{matter.number}/"))
    assert "拖得久" in shown
    assert "回复这次评价" in shown
    secretary.post(f"/desk/matters/{matter.number}/rating-reply/", {"reply": "让您久等了，已约谈物业。"})
    assert "让您久等了，已约谈物业。" in page(resident.get(track))


def test_the_list_of_calls_costs_the_same_whatever_its_length(world: World, sign_in: Callable[[str], Client]) -> None:
    def statements(client: Client) -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/desk/call-backs/")
        return len(asked)

    client = sign_in("secretary")
    world.matter(to="fed_back", contact_phone="13812345670")
    statements(client)
    few = statements(client)
    for n in range(5):
        world.matter(to="fed_back", contact_phone=f"1381234567{n + 1}")
    assert statements(client) == few <= 4 + 2  # session, user, roles, messages; the rows and the names of their places


def test_the_api_asks_and_answers(world: World) -> None:
    matter = world.matter(to="in_progress")
    said = {"content_type": "application/json"}
    url = f"/api/v1/matters/{matter.number}"
    asked = world.client("property_staff").post(f"{url}/ask", {"text": "几楼？", "days": 2}, **said)
    assert asked.status_code == 200
    assert world.client("property_staff").post(f"{url}/ask", {"text": "几楼？", "days": 99}, **said).status_code == 422
    answered = world.client().post(f"{url}/answer", {"text": "四楼", "query_code": matter.query_code}, **said)
    assert answered.status_code == 200
    assert world.client().post(f"{url}/answer", {"text": "四楼", "query_code": "wrong"}, **said).status_code == 404
