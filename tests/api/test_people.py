"""Offices and coverage by the API."""

import pytest

from pingzhan.people.models import Appointment
from tests.factories.world import HOME

pytestmark = pytest.mark.django_db


def test_offices_of_ones_area(world):
    api = world.client("secretary")
    rows = api.get("/api/v1/appointments", {"role": "grid_worker"}).json()["items"]
    assert [(row["person"]["name"], row["place"], row["kind"], row["until"]) for row in rows] == [
        ("葛网格", f"{HOME}-G001", "full_time", None)
    ]
    assert "phone" not in str(rows)
    Appointment.objects.filter(pk=rows[0]["id"]).update(until=world.at)
    assert api.get("/api/v1/appointments", {"role": "grid_worker"}).json()["items"] == []
    assert len(api.get("/api/v1/appointments", {"role": "grid_worker", "past": "true"}).json()["items"]) == 1


def test_pages_follow_one_another(world):
    api = world.client("command")
    seen, after = [], ""
    while after is not None:
        answer = api.get("/api/v1/appointments", {"limit": 5, **({"after": after} if after else {})}).json()
        seen += [row["id"] for row in answer["items"]]
        after = answer["next"]
    assert len(seen) == len(set(seen)) == Appointment.objects.count()


def test_coverage_with_its_gaps(world):
    api = world.client("secretary")
    found = api.get(f"/api/v1/places/{HOME}/coverage").json()
    figure = next(row for row in found["figures"] if row["post"] == "building.building_leader.online")
    assert figure["covered"] == 0
    assert figure["share"] == 0
    assert {row["code"] for row in found["below"]} == {f"{HOME}-G001", f"{HOME}-G002"}
    gaps = api.get(f"/api/v1/places/{HOME}/coverage", {"post": figure["post"], "limit": 1}).json()["gaps"]
    assert [row["code"] for row in gaps["items"]] == [f"{HOME}-B001"]
    assert gaps["next"]
    assert api.get(f"/api/v1/places/{HOME}/coverage", {"post": "building.king."}).status_code == 404


def test_me_names_my_offices(world):
    me = world.client("grid_worker").get("/api/v1/me").json()
    assert [(row["role"], row["place"]) for row in me["appointments"]] == [("grid_worker", f"{HOME}-G001")]
    assert world.client("resident").get("/api/v1/me").json()["appointments"] == []


def test_units_by_kind(world):
    rows = world.client("secretary").get("/api/v1/units", {"kind": "property"}).json()["items"]
    assert rows
    assert {row["kind"] for row in rows} == {"property"}
