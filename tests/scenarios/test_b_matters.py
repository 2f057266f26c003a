"""B. Matters: the eight-step loop, who was asked first, anonymous reports, notices; by the API, then through pages."""

import json
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client

from pingzhan.access.models import User
from pingzhan.matters import operations
from pingzhan.matters.models import Matter
from tests.factories.pictures import picture_base64
from tests.factories.world import HOME, World

pytestmark = [pytest.mark.django_db]

API = "/api/v1"
EIGHT = ["accept", "dispatch", "progress", "supervise", "feed_back", "rate", "publish", "archive"]
PHONE, NAME = "13812345678", "陆建国"


def post(client: Client, address: str, body: dict[str, Any] | None = None, *, want: int = 200, **headers: str) -> Any:
    """Post and answer the JSON; anything but the status wanted fails with what was said."""
    response = client.post(API + address, body or {}, content_type="application/json", headers=headers or None)
    assert response.status_code == want, response.content.decode()
    return response.json()


def get(client: Client, address: str) -> Any:
    response = client.get(API + address)
    assert response.status_code == 200, response.content.decode()
    return response.json()


# --- B1, by the API alone -------------------------------------------------------------------------------------------


def test_B1_the_eight_steps_by_the_api_with_the_names_of_its_own_document(
    world: World, clock: time_machine.Traveller
) -> None:
    resident, secretary, manager = Client(), world.client("secretary"), world.client("property_staff")
    document = get(resident, "/openapi.json")
    assert {f"/api/v1/matters/{{number}}/{step}" for step in EIGHT} <= set(document["paths"])

    lon, lat = world.point()
    reported = post(
        resident,
        "/matters",
        {
            "text": f"3号楼楼道漏水，地上都是水。我是{NAME}，电话{PHONE}",
            "location": {"lon": lon, "lat": lat},
            "contact": {"name": NAME, "phone": PHONE},
            "attachments": [{"content": picture_base64(gps=True)}],
        },
        want=201,
        **{"Idempotency-Key": "my report"},
    )
    number, code = reported["number"], reported["query_code"]
    assert (reported["status"], reported["place"], reported["category"], reported["handler"]) == (
        "submitted", f"{HOME}-G001", "property.leak", f"{HOME}.property",
    )  # fmt: skip
    assert [clock_["kind"] for clock_ in reported["clocks"]] == ["accept"]
    assert reported["mode"] == "peacetime"
    address = f"/matters/{number}"

    def step(client: Client, name: str, body: dict[str, Any] | None = None) -> Any:
        clock.shift(timedelta(minutes=10))
        return post(client, f"{address}/{name}", body, **{"Idempotency-Key": f"{name} {uuid4()}"})

    assert step(secretary, "accept")["status"] == "accepted"
    dispatched = step(secretary, "dispatch")
    assert (dispatched["status"], dispatched["handler"], dispatched["assigned"]) == (
        "dispatched", f"{HOME}.property", True,
    )  # fmt: skip
    assert step(manager, "sign")["status"] == "in_progress"
    assert step(manager, "progress", {"reply": "师傅已上门，正在更换水管。"})["status"] == "in_progress"
    assert step(secretary, "urge", {"note": "请今天办结"})["status"] == "in_progress"
    assert step(manager, "complete", {"result": "已更换老化水管"})["status"] == "completed"
    assert step(secretary, "verify")["status"] == "completed"
    assert step(secretary, "feed_back", {"reply": "水管已更换，请您查看。"})["status"] == "fed_back"
    assert step(resident, "rate", {"stars": 5, "comment": "很快", "query_code": code})["status"] == "rated"
    draft = get(secretary, f"{address}/notice_draft")
    assert PHONE not in json.dumps(draft, ensure_ascii=False)
    assert draft["hidden"]
    published = {"title": "楼道漏水已修复", "text": "居民反映楼道漏水。", "result": "已更换水管。"}
    assert step(secretary, "publish", published)["status"] == "published"
    assert step(secretary, "archive")["status"] == "archived"

    # The sheet, the track, the timeline, the notice, the archive.
    seen = get(resident, f"/public{address}?query_code={code}")
    assert [part["step"] for part in seen["track"]] == EIGHT
    assert {part["state"] for part in seen["track"]} == {"done"}
    items = get(secretary, f"{address}/timeline")["items"]
    assert [item["step"] for item in items] == [
        "report", "accept", "dispatch", "sign", "progress", "urge", "complete", "verify", "feed_back", "rate",
        "publish", "archive",
    ]  # fmt: skip
    assert [item["who"] for item in items[1:4]] == ["沈书记", "沈书记", "吴经理"]
    assert items == sorted(items, key=lambda item: item["at"])
    [notice] = get(resident, "/public/notices")["items"]
    assert notice["number"] == number
    assert notice["result"] == "已更换水管。"
    for personal in (NAME, PHONE, code):
        assert personal not in json.dumps(notice, ensure_ascii=False)
    assert [row["number"] for row in get(secretary, "/matters?status=archived")["items"]] == [number]
    assert {one["state"] for one in get(secretary, address)["clocks"]} <= {"met", "stopped"}


def test_B1_the_same_command_again_takes_effect_once_at_every_step(world: World, clock: time_machine.Traveller) -> None:
    resident, secretary, manager = Client(), world.client("secretary"), world.client("property_staff")
    body = {"text": "3号楼楼道漏水", "place": f"{HOME}-G001"}
    first, again = (post(resident, "/matters", body, want=201, **{"Idempotency-Key": "k"}) for _ in range(2))
    assert first == again
    address = f"/matters/{first['number']}"
    code = first["query_code"]
    notice = {"title": "已修复", "text": "居民反映漏水。", "result": "已更换。"}
    steps: list[tuple[Client, str, dict[str, Any]]] = [
        (secretary, "accept", {}), (secretary, "dispatch", {}), (manager, "sign", {}),
        (manager, "progress", {"note": "已到场"}), (manager, "complete", {"result": "已更换"}),
        (secretary, "feed_back", {"reply": "已更换"}), (resident, "rate", {"stars": 4, "query_code": code}),
        (secretary, "publish", notice), (secretary, "archive", {}),
    ]  # fmt: skip
    for client, name, given in steps:
        sent = [post(client, f"{address}/{name}", given, **{"Idempotency-Key": "k"}) for _ in range(3)]
        assert sent[0] == sent[1] == sent[2]
        clock.shift(timedelta(minutes=1))
    assert len(get(secretary, f"{address}/timeline")["items"]) == 1 + len(steps)
    assert Matter.objects.count() == 1


def test_B1_a_step_out_of_turn_is_refused_with_the_states_that_allow_it(world: World, clock: Any) -> None:
    matter = world.matter(to="accepted")
    refused = post(world.client("secretary"), f"/matters/{matter.number}/feed_back", {"reply": "好了"}, want=409)
    assert refused["allowed"] == ["completed"]
    assert refused["current"] == "accepted"


def test_B1_a_stale_sheet_is_refused(world: World, clock: Any) -> None:
    matter = world.matter()
    secretary = world.client("secretary")
    seen = secretary.get(f"{API}/matters/{matter.number}").headers["ETag"]
    post(world.client("community_staff"), f"/matters/{matter.number}/urge", {"note": "快"}, want=403)
    post(secretary, f"/matters/{matter.number}/supervise", {"note": "今天到场"}, **{"If-Match": seen})
    post(secretary, f"/matters/{matter.number}/accept", {}, want=412, **{"If-Match": seen})


def test_B1_rejection_return_withdrawal_and_merging_end_or_turn_the_way(world: World, clock: Any) -> None:
    resident, secretary, manager = Client(), world.client("secretary"), world.client("property_staff")

    rejected = world.report(text="楼上太吵，住户吵架")
    post(secretary, f"/matters/{rejected.number}/reject", {"reason": "请直接拨打 110"})
    told = get(resident, f"/public/matters/{rejected.number}?query_code={rejected.query_code}")
    assert told["status"] == "rejected"
    assert "请直接拨打 110" in json.dumps(told["timeline"], ensure_ascii=False)

    returned = world.matter(to="dispatched")
    finish = get(secretary, f"/matters/{returned.number}")["clocks"]
    post(manager, f"/matters/{returned.number}/return", {"reason": "屋面属于公共维修"})
    post(secretary, f"/matters/{returned.number}/dispatch", {"unit": "310107.housing"})
    after = {one["kind"]: one["due_at"] for one in get(secretary, f"/matters/{returned.number}")["clocks"]
             if one["state"] == "running"}  # fmt: skip
    before = {one["kind"]: one["due_at"] for one in finish if one["state"] == "running"}
    assert after["finish"] == before["finish"]  # a return never sets the finish clock back

    withdrawn = world.report()
    post(resident, f"/matters/{withdrawn.number}/withdraw", {"query_code": withdrawn.query_code, "reason": "好了"})
    post(secretary, f"/matters/{withdrawn.number}/accept", {}, want=409)

    older, same = world.report(), world.report()
    post(secretary, f"/matters/{same.number}/merge", {"into": older.number})
    assert get(secretary, f"/matters/{same.number}")["merged_into"] == older.number


# --- B11 ------------------------------------------------------------------------------------------------------------


def test_B11_whoever_was_asked_first_answers_for_it_until_somebody_has_taken_over(world: World, clock: Any) -> None:
    """The community's committee: from the report on, through a return, up to the answer."""
    secretary, manager = world.client("secretary"), world.client("property_staff")
    matter = world.report()
    address = f"/matters/{matter.number}"

    def waits() -> bool:
        listed = Client()
        listed.force_login(world.users["secretary"])
        return matter.number[13:] in listed.get("/desk/?mine=1").content.decode()

    assert get(secretary, address)["receiver"] == f"{HOME}.committee"
    assert waits()
    post(secretary, f"{address}/accept")
    post(secretary, f"{address}/dispatch")
    assert not waits()
    post(manager, f"{address}/return", {"reason": "不属于物业"})
    assert waits()  # nobody has taken over: it is theirs again
    post(secretary, f"{address}/dispatch", {"unit": f"{HOME}.property"})
    post(manager, f"{address}/sign")
    post(manager, f"{address}/complete", {"result": "已更换"})
    assert waits()
    assert get(secretary, address)["receiver"] == f"{HOME}.committee"


def test_B11_an_anonymous_report_keeps_nothing_that_could_tell_who(world: World, clock: Any) -> None:
    """Not the account, not the contact, not the address of the connection: in no row of the whole database."""
    user = world.users["resident"]
    signed_in = world.client("resident")
    reported = signed_in.post(
        f"{API}/matters",
        {
            "text": "楼道漏水，物业不管",
            "place": f"{HOME}-G001",
            "anonymous": True,
            "contact": {"name": NAME, "phone": PHONE},
        },
        content_type="application/json",
        REMOTE_ADDR="203.0.113.77",
    ).json()
    page = Client()
    page.force_login(user)
    form = {"text": "楼道又漏水了", "anonymous": "on", "where": "list", "place": f"{HOME}-G001", "contact_name": NAME,
            "contact_phone": PHONE, "key": "anonymous-form-1"}  # fmt: skip
    assert page.post("/report/", form, REMOTE_ADDR="203.0.113.77").status_code == 303

    matters = list(Matter.objects.order_by("id"))
    assert len(matters) == 2
    of_user = {str(user.pk), user.pk.hex, "203.0.113.77", NAME, PHONE}
    for table, rows in everything_in_the_database():
        for row in rows:
            said = "|".join(str(value) for value in row)
            if any(str(matter.pk) in said or matter.pk.hex in said or matter.number in said for matter in matters):
                assert not any(sign in said for sign in of_user), (table, said)
    assert get(signed_in, "/me/matters")["items"] == []

    # The query code alone follows it, urges, rates.
    anybody = Client()
    followed = get(anybody, f"/public/matters/{reported['number']}?query_code={reported['query_code']}")
    assert followed["anonymous"] is True
    assert "urge" in followed["next_steps"]
    post(anybody, f"/matters/{reported['number']}/urge", {"query_code": reported["query_code"]})
    assert get(world.client("secretary"), f"/matters/{reported['number']}")["contact"] is None


def everything_in_the_database() -> list[tuple[str, list[tuple[Any, ...]]]]:
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found.append((table, cursor.fetchall()))
    return found


def test_B11_numbers_and_codes_cannot_be_guessed_one_by_one(world: World, clock: Any, settings: Any) -> None:
    settings.FLOOD_QUERIES_PER_MINUTE = 10
    matter = world.report()
    anybody = Client()
    tried = [f"AAAAAA{first}{second}" for first in "23" for second in "456789"]
    answers = [anybody.get(f"{API}/public/matters/{matter.number}?query_code={code}") for code in tried]
    assert [answer.status_code for answer in answers[:10]] == [404] * 10
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0


# --- B12 ------------------------------------------------------------------------------------------------------------


def test_B12_a_resident_who_is_not_satisfied_reopens_it_and_the_notice_is_taken_down(
    world: World, clock: time_machine.Traveller
) -> None:
    matter = world.matter(to="published")
    clock.move_to(matter.status_at + timedelta(days=2))
    resident, secretary = Client(), world.client("secretary")
    assert len(get(resident, "/public/notices")["items"]) == 1

    reopened = post(resident, f"/matters/{matter.number}/reopen", {"reason": "又漏了", "query_code": matter.query_code})
    assert (reopened["status"], reopened["assigned"]) == ("accepted", False)
    assert get(resident, "/public/notices")["items"] == []
    sheet = get(secretary, f"/matters/{matter.number}")
    assert sheet["reopens"] == 1
    assert "dispatch" in {one["kind"] for one in sheet["clocks"] if one["state"] == "running"}

    # The second round has its own rating and notice.
    matter.refresh_from_db()
    world.advance(matter, to="archived")
    assert len(get(resident, "/public/notices")["items"]) == 1
    assert matter.ratings.count() == 2


def test_B12_without_a_notice_the_archive_has_the_reason(world: World, clock: Any) -> None:
    matter = world.matter(text="邻里争吵，已调解", to="rated")
    secretary = world.client("secretary")
    assert get(secretary, f"/matters/{matter.number}/notice_draft")["publishable"] is False
    post(secretary, f"/matters/{matter.number}/archive", {}, want=422)
    post(secretary, f"/matters/{matter.number}/archive", {"reason": "涉及家庭隐私"})
    assert get(Client(), "/public/notices")["items"] == []
    last = get(secretary, f"/matters/{matter.number}/timeline")["items"][-1]
    assert last["notes"] == ["涉及家庭隐私"]


def test_B12_an_unanswered_rating_lapses_and_no_satisfaction_is_made_up(
    world: World, clock: time_machine.Traveller
) -> None:
    matter = world.matter(to="fed_back")
    operations.lapse_rating(matter=matter, at=matter.status_at + timedelta(days=8))
    seen = get(Client(), f"/public/matters/{matter.number}?query_code={matter.query_code}")
    assert seen["status"] == "rated"
    assert seen["rating"]["stars"] is None


# --- through pages ---------------------------------------------------------------------------------------------------


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def take(client: Client, number: str, step: str, **typed: str) -> None:
    """Fill in the form of a step as the sheet shows it, and send it; the sheet says that it was done."""
    sheet = client.get(f"/desk/matters/{number}/").content.decode()
    form = next(form for form in re.findall(r"<form.*?</form>", sheet, re.DOTALL) if f"/{step}/" in form)
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    sent = client.post(f"/desk/matters/{number}/{step}/", {**hidden, **typed}, follow=True)
    assert sent.status_code == 200, (step, sent.content.decode()[:2000])
    assert sent.redirect_chain, step


def test_B1_the_eight_steps_through_pages_without_scripts(world: World, clock: time_machine.Traveller) -> None:
    resident = Client()
    form = resident.get("/report/").content.decode()
    key = re.search(r'name="key" value="(\w+)"', form)
    assert key
    typed = {"text": "3号楼楼道漏水", "where": "list", "place": f"{HOME}-G001", "key": key[1]}
    sent, again = resident.post("/report/", typed), resident.post("/report/", typed)
    assert sent.status_code == again.status_code == 303
    assert sent.headers["Location"] == again.headers["Location"]
    receipt = resident.get(sent.headers["Location"])
    matter = Matter.objects.get()
    assert matter.number in receipt.content.decode()
    assert matter.query_code in receipt.content.decode()

    secretary, manager = signed_in(world.users["secretary"]), signed_in(world.users["property_staff"])
    number = matter.number
    sent = secretary.post("/desk/bulk/", {"step": "accept_dispatch", "numbers": [number], "list": ""})
    assert sent.status_code == 302
    take(manager, number, "sign")
    take(manager, number, "progress", note="已到场", reply="师傅已上门")
    take(manager, number, "complete", result="已更换水管")
    take(secretary, number, "feed_back", reply="水管已更换")
    page = resident.get(f"/track/{number}/").content.decode()
    assert "水管已更换" in page
    assert "已到场" not in page
    assert resident.post(f"/track/{number}/rate/", {"stars": "5"}).status_code == 303
    take(secretary, number, "publish", title="漏水已修复", text="居民反映漏水。", result="已更换。", approved="1")
    take(secretary, number, "archive")
    matter.refresh_from_db()
    assert matter.status == "archived"
    assert "漏水已修复" in Client().get("/notices/").content.decode()


def test_B12_a_notice_is_not_published_before_a_person_says_that_they_have_read_it(world: World, clock: Any) -> None:
    matter = world.matter(to="rated")
    secretary = signed_in(world.users["secretary"])
    typed = {"title": "漏水已修复", "text": "居民反映漏水。", "result": "已更换。"}
    refused = secretary.post(f"/desk/matters/{matter.number}/publish/", typed)
    assert refused.status_code == 422
    assert "居民反映漏水。" in refused.content.decode()
    matter.refresh_from_db()
    assert matter.status == "rated"


def test_B11_another_browser_is_asked_for_the_code(world: World, clock: Any) -> None:
    matter = world.report()
    assert Client().get(f"/track/{matter.number}/").status_code == 302
    other = Client()
    shown = other.post("/track/", {"number": matter.number.lower(), "code": f" {matter.query_code.lower()} "})
    assert shown.status_code == 303
    assert other.get(f"/track/{matter.number}/").status_code == 200
    other.post("/track/forget/")
    assert other.get(f"/track/{matter.number}/").status_code == 302
