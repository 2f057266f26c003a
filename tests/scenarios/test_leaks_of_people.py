"""No unit, person, office or gap outside of one's own area: by list, count, search, page, workbook or figure."""

import io
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from pingzhan.access.actors import SYSTEM
from pingzhan.core.sheets import read_rows
from pingzhan.people.models import Appointment, Person
from pingzhan.people.operations import appoint, create_person
from tests.factories.world import DISTRICT, FAR, FAR_STREET, HOME, NEAR, World

pytestmark = pytest.mark.django_db

NAME, PHONE = "蓝鲸人", "10000055555"
# Who is nosy, and the community that is none of their business.
NOSY = [
    ("secretary", FAR), ("near_secretary", HOME), ("far_street_secretary", HOME), ("street_staff", FAR),
    ("community_staff", NEAR),
]  # fmt: skip


@pytest.fixture(params=NOSY, ids=lambda pair: f"{pair[0]}-{pair[1]}")
def nosy(request: pytest.FixtureRequest, world: World) -> Any:
    name, community = request.param
    building = world.places[f"{community}-B001"]
    person = create_person(name=NAME, phone=PHONE, place=building, by=SYSTEM, at=world.at)
    office = appoint(person=person, role="building_leader", kind="online", place=building, by=SYSTEM, at=world.at)
    client = Client()
    client.force_login(world.users[name])
    with time_machine.travel(world.at + timedelta(hours=1), tick=False):
        yield world, name, community, person, office, client


def test_by_every_page(nosy: Any) -> None:
    world, _name, community, person, office, client = nosy
    unit = world.units[f"{community}.property"]
    for route, arguments in (
        ("desk:person", [person.pk]), ("desk:unit", [unit.pk]), ("desk:person_edit", [person.pk]),
        ("desk:office", [office.pk]), ("desk:unit_edit", [unit.pk]),
    ):  # fmt: skip
        assert client.get(reverse(route, args=arguments)).status_code == 404, route
    for act in ("desk:person_phone", "desk:person_account", "desk:person_appoint"):
        assert client.post(reverse(act, args=[person.pk]), {"purpose": "看看", "act": "link"}).status_code == 404, act
    for words in (NAME, "ljr", PHONE):
        shown = client.get(reverse("desk:persons"), {"q": words}).content.decode()
        assert str(person.pk) not in shown
    for query in ({}, {"place": community}, {"role": "building_leader"}):
        assert NAME not in client.get(reverse("desk:persons"), query).content.decode()
    assert str(unit.pk) not in client.get(reverse("desk:units"), {"place": community}).content.decode()
    for route in ("desk:coverage", "desk:gaps", "desk:fill"):
        query = {"place": f"{community}-B001", "post": "building.building_leader.online"}
        assert client.get(reverse(route), query).status_code == 404, route


def test_by_the_api(nosy: Any) -> None:
    world, name, community, person, _office, _client = nosy
    api = world.client(name)
    for query in ({}, {"role": "building_leader"}, {"past": "true"}):
        said = api.get("/api/v1/appointments", {"limit": 200, **query}).content.decode()
        assert NAME not in said
        assert str(person.pk) not in said
    assert api.get("/api/v1/appointments", {"place": community}).status_code == 404
    assert api.get(f"/api/v1/places/{community}/coverage").status_code == 404


def test_figures_count_nobody_outside(world: World) -> None:
    """A street's figure is the same whatever happens in the next one."""
    api = world.client("street_secretary")
    before = api.get("/api/v1/places/310107005/coverage").json()
    building = world.places[f"{FAR}-B001"]
    person = create_person(name=NAME, phone=PHONE, place=building, by=SYSTEM, at=world.at)
    appoint(person=person, role="building_leader", kind="online", place=building, by=SYSTEM, at=world.at)
    assert api.get("/api/v1/places/310107005/coverage").json() == before
    assert api.get(f"/api/v1/places/{FAR_STREET}/coverage").status_code == 404
    whole = world.client("command").get(f"/api/v1/places/{DISTRICT}/coverage").json()
    assert {row["code"] for row in whole["below"]} == {"310107005", FAR_STREET}


def test_the_workbook_of_leaders_lists_ones_own_buildings(world: World) -> None:
    client = Client()
    client.force_login(world.users["secretary"])
    with time_machine.travel(world.at + timedelta(hours=1), tick=False):
        book = client.get(reverse("desk:leaders_import"), {"template": "1"}).content
    rows = [row["building"] for _number, row in read_rows(io.BytesIO(book), columns={"楼栋编码": "building"})]
    assert rows
    assert all(code.startswith(HOME) for code in rows)


def test_persons_known_elsewhere_can_be_named_but_not_looked_at(world: World) -> None:
    """Who knows name and phone may appoint; what else is on file stays where it is."""
    far = create_person(name=NAME, phone=PHONE, place=world.places[FAR], by=SYSTEM, at=world.at)
    client = Client()
    client.force_login(world.users["secretary"])
    with time_machine.travel(world.at + timedelta(hours=1), tick=False):
        answer = client.post(reverse("desk:person_new"), {"name": NAME, "phone": PHONE, "place": HOME})
    assert answer.url == reverse("desk:persons")
    assert Person.objects.filter(name=NAME).count() == 1
    assert not Appointment.objects.filter(person=far).exists()


def test_a_unit_s_staff_sees_no_persons(world: World) -> None:
    client = Client()
    client.force_login(world.users["property_staff"])
    for route in ("desk:persons", "desk:units", "desk:coverage"):
        assert client.get(reverse(route)).status_code == 404
    assert world.client("property_staff").get("/api/v1/appointments").json()["items"] == []
    assert world.client("resident").get("/api/v1/appointments").json()["items"] == []
