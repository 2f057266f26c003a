"""Places by API: the tree for everybody, households for those whose work it is, points, the mode in force."""

from datetime import timedelta
from typing import Any

import pytest

from pingzhan.modes import queries as modes_in_force
from pingzhan.modes.models import Participant, Response, ResponsePlace
from tests.factories.world import AT, DISTRICT, FAR_STREET, HOME, HOME_STREET, World

MATTERS = "/api/v1/matters"


def test_places_and_who_is_responsible(world: World) -> None:
    anybody = world.client()
    place = anybody.get(f"/api/v1/places/{HOME}").json()
    assert (place["name"], place["level"], place["parent"]) == ("源园居委会", "community", HOME_STREET)
    assert place["heads"] == [{"name": "沈书记", "role": "community_secretary"}]
    assert place["path"] == f"{DISTRICT}/{HOME_STREET}/{HOME}/"
    children = anybody.get(f"/api/v1/places/{HOME}/children").json()
    assert [child["code"] for child in children["items"]] == [f"{HOME}-G001", f"{HOME}-G002"]
    first = anybody.get(f"/api/v1/places/{HOME}/children", {"limit": 1}).json()
    second = anybody.get(f"/api/v1/places/{HOME}/children", {"limit": 1, "after": first["next"]}).json()
    assert [child["code"] for child in second["items"]] == [f"{HOME}-G002"]
    assert anybody.get("/api/v1/places/310107999").status_code == 404


def test_households_are_shown_to_those_whose_work_it_is(world: World) -> None:
    building, household = f"{HOME}-B001", f"{HOME}-B001-H0101"
    for name, status in {
        "": 404,
        "resident": 404,
        "far_secretary": 404,
        "secretary": 200,
        "building_leader": 200,
    }.items():
        assert world.client(name).get(f"/api/v1/places/{household}").status_code == status
        assert world.client(name).get(f"/api/v1/places/{building}/children").status_code == status


@pytest.mark.parametrize(
    ("lon", "lat", "grid"),
    [
        (121.405, 31.245, f"{HOME}-G001"),
        (121.41, 31.245, f"{HOME}-G001"),  # on the edge of two: the lower code, always
        (121.415, 31.245, f"{HOME}-G002"),
        (121.435, 31.255, "310107014002-G002"),
    ],
)
def test_a_point_lies_in_one_grid(world: World, lon: float, lat: float, grid: str) -> None:
    chain = world.client().get("/api/v1/places/locate", {"lon": lon, "lat": lat}).json()["chain"]
    assert [place["level"] for place in chain] == ["district", "street", "community", "grid"]
    assert chain[-1]["code"] == grid


def test_a_point_outside_is_not_found_and_no_point_is_bad_input(world: World) -> None:
    get = world.client().get
    assert get("/api/v1/places/locate", {"lon": 121.3, "lat": 31.2}).status_code == 404
    for lon, lat in (("nan", 1), ("inf", 1), (181, 1), (1, -91), ("", 1), ("x", 1), ("1e400", 1)):
        assert get("/api/v1/places/locate", {"lon": lon, "lat": lat}).status_code == 422


def test_the_mode_in_force_is_shown_and_exercises_to_who_takes_part(world: World) -> None:
    def respond(path: str, *, level: int, exercise: bool = False) -> None:
        response = Response.objects.create(
            plan="防汛", level=level, exercise=exercise, since=AT, until=AT + timedelta(days=1)
        )
        ResponsePlace.objects.create(response=response, path=path)
        if exercise:
            Participant.objects.create(response=response, user_id=world.users["secretary"].pk)
        modes_in_force.forget()

    respond(world.path(HOME_STREET), level=3)
    respond(world.path(HOME), level=2)
    respond(world.path(FAR_STREET), level=1, exercise=True)

    def modes(name: str) -> dict[str, tuple[str, Any]]:
        rows = world.client(name).get(f"/api/v1/places/{DISTRICT}/children").json()["items"]
        rows.append(world.client(name).get(f"/api/v1/places/{HOME}").json())
        return {row["code"]: (row["mode"], (row["response"] or {}).get("level")) for row in rows}

    public = {HOME_STREET: ("emergency", 3), HOME: ("emergency", 2), FAR_STREET: ("peacetime", None)}
    assert modes("") == public
    assert modes("grid_worker") == public
    assert modes("secretary") == public | {FAR_STREET: ("exercise", 1)}
    answer = world.client().post(MATTERS, {"text": "漏水", "place": HOME}, content_type="application/json")
    assert answer.json()["mode"] == "emergency"
