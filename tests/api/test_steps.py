"""The eight steps by API alone: who may, when, in which version, once for each key."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from pingzhan.journal.models import Entry
from pingzhan.matters.choices import Step
from pingzhan.matters.models import Matter
from pingzhan.matters.workflow import TABLE
from tests.api.calls import BODIES
from tests.factories.pictures import picture, picture_base64
from tests.factories.world import FAR, HOME, World

Clock = time_machine.Traveller


def post(
    client: Client, number: str, step: str, *, key: str = "", match: str = "", query: str = "", **body: Any
) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    headers |= {"If-Match": match} if match else {}
    url = f"/api/v1/matters/{number}/{step}{query}"
    return client.post(url, json.dumps(body), content_type="application/json", headers=headers)


def test_the_whole_loop_by_api_alone(world: World) -> None:
    """As issue 2 tells it: a resident, a secretary and a property manager, from the report to the archive."""
    resident, secretary, manager = world.client(), world.client("secretary"), world.client("property_staff")
    reported = resident.post(
        "/api/v1/matters",
        {"text": "2号楼楼道漏水，联系人：王小明，电话 13800001111", "location": {"lon": 121.405, "lat": 31.245}},
        content_type="application/json",
    ).json()
    number, code = reported["number"], reported["query_code"]

    def status() -> str:
        url = f"/api/v1/public/matters/{number}"
        return str(resident.get(url, {"query_code": code}).json()["status"])

    assert [row["number"] for row in secretary.get("/api/v1/matters?status=submitted").json()["items"]] == [number]
    assert post(secretary, number, "accept", note="已联系").json()["status"] == "accepted"
    dispatched = post(secretary, number, "dispatch").json()
    assert (dispatched["status"], dispatched["handler"], dispatched["assigned"]) == (
        "dispatched",
        f"{HOME}.property",
        True,
    )
    assert [row["number"] for row in manager.get("/api/v1/me/today").json()["matters"]["items"]] == [number]
    assert post(manager, number, "sign").json()["status"] == "in_progress"
    form = {
        "data": json.dumps({"note": "配件已订", "reply": "明天上门"}),
        "attachments": SimpleUploadedFile("a.jpg", picture(), "image/jpeg"),
    }
    assert manager.post(f"/api/v1/matters/{number}/progress", form).status_code == 200
    finished = post(manager, number, "complete", result="已更换水管", attachments=[{"content": picture_base64()}])
    assert finished.json()["status"] == "completed"
    assert post(secretary, number, "verify").json()["status"] == "completed"
    assert post(secretary, number, "feed_back", reply="水管换好了，请查看").json()["status"] == "fed_back"
    assert post(resident, number, "rate", stars=5, comment="很快", query_code=code).json()["status"] == "rated"

    draft = secretary.get(f"/api/v1/matters/{number}/notice_draft").json()
    assert "13800001111" not in draft["text"]
    assert "王小明" not in draft["text"]
    assert {"phone", "name"} <= set(draft["hidden"])
    words = {name: draft[name] for name in ("title", "text", "result")}
    assert post(secretary, number, "publish", **words).json()["status"] == "published"
    assert [notice["number"] for notice in resident.get("/api/v1/public/notices").json()["items"]] == [number]
    assert post(secretary, number, "archive").json()["status"] == "archived"
    assert status() == "archived"

    timeline = secretary.get(f"/api/v1/matters/{number}/timeline").json()["items"]
    assert [item["step"] for item in timeline] == [
        "report", "accept", "dispatch", "sign", "progress", "complete", "verify", "feed_back", "rate", "publish",
        "archive",
    ]  # fmt: skip
    assert {item["who"] for item in timeline} == {"", "沈书记", "吴经理"}
    told = resident.get(f"/api/v1/public/matters/{number}", {"query_code": code}).json()["timeline"]
    assert "verify" not in [item["step"] for item in told]
    assert all(not item["notes"] and not item["who"] and item["entry"] is None for item in told)
    assert [reply for item in told for reply in item["replies"]] == ["明天上门", "水管换好了，请查看"]


def taker(step: Step) -> str:
    """Somebody at home with the right to a step on a matter that the property manager handles."""
    return "property_staff" if TABLE[step].by_handler else "secretary"


@pytest.mark.parametrize("step", list(TABLE))
def test_a_step_out_of_its_state_is_refused_and_says_which_states_allow_it(world: World, step: Step) -> None:
    wrong = "archived" if "archived" not in TABLE[step].sources else "in_progress"
    matter = world.matter(to=wrong)
    body = BODIES.get(step, {}) | ({"into": world.report().number} if step == Step.MERGE else {})
    if wrong == "archived":  # nobody is in charge of it any longer than its last unit
        assert matter.handler_id is not None
    answer = post(world.client(taker(step)), matter.number, step, **body)
    assert answer.status_code == 409
    problem = answer.json()
    assert problem["type"].endswith("/state-conflict")
    assert problem["allowed"] == sorted(TABLE[step].sources)
    assert problem["current"] == wrong
    matter.refresh_from_db()
    assert matter.status == wrong


@pytest.mark.parametrize("step", list(TABLE))
def test_a_step_of_others_is_not_there_outside_and_not_allowed_inside(world: World, step: Step) -> None:
    matter = world.matter(to="in_progress")
    body = BODIES.get(step, {}) | ({"into": world.report().number} if step == Step.MERGE else {})
    assert post(world.client("far_secretary"), matter.number, step, **body).status_code == 404
    # Sees all, does nothing but press on.
    expected = {Step.URGE: 200, Step.SUPERVISE: 200, Step.RELEASE: 409}.get(step, 403)
    assert post(world.client("inspector"), matter.number, step, **body).status_code == expected
    assert post(world.client(), matter.number, step, **body).status_code == 401


@pytest.mark.parametrize("step", [step for step in TABLE if step in BODIES])
def test_a_step_without_its_words_is_bad_input(world: World, step: Step) -> None:
    matter = world.matter(
        to=next(iter(sorted(set(TABLE[step].sources) & {"submitted", "in_progress", "fed_back", "rated"})), "completed")
    )
    answer = post(world.client(taker(step)), matter.number, step)
    assert answer.status_code == 422
    assert answer.json()["errors"]
    assert Matter.objects.get(pk=matter.pk).version == matter.version


def test_if_match_lets_only_the_first_of_two_through(world: World) -> None:
    matter = world.report()
    secretary, staff = world.client("secretary"), world.client("community_staff")
    seen = secretary.get(f"/api/v1/matters/{matter.number}")["ETag"]
    first = post(staff, matter.number, "accept", match=seen)
    assert first.status_code == 200
    late = post(secretary, matter.number, "urge", match=seen)
    assert late.status_code == 412
    assert late.json()["type"].endswith("/stale")
    assert post(secretary, matter.number, "urge", match=f'"v0", {first["ETag"]}').status_code == 200
    assert post(secretary, matter.number, "urge", match="*").status_code == 200
    # A weak tag, or none of ours, never matches.
    present = secretary.get(f"/api/v1/matters/{matter.number}")["ETag"]
    assert post(secretary, matter.number, "urge", match=f"W/{present}").status_code == 412
    assert post(secretary, matter.number, "urge", match="v4").status_code == 412


def test_the_same_key_takes_a_step_once(world: World) -> None:
    matter = world.report()
    client = world.client("secretary")
    seen = client.get(f"/api/v1/matters/{matter.number}")["ETag"]
    first = post(client, matter.number, "accept", key="k", match=seen, note="好")
    again = post(client, matter.number, "accept", key="k", match=seen, note="好")
    assert (again.status_code, again.json()) == (200, first.json())
    assert again["Idempotency-Replayed"] == "true"
    assert Entry.objects.filter(subject_id=matter.pk, verb="matter.accept").count() == 1
    assert post(client, matter.number, "accept", key="k", note="另一句").status_code == 409
    # Another step, and another matter, are other commands.
    assert post(client, matter.number, "dispatch", key="k").status_code == 200
    assert post(client, world.report().number, "accept", key="k", note="好").status_code == 200


def test_who_reported_takes_their_steps_by_the_query_code(world: World, clock: Clock) -> None:
    anybody = world.client()
    matter = world.matter(to="fed_back")
    wrong = "2" * 8 if matter.query_code != "2" * 8 else "3" * 8
    assert post(anybody, matter.number, "rate", stars=5, query_code=wrong).status_code == 404
    assert post(anybody, matter.number, "rate", stars=5, query=f"?query_code={wrong}").status_code == 404
    typed = f" {matter.query_code[:4].lower()}-{matter.query_code[4:]}"
    assert post(anybody, matter.number, "rate", stars=1, query_code=typed).status_code == 200
    reopened = post(anybody, matter.number, "reopen", reason="又漏了", query=f"?query_code={matter.query_code}")
    assert (reopened.status_code, reopened.json()["status"]) == (200, "accepted")
    assert post(anybody, matter.number, "urge", query_code=matter.query_code).status_code == 200
    # Not twice a day.
    again = post(anybody, matter.number, "urge", query_code=matter.query_code)
    assert again.status_code == 429
    assert int(again["Retry-After"]) > 3600
    clock.shift(timedelta(days=1))
    assert post(anybody, matter.number, "urge", query_code=matter.query_code).status_code == 200
    assert post(anybody, matter.number, "withdraw", query_code=matter.query_code).json()["status"] == "withdrawn"
    # The code is good for the reporter's steps and for nothing else.
    other = world.report()
    assert post(anybody, other.number, "accept", query=f"?query_code={other.query_code}").status_code == 401


def test_trying_out_codes_is_limited(world: World, settings: Any) -> None:
    settings.FLOOD_QUERIES_PER_MINUTE = 3
    matter = world.report()
    url = f"/api/v1/public/matters/{matter.number}"
    statuses = [world.client().get(url, {"query_code": f"AAAAAAA{n}"}).status_code for n in range(2, 6)]
    assert statuses == [404, 404, 404, 429]
    assert post(world.client(), matter.number, "urge", query_code=matter.query_code).status_code == 429


def test_an_approved_hold_stops_the_finish_clock_and_resuming_adds_the_time(world: World, clock: Clock) -> None:
    matter = world.matter(to="in_progress")
    client = world.client("property_staff")

    def finish(answer: Any) -> dict[str, Any]:
        return next(found for found in answer.json()["clocks"] if found["kind"] == "finish")

    before = finish(client.get(f"/api/v1/matters/{matter.number}"))
    held = post(client, matter.number, "hold", reason="等配件", until="2026-03-12T10:00:00+08:00")
    assert (held.json()["status"], finish(held)["state"]) == ("on_hold", "running")
    assert (held.json()["awaits"], held.json()["waiting"]) == (f"{HOME}.committee", True)
    assert post(client, matter.number, "decide_pause").status_code == 403
    refused = post(world.client("secretary"), matter.number, "decide_pause", until="2026-03-13T10:00:00+08:00")
    assert refused.json()["errors"][0]["loc"] == ["body", "until"]
    approved = post(world.client("secretary"), matter.number, "decide_pause")
    assert (approved.json()["status"], finish(approved)["state"]) == ("on_hold", "paused")
    clock.shift(timedelta(hours=24))
    resumed = finish(post(client, matter.number, "resume"))
    assert resumed["state"] == "running"
    assert resumed["due_at"] > before["due_at"]
    late = post(client, matter.number, "hold", reason="等配件", until="2026-06-12T10:00:00+08:00")
    assert late.json()["errors"][0]["loc"] == ["body", "until"]


def test_a_matter_is_handed_to_a_unit_that_can_have_it(world: World) -> None:
    matter = world.matter(to="accepted")
    client = world.client("secretary")
    units = [unit["code"] for unit in client.get("/api/v1/units", {"matter": matter.number}).json()["items"]]
    assert f"{HOME}.committee" in units
    assert f"{FAR}.committee" not in units
    refused = post(client, matter.number, "dispatch", unit=f"{FAR}.committee")
    assert (refused.status_code, refused.json()["errors"][0]["loc"]) == (422, ["body", "unit"])
    assert post(client, matter.number, "dispatch", unit="310107.housing").json()["handler"] == "310107.housing"
    # Beyond its powers: up to the superior.
    assert post(client, matter.number, "refer", reason="超出权限").json()["handler"] == "310107.operations"


def test_merging_and_splitting(world: World) -> None:
    client = world.client("secretary")
    kept, doubled = world.report(), world.report()
    away = world.report(place=f"{FAR}-G001")
    for into in ("310107005001-20260310-9999", away.number):
        refused = post(client, doubled.number, "merge", into=into)
        assert (refused.status_code, refused.json()["errors"][0]["loc"]) == (422, ["body", "into"])
    assert post(client, doubled.number, "merge", into=kept.number).json()["status"] == "merged"
    sheet = client.get(f"/api/v1/matters/{doubled.number}").json()
    assert sheet["merged_into"] == kept.number

    split = post(client, kept.number, "split", parts=["广场舞太吵", "消防通道被占"]).json()
    assert len(split["parts"]) == 2
    part = client.get(f"/api/v1/matters/{split['parts'][0]}").json()
    assert (part["category"], part["split_from"]) == ("noise.square", kept.number)


def test_setting_right_category_and_place_names_the_right_unit(world: World) -> None:
    matter = world.report()
    client = world.client("secretary")
    fixed = post(
        client, matter.number, "accept", category="noise.square", urgency="urgent", place=f"{HOME}-G002"
    ).json()
    assert (fixed["category"], fixed["urgency"], fixed["place"]) == ("noise.square", "urgent", f"{HOME}-G002")
    assert fixed["handler"] == "310107005.management"
    assert post(client, world.report().number, "accept", place="310107999").status_code == 422
