"""By the API: the like of a report, following it, suggestions, hot spots, the four firsts, hiding words."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from pingzhan.journal.operations import seal
from pingzhan.matters.firsts_tasks import note_firsts
from pingzhan.matters.models import Following, Matter
from pingzhan.matters.operations.clustering import gather
from tests.factories.world import HOME, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

LEAK = "3号楼楼道漏水，地上都是水，老人走路危险"


def post(client: Client, path: str, **body: Any) -> Any:
    return client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json")


def test_somebody_follows_instead_of_reporting_once_more(world: World) -> None:
    matter = world.report(LEAK, place=f"{HOME}-G001")
    visitor = Client()
    (found,) = post(visitor, "/matters/similar", text="楼道漏水，地上都是水", place=f"{HOME}-G001").json()
    assert found["category_name"] == "房屋渗漏"
    assert matter.number not in json.dumps(found)
    assert matter.title not in json.dumps(found, ensure_ascii=False)
    said = post(visitor, "/matters/follow", token=found["token"], phone="10000000077")
    assert said.json() == {"following": True}
    assert post(visitor, "/matters/follow", token=found["token"], phone="10000000077").json() == {"following": False}
    assert Following.objects.filter(matter=matter).count() == 1
    assert post(visitor, "/matters/follow", token="made-up").status_code == 404
    world.advance(matter, to="archived")
    assert post(visitor, "/matters/follow", token=found["token"]).status_code == 404
    assert post(visitor, "/matters/similar", text="漏水", place=f"{HOME}-G001").json() == []
    assert post(visitor, "/matters/similar", text=LEAK).status_code == 422


def test_who_asks_too_often_is_told_to_wait(world: World, settings: Any) -> None:
    settings.FLOOD_QUERIES_PER_MINUTE = 1
    answers = [post(Client(), "/matters/similar", text=LEAK, place=HOME).status_code for _ in range(3)]
    assert answers == [200, 200, 429]


def test_the_like_of_it_and_what_is_suggested_for_who_dispatches(world: World) -> None:
    first, second = world.report(LEAK, place=f"{HOME}-G001"), world.report(LEAK, place=f"{HOME}-G001")
    staff = world.client("community_staff")
    (row,) = staff.get(f"/api/v1/matters/{second.number}/similar").json()
    assert (row["number"], row["same_grid"]) == (first.number, True)
    said = staff.get(f"/api/v1/matters/{second.number}/suggestions").json()
    assert said["category"]["code"] == "property.leak"
    assert said["category"]["words"] == ["漏水"]
    assert said["category"]["learned"] is False
    assert said["unit"] is None  # nothing was learned yet


def test_words_are_hidden_and_opened_on_record(world: World) -> None:
    matter = world.matter(text="王小明家漏水", to="in_progress")
    staff = world.client("community_staff")
    assert post(staff, f"/matters/{matter.number}/original", purpose="核实").status_code == 404
    assert post(staff, f"/matters/{matter.number}/redact", text="某家漏水", reason="写了姓名").status_code == 200
    assert Matter.objects.get(pk=matter.pk).text == "某家漏水"
    assert post(staff, f"/matters/{matter.number}/original", purpose="核实").json() == {"text": "王小明家漏水"}
    assert post(staff, f"/matters/{matter.number}/original", purpose="").status_code == 422


def test_hot_spots_of_ones_own_area(world: World) -> None:
    made = [world.report(LEAK, place=f"{HOME}-G001", at=world.at + timedelta(minutes=n)) for n in range(3)]
    gather([one.pk for one in made])
    (spot,) = world.client("community_staff").get("/api/v1/clusters").json()["items"]
    assert (spot["size"], spot["growing"], len(spot["days"])) == (3, True, 14)
    assert spot["matters"] == [one.number for one in reversed(made)]
    for name in ("near_secretary", "property_staff", "resident"):
        assert world.client(name).get("/api/v1/clusters").json() == {"items": [], "next": None}


def test_the_four_firsts_by_community(world: World) -> None:
    matter = world.matter(to="in_progress")
    seal(at=world.at)
    note_firsts(world.at)
    (row,) = world.client("secretary").get("/api/v1/firsts?days=7").json()
    assert (row["community"], row["matters"]) == (HOME, 1)
    assert row["firsts"]["first_accepted"]["reached"] == 1
    assert row["firsts"]["first_accepted"]["within"] == 1
    assert world.client("far_secretary").get("/api/v1/firsts").json() == []
    assert world.client("resident").get("/api/v1/firsts").json() == []
    assert matter.number not in json.dumps(row)
