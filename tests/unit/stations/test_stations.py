"""Stations: who may change them, what a room is now, and which room can be what."""

from datetime import timedelta
from typing import Any

import pytest

from pingzhan.access.actors import SYSTEM
from pingzhan.core.errors import Invalid, NotAllowed, Stale
from pingzhan.modes import operations as modes
from pingzhan.modes import queries as in_force
from pingzhan.modes.operations import NewOverlay
from pingzhan.stations import operations, queries
from pingzhan.stations.operations.catalogue import shipped
from tests.factories.stations import furnish
from tests.factories.world import FAR, HOME, NEAR, World

pytestmark = pytest.mark.django_db


def room_called(world: World, place: str, name: str) -> Any:
    station = queries.current_stations().get(code=f"{place}-S1")
    return next(room for room in queries.rooms_of([station.pk]) if room.name == name)


def test_a_room_is_its_own_in_peace_and_what_the_response_says_until_it_ends(world: World) -> None:
    furnish(world)
    room = room_called(world, HOME, "活动室")
    assert queries.functions_in_force([room], at=world.at)[room.pk].kind.code == "activity_room"
    before = list(type(room).objects.order_by("pk").values())
    response = modes.begin(
        plan="传染病", level=2, paths=[world.path(HOME)], until=world.at + timedelta(days=1), by=SYSTEM, at=world.at,
        overlays=[
            NewOverlay("room_function", str(room.pk), world.path(HOME), {"function": "sampling_point", "minutes": 60})
        ],
    )  # fmt: skip
    in_force.forget()
    now = queries.functions_in_force([room], at=world.at)[room.pk]
    assert (now.kind.code, now.minutes, now.mode.plan if now.mode else "") == ("sampling_point", 60, "传染病")
    found, _next = queries.stations_page(function="sampling_point", at=world.at)
    assert [one.station.code for one in found] == [f"{HOME}-S1"]
    modes.end(response=response, by=SYSTEM, at=world.at + timedelta(hours=1))
    in_force.forget()
    later = queries.functions_in_force([room], at=world.at + timedelta(hours=1))
    assert later[room.pk].kind.code == "activity_room"
    assert list(type(room).objects.order_by("pk").values()) == before


def test_the_nearest_comes_first_and_pages_follow_on(world: World) -> None:
    furnish(world)
    lon, lat = world.point(f"{FAR}-G001")
    seen: list[tuple[int, str]] = []
    after = None
    while True:
        found, after = queries.stations_page(near=(lon, lat), at=world.at, after=after, limit=2)
        seen += [(one.metres or 0, one.station.code) for one in found]
        if after is None:
            break
    assert seen == sorted(seen)
    assert len(seen) == len({code for _metres, code in seen}) == 6
    assert FAR in seen[0][1] or seen[0][1].startswith("310107014")
    with pytest.raises(Invalid):
        queries.stations_page(near=(lon, lat), at=world.at, after="x:y")


def test_a_room_without_the_hardware_is_named_with_what_it_lacks(world: World) -> None:
    furnish(world)
    room = room_called(world, HOME, "服务厅")
    operations.find_fit(room=room, functions=["sampling_point"], by=SYSTEM, at=world.at)
    fits = queries.rooms_fit(["sampling_point"], [world.path(HOME)])
    assert list(fits) == ["sampling_point"]
    assert {fit.room.station.place_id for fit in fits["sampling_point"]} == {world.places[HOME].pk}
    assert [(fit.room.name, fit.missing) for fit in fits["sampling_point"]] == [
        ("活动室", []),
        ("服务厅", ["second_door", "ventilation"]),
    ]
    assert queries.rooms_fit(["no_such"], [world.path(HOME)]) == {}


def test_only_those_in_charge_of_the_place_change_its_station(world: World) -> None:
    stations = furnish(world)
    with pytest.raises(NotAllowed):
        operations.change_station(station=stations[HOME], by=world.actor("near_secretary"), at=world.at, phone="1")
    with pytest.raises(NotAllowed):
        operations.add_room(
            station=stations[NEAR], name="新", function="store", by=world.actor("grid_worker"), at=world.at
        )
    changed = operations.change_station(station=stations[HOME], by=world.actor("secretary"), at=world.at, phone="2")
    assert (changed.phone, changed.version) == ("2", 2)
    with pytest.raises(Stale):
        operations.change_station(
            station=stations[HOME], by=world.actor("secretary"), at=world.at, phone="3", version=1
        )


def test_names_and_codes_are_taken_once(world: World) -> None:
    stations = furnish(world)
    secretary = world.actor("secretary")
    with pytest.raises(Invalid, match="同名"):
        operations.add_room(station=stations[HOME], name="活动室", function="store", by=secretary, at=world.at)
    with pytest.raises(Invalid, match="编码"):
        operations.open_station(
            code=f"{HOME}-S1", name="站", level="point", place=world.places[HOME], by=secretary, at=world.at
        )
    operations.close_station(station=stations[HOME], by=secretary, at=world.at)
    assert not queries.current_stations([world.path(HOME)]).exists()


def test_the_catalogue_needs_nothing_that_it_does_not_name() -> None:
    operations.load_functions(by=SYSTEM, at=in_the_year())
    assert operations.load_functions(by=SYSTEM, at=in_the_year()) == len(shipped()["functions"])
    with pytest.raises(Invalid, match="jacuzzi"):
        operations.load_functions(
            by=SYSTEM, at=in_the_year(), catalogue={"functions": [{"code": "x", "name": "甲", "hardware": ["jacuzzi"]}]}
        )


def in_the_year() -> Any:
    from datetime import UTC, datetime

    return datetime(2026, 3, 10, tzinfo=UTC)
