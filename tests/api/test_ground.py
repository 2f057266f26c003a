"""Grids proposed, buildings, homes and workbooks by the API."""

import base64
import io
import json
from uuid import UUID

import pytest

from pingzhan.core.sheets import write_workbook
from pingzhan.places.models import GridProposal, Place
from pingzhan.places.operations import check_workbook, write_workbook_rows
from tests.factories.ground import build
from tests.factories.world import FAR, HOME, HOME_STREET

pytestmark = pytest.mark.django_db


def send(client, method, url, key="", **body):
    headers = {"Idempotency-Key": key} if key else {}
    return client.generic(
        method, f"/api/v1{url}", json.dumps(body), content_type="application/json", headers=headers
    )  # fmt: skip


def test_a_proposal_is_looked_at_adjusted_and_accepted(world):
    build(world, households=40)
    api = world.client("secretary")
    made = send(api, "POST", f"/places/{HOME}/grid-proposals", target=160)
    assert made.status_code == 201
    proposal = made.json()
    standing = {code for grid in proposal["grids"] for code in grid["buildings"]}
    assert standing == set(Place.objects.filter(level="building", code__startswith=HOME).values_list("code", flat=True))
    assert [row["id"] for row in api.get("/api/v1/grid-proposals").json()["items"]] == [proposal["id"]]
    url = f"/grid-proposals/{proposal['id']}"
    first = next(grid for grid in proposal["grids"] if len(grid["buildings"]) > 1)
    corner = first["buildings"][0]
    adjusted = send(api, "POST", f"{url}/adjust", to="new", buildings=[corner]).json()
    assert [grid["buildings"] for grid in adjusted["grids"]][-1] == [corner]
    torn = send(api, "POST", f"{url}/adjust", to="99", buildings=[corner])
    assert (torn.status_code, torn.json()["errors"][0]["loc"]) == (422, ["body", "to"])
    accepted = send(api, "POST", f"{url}/accept", key="k1")
    assert accepted.status_code == 200
    assert accepted.json()["proposal"]["state"] == "accepted"
    assert send(api, "POST", f"{url}/accept", key="k1").json() == accepted.json()
    assert send(api, "POST", f"{url}/accept").status_code == 409
    grids = [row for row in api.get(f"/api/v1/places/{HOME}/children").json()["items"] if row["level"] == "grid"]
    assert len(grids) == len(adjusted["grids"])


def test_a_drawn_area_that_is_none_is_refused_and_stale_ground_is_told(world):
    build(world, households=40)
    api = world.client("secretary")
    proposal = send(api, "POST", f"/places/{HOME}/grid-proposals").json()
    url = f"/grid-proposals/{proposal['id']}"
    for geometry in ({"type": "Point", "coordinates": [1, 2]}, {"type": "Polygon", "coordinates": "x"}, {}):
        refused = send(api, "POST", f"{url}/adjust", to="new", geometry=geometry)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["loc"] == ["body", "geometry"]
    assert send(api, "PATCH", f"/buildings/{HOME}-B011", households=41).status_code == 200
    assert send(api, "POST", f"{url}/accept").status_code == 412
    assert send(api, "POST", f"{url}/reject").json()["state"] == "rejected"


def test_proposals_of_others_are_in_no_list(world):
    path = world.path(FAR)
    GridProposal.objects.create(
        community=world.places[FAR], path=path, kind="new", grids=[], basis="", target=200, created_at=world.at
    )
    assert world.client("secretary").get("/api/v1/grid-proposals").json()["items"] == []
    assert world.client("secretary").get("/api/v1/grid-proposals", {"place": FAR}).status_code == 404
    assert len(world.client("command").get("/api/v1/grid-proposals").json()["items"]) == 1


def test_a_building_is_entered_changed_and_ended(world):
    api = world.client("community_staff")
    lon, lat = world.point()
    made = send(
        api, "POST", f"/places/{HOME}/buildings", key="b", name="9", estate="馨园小区", floors=6, households=24,
        point={"lon": lon, "lat": lat},
    )  # fmt: skip
    assert made.status_code == 201
    building = made.json()
    assert (building["name"], building["estate"]["name"], building["floors"]) == ("馨园小区9号楼", "馨园小区", 6)
    again = send(
        api, "POST", f"/places/{HOME}/buildings", key="b", name="9", estate="馨园小区", floors=6, households=24,
        point={"lon": lon, "lat": lat},
    )  # fmt: skip
    assert again.json() == building
    url = f"/buildings/{building['code']}"
    changed = send(api, "PATCH", url, entrances=2).json()
    assert (changed["entrances"], changed["floors"], changed["estate"]) == (2, 6, building["estate"])
    homes = send(api, "POST", f"{url}/households", rooms="101-103")
    assert [home["name"] for home in homes.json()["created"]] == ["101室", "102室", "103室"]
    assert send(api, "POST", f"{url}/households", rooms="101-103").json()["created"] == []
    assert send(api, "POST", f"{url}/households", rooms="天台").status_code == 422
    listed = api.get(f"/api/v1/places/{HOME}/buildings", {"limit": 200}).json()["items"]
    assert building["code"] in [row["code"] for row in listed]
    assert send(api, "POST", f"{url}/end").json()["until"]
    listed = api.get(f"/api/v1/places/{HOME}/buildings", {"limit": 200}).json()["items"]
    assert building["code"] not in [row["code"] for row in listed]
    assert send(api, "PATCH", url, entrances=3).status_code == 404


def test_a_workbook_is_checked_then_written_and_its_bad_rows_are_named(world):
    api = world.client("secretary")
    rows = [(HOME, f"{number}号楼", 6) for number in range(20, 25)]
    rows += [(HOME, "30号楼", 999), ("火星居委会", "1号楼", 6)]
    book = write_workbook("楼栋", ["居村", "楼栋", "层数"], rows)
    sent = send(
        api, "POST", "/imports", key="w", kind="buildings", name="楼栋.xlsx", content=base64.b64encode(book).decode()
    )
    assert sent.status_code == 201
    assert sent.json()["state"] == "checking"
    url = f"/imports/{sent.json()['id']}"
    actor = world.actor("secretary")
    check_workbook(import_id=UUID(sent.json()["id"]), by=actor, at=world.at)
    checked = api.get(f"/api/v1{url}").json()
    assert (checked["state"], checked["created"], checked["errors"]) == ("checked", 5, 2)
    errors = api.get(f"/api/v1{url}/errors").json()
    assert [row["row"] for row in errors] == [8, 9]
    assert all(row["message"] for row in errors)
    assert not Place.objects.filter(name="20号楼").exists(), "a dry run writes nothing"
    assert send(api, "POST", f"{url}/write").json()["state"] == "writing"
    assert send(api, "POST", f"{url}/write").status_code == 409
    write_workbook_rows(import_id=UUID(sent.json()["id"]), by=actor, at=world.at)
    assert api.get(f"/api/v1{url}").json()["state"] == "written"
    assert Place.objects.filter(name="20号楼", path__startswith=world.path(HOME)).count() == 1
    assert [row["id"] for row in api.get("/api/v1/imports").json()["items"]] == [sent.json()["id"]]


def test_a_workbook_may_come_as_a_form_and_must_be_one(world):
    api = world.client("secretary")
    book = io.BytesIO(f"居村,楼栋\n{HOME},40号楼\n".encode())
    book.name = "a.csv"
    sent = api.post("/api/v1/imports", {"data": json.dumps({"kind": "buildings"}), "attachments": book})
    assert sent.status_code == 201
    assert send(api, "POST", f"/imports/{sent.json()['id']}/drop").status_code == 409, "it is still being checked"
    for content in ("", "??", base64.b64encode(b"\x00\x01").decode()):
        assert send(api, "POST", "/imports", kind="buildings", content=content).status_code == 422


def test_only_a_community_gets_grids(world):
    api = world.client("street_secretary")
    assert send(api, "POST", f"/places/{HOME}/grid-proposals").status_code == 201
    for code in (HOME_STREET, f"{HOME}-G001", f"{HOME}-B001"):
        assert send(api, "POST", f"/places/{code}/grid-proposals").status_code == 404
