"""Whistles on the pages: one press from the sheet, the whistler's tracks, answering at the desk and on the phone."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from pingzhan.matters.models import Attachment, Summons, Whistle
from pingzhan.matters.operations import whistle as operations
from pingzhan.matters.operations.call_rules import CallRow, load_call_rules
from pingzhan.matters.whistle_tasks import sweep_whistles
from tests.factories.pictures import upload
from tests.factories.whistles import CALLED, blow, summons
from tests.factories.world import AT, DISTRICT, HOME, World

pytestmark = pytest.mark.django_db
PROPERTY, MANAGEMENT, HOUSING = CALLED


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(AT + timedelta(minutes=5)) as traveller:
        yield traveller


@pytest.fixture
def desk(world: World, clock: time_machine.Traveller) -> Callable[[str], Client]:
    def signed_in(name: str) -> Client:
        client = Client()
        client.force_login(world.users[name])
        return client

    return signed_in


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_an_early_sign_becomes_a_whistle_in_one_press(world: World, desk: Callable[[str], Client]) -> None:
    from pingzhan.access.actors import SYSTEM

    load_call_rules(
        root=world.places[DISTRICT], by=SYSTEM, at=world.at,
        rules=[CallRow("service.other", "community.property"), CallRow("service.other", "street.management")],
    )  # fmt: skip
    matter = world.report("楼道里有股怪味，像煤气")
    secretary = desk("secretary")
    sheet = secretary.get(reverse("desk:sheet", args=[matter.number]))
    assert "叫到现场" in text(sheet)
    calls = [unit["code"] for unit in sheet.context["calls"]]
    assert calls == [PROPERTY, MANAGEMENT]

    answer = secretary.post(
        reverse("desk:blow", args=[matter.number]), {"units": calls, "key": sheet.context["key"]}, follow=True
    )
    whistle = Whistle.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("desk:whistle", args=[whistle.pk])
    assert {row.unit.code for row in Summons.objects.select_related("unit")} == set(calls)
    assert "哨单进行中" in text(secretary.get(reverse("desk:sheet", args=[matter.number])))


def test_units_can_be_chosen_and_what_is_wrong_is_said_with_the_ticks_kept(
    world: World, desk: Callable[[str], Client]
) -> None:
    matter = world.report("楼道里有股怪味")
    secretary, address = desk("secretary"), reverse("desk:blow", args=[matter.number])
    assert "其他单位" in text(secretary.get(address))
    answer = secretary.post(address, {"note": "带检测仪"})
    assert answer.status_code == 422
    assert "请选择 1 至 20 个单位" in text(answer)
    assert "带检测仪" in text(answer)
    assert secretary.post(address, {"units": [HOUSING]}).status_code == 302


def test_the_whistler_sees_who_came_when_and_who_is_late(
    world: World, desk: Callable[[str], Client], clock: time_machine.Traveller
) -> None:
    whistle = blow(world)
    operations.report_up(whistle=whistle, by=world.actor("property_staff"), at=AT + timedelta(minutes=4), note="已疏散")
    clock.move_to(AT + timedelta(minutes=20))
    sweep_whistles(AT + timedelta(minutes=20))
    secretary = desk("secretary")
    page = text(secretary.get(reverse("desk:whistle", args=[whistle.pk])))
    assert "已疏散" in page
    assert "2 个单位逾期" in page
    assert "已告知普陀区城运中心督促" in page
    assert "0/3 已到场" in page
    part = secretary.get(reverse("desk:whistle", args=[whistle.pk]), headers={"HX-Request": "true"})
    assert "<html" not in text(part)
    assert 'hx-trigger="every 10s"' in text(part)
    listed = text(secretary.get(reverse("desk:whistles")))
    assert "2 个单位逾期" in listed


def test_a_unit_checks_in_and_reports_with_a_photo_on_the_phone(world: World, desk: Callable[[str], Client]) -> None:
    whistle = blow(world)
    housing = desk("housing_staff")
    today = text(housing.get(reverse("field:today")))
    assert reverse("field:whistle", args=[whistle.pk]) in today
    page = housing.get(reverse("field:whistle", args=[whistle.pk]))
    assert page.context["own"][0]["answers"][0]["step"] == "check_in"
    key = page.context["key"]
    step = reverse("field:whistle_step", args=[whistle.pk, "check_in"])
    for _ in range(2):  # a dead lift: sent again with the same key
        assert housing.post(step, {"key": key, "unit": HOUSING}).status_code == 303
    assert summons(whistle, HOUSING).state == "checked_in"
    report = reverse("field:whistle_step", args=[whistle.pk, "report"])
    empty = housing.post(report, {"unit": HOUSING})
    assert empty.status_code == 422
    assert "请写下现场或来电了解的情况" in text(empty)
    assert housing.post(report, {"unit": HOUSING, "pictures": [upload()]}).status_code == 303
    assert Attachment.objects.filter(matter=whistle.matter).count() == 1
    picture = Attachment.objects.get(matter=whistle.matter)
    photo = reverse("photo", args=[whistle.matter.number, picture.pk])
    seen = housing.get(photo)
    assert seen.status_code == 200
    list(seen)  # read to its end, a picture's file is closed
    assert desk("near_secretary").get(photo).status_code == 404


def test_when_the_whistle_is_over_its_pages_are_closed_to_summoned_units(
    world: World, desk: Callable[[str], Client]
) -> None:
    whistle = blow(world, units=(HOUSING,))
    housing = desk("housing_staff")
    for step in ("arrive", "leave"):
        answer = housing.post(reverse("desk:whistle_step", args=[whistle.pk, step]), {"unit": HOUSING})
        assert answer.status_code == 302
    assert answer.url == reverse("desk:whistles")
    for name in ("desk:whistle", "field:whistle"):
        assert housing.get(reverse(name, args=[whistle.pk])).status_code == 404
    assert housing.get(reverse("desk:sheet", args=[whistle.matter.number])).status_code == 404
    assert "还没有结束的哨单" in text(housing.get(reverse("desk:whistles") + "?ended=1"))
    assert "各单位均已离场" in text(desk("secretary").get(reverse("desk:whistle", args=[whistle.pk])))


def test_the_whistler_calls_further_releases_and_ends(world: World, desk: Callable[[str], Client]) -> None:
    whistle = blow(world, units=(PROPERTY,))
    secretary = desk("secretary")

    def step(name: str, **said: Any) -> Any:
        return secretary.post(reverse("desk:whistle_step", args=[whistle.pk, name]), said)

    assert step("call", units=[HOUSING, MANAGEMENT]).status_code == 302
    assert step("call", units=[HOUSING]).status_code == 422
    assert step("release", unit=MANAGEMENT).status_code == 302
    assert step("close", note="险情排除").status_code == 302
    assert step("close").status_code == 409
    assert step("nonsense").status_code == 404
    page = text(secretary.get(reverse("desk:whistle", args=[whistle.pk])))
    assert "险情排除" in page
    assert 'hx-trigger="every 10s"' not in page


def test_the_page_of_a_whistle_asks_as_much_for_ten_units_as_for_two(
    world: World, desk: Callable[[str], Client], django_assert_max_num_queries: Callable[..., Any]
) -> None:
    whistle = blow(world, units=tuple(unit for unit in world.units if unit.startswith((HOME, DISTRICT + "."))))
    for name in ("property_staff", "housing_staff", "secretary"):
        operations.check_in(whistle=whistle, by=world.actor(name), at=AT + timedelta(minutes=2))
    secretary, housing = desk("secretary"), desk("housing_staff")
    address = reverse("desk:whistle", args=[whistle.pk])
    secretary.get(address)
    with django_assert_max_num_queries(12):
        secretary.get(address)
    with django_assert_max_num_queries(9):
        housing.get(reverse("desk:whistles"))
