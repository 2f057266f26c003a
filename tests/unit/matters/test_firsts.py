"""The four firsts: timed from the record, shown on the sheet, figured per community; settling on the spot."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from pingzhan.access.actors import SYSTEM
from pingzhan.core.errors import Invalid, NotAllowed
from pingzhan.journal.operations import seal
from pingzhan.matters import operations
from pingzhan.matters.choices import Basis, Source
from pingzhan.matters.firsts import First, reached, targets
from pingzhan.matters.firsts_tasks import note_firsts
from pingzhan.matters.models import Matter
from pingzhan.matters.operations import Location
from pingzhan.matters.operations import whistle as whistling
from pingzhan.matters.operations.settle import settle_on_spot
from pingzhan.matters.queries.firsts import firsts_by_community, firsts_of
from pingzhan.matters.rules import Allowance
from tests.factories.pictures import upload
from tests.factories.whistles import blow
from tests.factories.world import AT, FAR, HOME, NEAR, World

pytestmark = pytest.mark.django_db


def read() -> None:
    seal(at=AT + timedelta(days=30))
    note_firsts(AT + timedelta(days=30))


def seconds(matter: Matter) -> dict[First, int | None]:
    read()
    return {one.first: one.seconds for one in firsts_of(matter)}


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def test_they_are_timed_from_the_record(world: World) -> None:
    matter = world.report()
    assert seconds(matter)[First.CALMED] is None
    secretary, manager = world.actor("secretary"), world.actor("property_staff")
    operations.accept(matter=matter, by=secretary, at=AT + minutes(5))
    operations.dispatch(matter=matter, by=secretary, at=AT + minutes(6))
    operations.sign(matter=matter, by=manager, at=AT + minutes(7))
    operations.progress(matter=matter, by=manager, at=AT + minutes(8), note="在路上")  # among staff: calms nobody
    assert seconds(matter)[First.CALMED] is None
    operations.progress(matter=matter, by=manager, at=AT + minutes(9), reply="师傅十点到")
    operations.complete(matter=matter, by=manager, at=AT + minutes(90), result="修好了")
    operations.verify(matter=matter, by=secretary, at=AT + minutes(95), ok=False, note="还漏")
    operations.complete(matter=matter, by=manager, at=AT + minutes(200), result="又修了")
    assert seconds(matter) == {
        First.FOUND: 0, First.CALMED: 9 * 60, First.ACCEPTED: 5 * 60, First.SETTLED: 90 * 60,
    }  # fmt: skip


def test_a_call_or_a_unit_on_the_spot_calms(world: World) -> None:
    called = world.report(contact_phone="13800001234")
    operations.open_contact(matter=called, purpose="核实", by=world.actor("secretary"), at=AT + minutes(3))
    whistle = blow(world)
    whistling.arrive(whistle=whistle, by=world.actor("property_staff"), at=AT + minutes(12))
    assert seconds(called)[First.CALMED] == 180
    assert seconds(whistle.matter)[First.CALMED] == 12 * 60


def test_the_targets_are_data() -> None:
    assert targets([])[First.CALMED] == 30 * 60
    assert targets([Allowance(First.CALMED, Basis.CALENDAR, minutes=5)])[First.CALMED] == 300
    assert reached("matter.sign", {}) == ()


def test_settled_on_the_spot_in_one_press(world: World) -> None:
    matter = settle_on_spot(
        text="楼道堆物堵了门", location=Location(code=f"{HOME}-G001"), result="与住户一起清掉了",
        by=world.actor("grid_worker"), at=AT + minutes(1),
    )  # fmt: skip
    assert (matter.status, matter.source) == ("completed", Source.FIELD)
    assert matter.handler is not None
    assert matter.handler.code == f"{HOME}.committee"
    assert seconds(matter) == dict.fromkeys(First, 0)
    assert firsts_of(matter)[0].by_staff
    assert world.advance(matter, to="archived").status == "archived"


@pytest.mark.parametrize("name", ["building_leader", "near_grid_worker", "resident"])
def test_only_who_handles_matters_there_settles_them(world: World, name: str) -> None:
    with pytest.raises(NotAllowed):
        settle_on_spot(text="堆物", location=Location(code=f"{HOME}-B001"), result="清了", by=world.actor(name), at=AT)
    assert not Matter.objects.exists()


def test_it_says_how(world: World) -> None:
    with pytest.raises(Invalid):
        settle_on_spot(
            text="堆物", location=Location(code=f"{HOME}-G001"), result=" ", by=world.actor("grid_worker"), at=AT
        )


def test_figures_per_community_are_the_median_and_the_share_within_target(
    world: World, django_assert_num_queries: Callable[..., Any]
) -> None:
    for place, waits in ((HOME, (10, 20, 90)), (NEAR, (40, 80)), (FAR, (5,))):
        for wait in waits:
            matter = world.report(place=f"{place}-G001")
            operations.accept(matter=matter, by=SYSTEM, at=AT + minutes(wait))
    world.report(place=f"{HOME}-G001")  # nobody accepted it
    read()
    area = {"since": AT - minutes(1), "until": AT + timedelta(days=1)}
    street = world.actor("street_staff")
    with django_assert_num_queries(5):
        rows = firsts_by_community(street, **area)
    found = {row.community: row.figures[First.ACCEPTED] for row in rows}
    assert {place: (one.reached, one.median, one.within) for place, one in found.items()} == {
        HOME: (3, 20 * 60, 2),
        NEAR: (2, 60 * 60, 1),
    }
    assert [row.community for row in firsts_by_community(world.actor("secretary"), **area)] == [HOME]
    assert firsts_by_community(world.actor("property_staff"), **area) == []
    assert len(firsts_by_community(world.actor("command"), **area)) == 3


def test_the_pages_show_them(world: World) -> None:
    matter = world.matter(to="accepted")
    read()
    client = Client()
    client.force_login(world.users["secretary"])
    with time_machine.travel(AT + timedelta(hours=2)):
        sheet = client.get(reverse("desk:sheet", args=[matter.number])).content.decode()
        figures = client.get(reverse("desk:firsts")).content.decode()
    assert "第一时间受理" in sheet
    assert "源园居委会" in figures
    assert "达标 100%" in figures


def test_a_worker_settles_on_the_phone(world: World) -> None:
    client = Client()
    client.force_login(world.users["grid_worker"])
    said = {
        "text": "楼道堆物堵了门", "where": "list", "place": f"{HOME}-G001", "category": "fire.passage",
        "result": "与住户一起清掉了", "settled": "1",
    }  # fmt: skip
    with time_machine.travel(AT + timedelta(hours=2)):
        page = client.get(reverse("field:report")).content.decode()
        assert "当场已解决" in page
        wrong = client.post(reverse("field:report"), said | {"result": ""})
        assert wrong.status_code == 422
        assert "请写明怎么解决的" in wrong.content.decode()
        answer = client.post(reverse("field:report"), said | {"pictures": [upload()]})
    assert answer.status_code == 303
    matter = Matter.objects.get()
    assert matter.status == "completed"
    assert matter.attachments.get().step == "complete"
