"""Stations on the desk: entered, changed and found by those in charge, and by nobody of another place."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from pingzhan.stations.models import Room, Station
from tests.factories.stations import furnish
from tests.factories.world import FAR, HOME, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _then(world: World) -> Any:
    with time_machine.travel(world.at + timedelta(hours=1), tick=False):
        yield


def enter(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.users[name])
    return client


def test_a_station_is_entered_with_its_first_room(world: World) -> None:
    furnish(world)
    client = enter(world, "secretary")
    asked = {"code": f"{HOME}-S9", "name": "源园临时采样点", "level": "point", "temporary": "on", "place": HOME}
    answer = client.post(reverse("desk:station_new"), asked, follow=True)
    assert "源园临时采样点" in answer.content.decode()
    station = Station.objects.get(code=f"{HOME}-S9")
    assert station.temporary
    room = {
        "name": "帐篷",
        "function": "activity_room",
        "capacity": "20",
        "facilities": ["water"],
        "fit": ["rest_stop"],
    }
    answer = client.post(reverse("desk:room_new", args=[station.pk]), room, follow=True)
    assert "帐篷" in answer.content.decode()
    made = Room.objects.get(station=station)
    assert (made.facilities, made.profiles.get().function_id) == (["water"], "rest_stop")
    again = client.post(reverse("desk:room_new", args=[station.pk]), room)
    assert again.status_code == 422
    assert "同名" in again.content.decode()
    client.post(reverse("desk:room", args=[station.pk, made.pk]), {"close": "1"})
    assert not Room.objects.filter(station=station, until__isnull=True).exists()


def test_lists_and_forms_do_not_reach_outside(world: World) -> None:
    made = furnish(world)
    client = enter(world, "secretary")
    page = client.get(reverse("desk:stations")).content.decode()
    assert made[HOME].name in page
    assert made[FAR].name not in page
    assert client.get(reverse("desk:stations"), {"place": FAR}).status_code == 404
    assert client.get(reverse("desk:station", args=[made[FAR].pk])).status_code == 404
    assert client.post(reverse("desk:station_change", args=[made[FAR].pk]), {}).status_code == 404
    assert client.post(reverse("desk:room_new", args=[made[FAR].pk]), {}).status_code == 404
    other = Room.objects.filter(station=made[FAR]).order_by("pk").first()
    assert other is not None
    assert client.post(reverse("desk:room", args=[made[HOME].pk, other.pk]), {}).status_code == 404
    wrong = client.post(reverse("desk:station_new"), {"code": "x", "name": "甲", "level": "point", "place": FAR})
    assert wrong.status_code == 404


def test_somebody_elses_change_is_not_overwritten(world: World) -> None:
    made = furnish(world)
    address = reverse("desk:station_change", args=[made[HOME].pk])
    said = {"name": "新名", "level": "community", "version": "1"}
    assert enter(world, "secretary").post(address, said).status_code == 302
    late = enter(world, "community_staff").post(address, said | {"name": "另一名"})
    assert late.status_code == 412
    assert "没有保存" in late.content.decode()
    assert Station.objects.get(pk=made[HOME].pk).name == "新名"


def test_the_list_takes_a_constant_number_of_statements(world: World, django_assert_max_num_queries: Any) -> None:
    furnish(world)
    client = enter(world, "secretary")
    with django_assert_max_num_queries(22):
        client.get(reverse("desk:stations"))
