"""Stations by API: lists, filters, distance, rooms and what they serve as now."""

from datetime import timedelta
from typing import Any

import pytest

from pingzhan.access.actors import SYSTEM
from pingzhan.modes import operations as modes
from pingzhan.modes import queries as in_force
from pingzhan.modes.operations import NewOverlay
from tests.factories.stations import furnish
from tests.factories.world import HOME, HOME_STREET, World

STATIONS = "/api/v1/stations"


def test_anybody_finds_a_station_and_its_rooms(world: World) -> None:
    made = furnish(world)
    get = world.client().get
    listed = get(STATIONS, {"place": HOME_STREET}).json()["items"]
    assert {row["code"] for row in listed} == {f"{HOME_STREET}-S1", f"{HOME}-S1", "310107005003-S1"}
    nearest = get(STATIONS, {"near": "121.405,31.245", "limit": 1}).json()
    assert nearest["items"][0]["metres"] is not None
    assert nearest["next"]
    rooms = get(f"{STATIONS}/{made[HOME].pk}/rooms").json()["items"]
    room = next(row for row in rooms if row["name"] == "活动室")
    assert room["function"]["code"] == room["base_function"]["code"] == "activity_room"
    assert {fit["code"] for fit in room["fit_for"]} == {"sampling_point", "shelter"}
    assert get(f"{STATIONS}/{made[HOME].pk}").json()["code"] == f"{HOME}-S1"
    assert get(STATIONS, {"function": "sampling_point"}).json()["items"] == []
    modes.begin(
        plan="传染病", level=2, paths=[world.path(HOME)], until=world.at + timedelta(days=3650), by=SYSTEM, at=world.at,
        overlays=[NewOverlay("room_function", room["id"], world.path(HOME), {"function": "sampling_point"})],
    )  # fmt: skip
    in_force.forget()
    [row] = get(STATIONS, {"function": "sampling_point"}).json()["items"]
    assert row["code"] == f"{HOME}-S1"
    rooms = get(f"{STATIONS}/{made[HOME].pk}/rooms").json()["items"]
    room = next(row for row in rooms if row["name"] == "活动室")
    assert (room["function"]["code"], room["base_function"]["code"]) == ("sampling_point", "activity_room")
    assert room["response"]["level"] == 2


@pytest.mark.parametrize("near", ["x", "1", "121,95", "1e3,1", "121.4;31.2", "181,1"])
def test_no_point_is_bad_input(world: World, near: str) -> None:
    assert world.client().get(STATIONS, {"near": near}).status_code == 422


def test_what_is_not_there_is_404(world: World) -> None:
    get = world.client().get
    assert get(STATIONS, {"place": "999"}).status_code == 404
    assert get(f"{STATIONS}/0192f5d2-6f3b-7c0e-9a57-2f2f1b1c9a10").status_code == 404
    assert get(f"{STATIONS}/0192f5d2-6f3b-7c0e-9a57-2f2f1b1c9a10/rooms").status_code == 404


def test_a_page_of_stations_takes_few_statements(world: World, django_assert_max_num_queries: Any) -> None:
    furnish(world)
    client = world.client()
    client.get(STATIONS)
    with django_assert_max_num_queries(4):
        assert len(client.get(STATIONS, {"limit": 200}).json()["items"]) == 6
