"""B2. Whistle and check-in: a smell of gas, three units, one late; by the API, with what each may see."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from pingzhan.matters.models import Matter
from pingzhan.matters.whistle_tasks import sweep_whistles
from tests.factories.pictures import picture_base64
from tests.factories.whistles import CALLED, blow
from tests.factories.world import AT, HOME, World

API = "/api/v1"
PROPERTY, MANAGEMENT, HOUSING = CALLED


def post(client: Client, address: str, want: int = 200, **body: Any) -> Any:
    answer = client.post(API + address, json.dumps(body), content_type="application/json")
    assert answer.status_code == want, answer.content.decode()
    return answer.json()


def get(client: Client, address: str, want: int = 200) -> Any:
    answer = client.get(API + address)
    assert answer.status_code == want, answer.content.decode()
    return answer.json()


@pytest.mark.django_db
def test_B2_a_smell_of_gas_with_three_units_one_of_them_late(world: World, clock: time_machine.Traveller) -> None:
    secretary = world.client("secretary")
    manager, office, bureau = (world.client(name) for name in CALLED.values())
    reported = post(
        Client(),
        "/matters",
        201,
        text="楼道里煤气味很重，有老人头晕",
        place=f"{HOME}-G001",
        contact={"phone": "13800001234"},
    )
    number = reported["number"]
    get(bureau, f"/matters/{number}", 404)

    whistle = post(secretary, f"/matters/{number}/whistle", 201, units=list(CALLED), note="在楼下花坛集合，不要开灯")
    address = f"/whistles/{whistle['id']}"
    assert [unit["unit"] for unit in whistle["units"]] == list(CALLED)
    assert post(secretary, f"/matters/{number}/whistle", 409, units=[PROPERTY])["detail"]

    # Each summoned unit sees that matter, and finds the call among its whistles.
    assert get(bureau, f"/matters/{number}")["text"] == "楼道里煤气味很重，有老人头晕"
    assert [row["id"] for row in get(office, "/whistles")["items"]] == [whistle["id"]]
    assert get(bureau, "/matters")["items"] == []

    clock.shift(timedelta(minutes=2))
    seen = post(manager, f"{address}/check_in")
    assert seen["units"][0]["state"] == "checked_in"
    assert post(manager, f"{address}/check_in", 409)["current"] == "checked_in"
    clock.shift(timedelta(minutes=4))
    post(manager, f"{address}/report", note="已断电，正逐户敲门", attachments=[{"content": picture_base64()}])
    post(bureau, f"{address}/report", note="已联系燃气公司")
    post(manager, f"{address}/arrive")

    clock.shift(timedelta(minutes=20))
    sweep_whistles(AT + timedelta(minutes=27))
    late = {unit["unit"]: unit for unit in get(secretary, address)["units"] if unit["late"]}
    assert list(late) == [MANAGEMENT]
    assert late[MANAGEMENT]["clocks"][0]["told"] == "310107005.operations"

    post(office, f"{address}/report", note="刚看到，马上到")
    post(office, f"{address}/arrive")
    post(manager, f"{address}/feed_back", note="阀门已关")
    post(manager, f"{address}/hand_over", to=HOUSING, note="管道检修请房管局跟进")
    post(office, f"{address}/leave")
    post(bureau, f"{address}/arrive")
    ended = post(bureau, f"{address}/leave")
    assert (ended["running"], ended["ending"]) == (False, "all_left")
    assert [clock["state"] for clock in ended["units"][1]["clocks"]][0] == "late"

    # Over: the guests see it no longer, and the matter goes its eight steps.
    for client in (office, bureau):
        get(client, f"/matters/{number}", 404)
        get(client, address, 404)
        assert get(client, "/whistles")["items"] == []
    assert get(secretary, address)["units"][0]["handed_to"] == HOUSING
    matter = Matter.objects.get(number=number)
    assert world.advance(matter, to="archived").status == "archived"


@pytest.mark.django_db(transaction=True)
def test_B2_two_of_one_unit_check_in_at_once(world: World, at_once: Callable[..., list[Any]]) -> None:
    with time_machine.travel(AT + timedelta(minutes=1)):
        whistle = blow(world, units=(f"{HOME}.committee",), at=AT)
        clients = [world.client(name) for name in ("secretary", "community_staff", "grid_worker")]
        address = f"{API}/whistles/{whistle.pk}/check_in"
        answers = at_once(
            *(lambda client=client: client.post(address, {}, content_type="application/json") for client in clients)
        )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert whistle.entries.filter(step="check_in").count() == 1


@pytest.mark.django_db(transaction=True)
def test_B2_two_whistle_for_one_matter_at_once(world: World, at_once: Callable[..., list[Any]]) -> None:
    with time_machine.travel(AT + timedelta(minutes=1)):
        matter = world.report("楼道里有煤气味")
        address = f"{API}/matters/{matter.number}/whistle"
        clients = [world.client(name) for name in ("secretary", "street_staff")]
        answers = at_once(
            *(
                lambda client=client: client.post(address, {"units": [PROPERTY]}, content_type="application/json")
                for client in clients
            )
        )
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert matter.whistles.count() == 1
