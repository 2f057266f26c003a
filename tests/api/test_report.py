"""Reporting by API: what the contract promises, safely repeated, and nothing kept that could tell who."""

import json
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from pingzhan.access.models import User
from pingzhan.core.models import IdempotencyRecord, Message
from pingzhan.journal.models import Entry
from pingzhan.matters.models import Attachment, Matter
from tests.factories.pictures import picture, picture_base64
from tests.factories.world import FAR, HOME, HOME_STREET, World

URL = "/api/v1/matters"
LEAK = "3号楼楼道漏水，地上都是水"


def report(client: Client, *, key: str = "", **body: Any) -> Any:
    body = {"text": LEAK, **body}
    if not {"location", "place", "address"} & set(body):
        body["place"] = f"{HOME}-G001"
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(URL, json.dumps(body), content_type="application/json", headers=headers)


def test_a_resident_reports_and_everything_finds_itself(world: World) -> None:
    lon, lat = world.point(f"{HOME}-G002")
    answer = report(world.client(), location={"lon": lon, "lat": lat})
    assert answer.status_code == 201
    body = answer.json()
    assert body["number"].startswith(f"{HOME}-20260310-")
    assert body["status"] == "submitted"
    assert body["place"] == f"{HOME}-G002"
    assert (body["category"], body["category_name"]) == ("property.leak", "房屋渗漏")
    assert (body["handler"], body["assigned"]) == (f"{HOME}.property", False)
    assert body["receiver"] == f"{HOME}.committee"
    assert body["mode"] == "peacetime"
    # 10:01 and four working hours, of which none are left out: until 14:01 in Shanghai.
    assert body["clocks"] == [
        {"kind": "accept", "due_at": "2026-03-10T14:01:00+08:00", "state": "running", "unit": None, "overdue": False}
    ]
    assert body["next_steps"] == ["urge", "withdraw"]
    assert answer["ETag"] == '"v1"'
    assert len(body["query_code"]) == 8


@pytest.mark.parametrize(
    ("where", "place"),
    [
        ({"place": f"{HOME}-B001"}, f"{HOME}-B001"),
        ({"place": HOME}, HOME),
        ({"place": "曹杨新村街道源园居委会2号楼"}, f"{HOME}-B002"),
        ({"address": "曹家巷1号楼"}, f"{FAR}-B001"),
        ({"place": HOME_STREET, "address": "桥头"}, HOME_STREET),
        ({"location": {"lon": 121.405, "lat": 31.245}, "address": "东门"}, f"{HOME}-G001"),
    ],
)
def test_a_place_is_a_point_a_code_or_an_address(world: World, where: dict[str, Any], place: str) -> None:
    body = report(world.client(), **where).json()
    assert body["place"] == place
    assert Matter.objects.get().address == where.get("address", where.get("place") if "新村" in str(where) else "")


@pytest.mark.parametrize(
    ("body", "loc"),
    [
        ({"text": "   "}, ["body", "text"]),
        ({"location": {"lon": 120.0, "lat": 31.245}}, ["body", "location"]),
        ({"place": "310107999999"}, ["body", "place"]),
        ({"category": "property"}, ["body", "category"]),
        ({"category": "nothing.such"}, ["body", "category"]),
        ({"urgency": "very"}, ["body", "urgency"]),
        ({"contact": {"phone": "12"}}, ["body", "contact"]),
        ({"catgory": "property.leak"}, ["body", "catgory"]),
        ({"anonymous": "yes"}, ["body", "anonymous"]),
        ({"location": {"lon": "121.4", "lat": 31.2}}, ["body", "location", "lon"]),
        ({"attachments": [{"content": "@@"}]}, ["body", "attachments", 0, "content"]),
    ],
)
def test_bad_fields_are_named(world: World, body: dict[str, Any], loc: list[Any]) -> None:
    answer = report(world.client(), **body)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == 422
    assert [error["loc"] for error in problem["errors"]] == [loc]
    assert problem["errors"][0]["msg"]
    assert not Matter.objects.exists()


def test_an_address_that_fits_several_places_lists_them(world: World) -> None:
    answer = report(world.client(), address="1号楼")
    assert answer.status_code == 422
    codes = {error["code"] for error in answer.json()["errors"]}
    # And, for whoever means none of them, the area where a person sets it right.
    assert codes == {f"{community}-B001" for community in (HOME, "310107005003", FAR, "310107014002")} | {"310107"}


def test_danger_to_life_shows_whom_to_call(world: World) -> None:
    assert report(world.client()).json()["call_first"] == []
    body = report(world.client(), text="1号楼冒烟了，有人被困").json()
    assert [number["number"] for number in body["call_first"]] == ["110", "119", "120"]
    assert body["urgency"] == "critical"


def test_the_same_key_reports_once(world: World) -> None:
    key = str(uuid.uuid4())
    first = report(world.client(), key=key)
    again = report(world.client(), key=key)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert again["ETag"] == first["ETag"]
    assert Matter.objects.count() == 1

    other = report(world.client(), key=key, text="另一件事，没有路灯")
    assert other.status_code == 409
    assert other.json()["type"].endswith("/key-reused")
    assert Matter.objects.count() == 1


def test_the_order_of_members_and_the_boundary_of_a_form_do_not_make_it_another_body(world: World) -> None:
    client, key = world.client(), "k1"
    headers = {"Idempotency-Key": key}
    place = f"{HOME}-G001"
    first = client.post(
        URL, f'{{"text": "{LEAK}", "place": "{place}"}}', content_type="application/json", headers=headers
    )
    again = client.post(URL, f'{{"place":"{place}","text":"{LEAK}"}}', content_type="application/json", headers=headers)
    assert again.json() == first.json()

    def with_picture(colour: str) -> Any:
        upload = SimpleUploadedFile("a.jpg", picture(colour=colour), "image/jpeg")
        form = {"data": json.dumps({"text": LEAK, "place": place}), "attachments": upload}
        return client.post(URL, form, headers={"Idempotency-Key": "k2"})

    first, again, other = with_picture("red"), with_picture("red"), with_picture("blue")
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 409)
    assert again.json() == first.json()
    assert Matter.objects.count() == 2


def test_a_failed_command_may_be_repeated_with_its_key(world: World) -> None:
    assert report(world.client(), key="k", place="310107999999").status_code == 422
    assert report(world.client(), key="k").status_code == 201


def test_keys_of_different_people_are_apart(world: World) -> None:
    first = report(world.client("resident"), key="k").json()
    second = report(world.client("other_resident"), key="k").json()
    assert first["number"] != second["number"]


def test_pictures_come_as_files_or_inside_of_the_json(world: World) -> None:
    client = world.client()
    files = [
        SimpleUploadedFile(f"{n}.jpg", picture(colour=c, gps=True), "image/jpeg") for n, c in enumerate(("red", "blue"))
    ]
    form = client.post(URL, {"data": json.dumps({"text": LEAK, "place": HOME}), "attachments": files})
    assert form.status_code == 201
    inside = report(client, attachments=[{"content": picture_base64(kind="PNG")}])
    assert inside.status_code == 201
    assert Attachment.objects.filter(step="report").count() == 3

    number, code = form.json()["number"], form.json()["query_code"]
    sheet = client.get(f"/api/v1/public/matters/{number}", {"query_code": code}).json()
    assert len(sheet["attachments"]) == 2
    shown = client.get(sheet["attachments"][0]["url"], {"query_code": code})
    assert shown.status_code == 200
    assert shown["Content-Type"] == "image/jpeg"
    assert b"A telephone" not in shown.content
    thumbnail = client.get(sheet["attachments"][0]["thumbnail"] + f"&query_code={code}")
    assert thumbnail.status_code == 200


@pytest.mark.parametrize("content", [b"", b"no picture", b"GIF89a" + b"\x00" * 40, picture()[:200]])
def test_what_is_no_picture_is_refused_whatever_it_calls_itself(world: World, content: bytes) -> None:
    upload = SimpleUploadedFile("a.jpg", content, "image/jpeg")
    answer = world.client().post(URL, {"data": json.dumps({"text": LEAK, "place": HOME}), "attachments": upload})
    assert answer.status_code == 422
    assert not Matter.objects.exists()


def test_too_many_pictures_are_refused(world: World) -> None:
    files = [SimpleUploadedFile(f"{n}.jpg", picture(), "image/jpeg") for n in range(7)]
    answer = world.client().post(URL, {"data": json.dumps({"text": LEAK, "place": HOME}), "attachments": files})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == ["body", "attachments"]


def test_an_anonymous_report_of_somebody_signed_in_keeps_nothing_of_them(world: World) -> None:
    user = world.users["resident"]
    known = set(Message.objects.values_list("pk", flat=True))
    contact = {"name": "陆居民", "phone": "10000000001"}
    body = report(world.client("resident"), key="a-key", anonymous=True, contact=contact).json()
    matter = Matter.objects.get()
    assert (matter.reporter_id, matter.contact_index) == (None, None)
    assert not matter.contact_name
    assert not matter.contact_phone
    entry = Entry.objects.get(subject_id=matter.pk)
    assert (entry.actor_id, entry.actor_name, entry.actor_kind) == (None, "", "anonymous")
    assert str(user.pk) not in json.dumps(entry.data)
    assert set(Message.objects.values_list("pk", flat=True)) == known
    # The key is kept as that of anybody: with it nobody can try out whose it was.
    assert IdempotencyRecord.objects.count() == 1
    assert report(world.client(), key="a-key", anonymous=True, contact=contact).json() == body
    assert world.client("resident").get("/api/v1/me/matters").json()["items"] == []
    # With the code it can be followed all the same.
    assert body["next_steps"] == ["urge", "withdraw"]
    url = f"/api/v1/public/matters/{body['number']}"
    assert world.client().get(url, {"query_code": body["query_code"]}).status_code == 200


def test_who_is_signed_in_finds_their_report_again(world: World) -> None:
    body = report(world.client("resident"), contact={"name": "陆居民", "phone": "100 0000 0001"}).json()
    client = world.client("resident")
    assert [row["number"] for row in client.get("/api/v1/me/matters").json()["items"]] == [body["number"]]
    sheet = client.get(f"/api/v1/matters/{body['number']}").json()
    assert sheet["query_code"] == body["query_code"]
    assert sheet["contact"] == {"name": "陆**", "phone": "100****0001"}
    assert sheet["next_steps"] == ["urge", "withdraw"]
    assert world.client("other_resident").get(f"/api/v1/matters/{body['number']}").status_code == 404


def test_reports_of_one_address_are_limited_but_not_those_of_staff(world: World, settings: Any) -> None:
    settings.FLOOD_REPORTS_PER_MINUTE = 2
    statuses = [report(world.client()).status_code for _ in range(3)]
    assert statuses == [201, 201, 429]
    refused = report(world.client("resident"))
    assert 1 <= int(refused["Retry-After"]) <= 61
    assert refused.json()["type"].endswith("/too-many")
    assert report(world.client("grid_worker"), source="field").status_code == 201
    # Behind a proxy of ours the address is that of the caller.
    settings.TRUSTED_PROXIES = 1
    assert report(world.client(REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.7")).status_code == 201


def test_staff_enter_what_others_told_them_in_their_area_only(world: World) -> None:
    assert report(world.client(), source="desk").status_code == 401
    assert report(world.client("resident"), source="desk").status_code == 403
    assert report(world.client("secretary"), source="desk", place=f"{FAR}-G001").status_code == 403
    body = report(world.client("secretary"), source="desk", contact={"name": "王女士"}).json()
    matter = Matter.objects.get(number=body["number"])
    assert (matter.source, matter.reporter_id) == ("desk", None)
    assert "accept" in body["next_steps"]


def test_a_system_with_a_token_reports_as_itself(world: World) -> None:
    body = report(world.client("resident")).json()
    matter = Matter.objects.get(number=body["number"])
    assert matter.source == "api"
    assert matter.reporter_id == User.objects.get(username="resident").pk
