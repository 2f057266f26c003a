"""A search by words finds, among what a list shows, all that has them: whatever became of the matters since."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection

from pingzhan.core.db import search
from pingzhan.journal.operations import seal
from pingzhan.matters import operations
from pingzhan.matters.models import Matter
from pingzhan.matters.queries.lists import Filters, queue_page
from pingzhan.matters.tasks import index_new
from tests.factories.world import FAR, HOME, MAIN_PATH, NEAR, World

pytestmark = pytest.mark.django_db

WHO = ("secretary", "street_staff", "command", "property_staff", "management_staff", "housing_staff")


@pytest.fixture(autouse=True)
def all_matches_are_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    for bounds in (search.COMMON, search.COMMON_MARKED):
        monkeypatch.setitem(bounds, connection.vendor, 10**9)


def work_off(world: World) -> None:
    while seal(at=world.at):
        pass
    while index_new(world.at):
        pass


def lists(world: World) -> Iterator[tuple[str, Filters, bool]]:
    units = [unit.code for unit in world.units.values()]
    chosen = [
        {},
        {"open": True},
        {"open": False},
        {"mine": True},
        {"overdue": True, "open": True},
        {"supervised": True},
    ]
    chosen += [{"place": place} for place in (HOME, HOME[:9], f"{HOME}-G001", "310107")]
    chosen += [{"handler": code} for code in units[:4]] + [{"status": "archived"}, {"status": "in_progress"}]
    for who in WHO:
        for more in chosen:
            for due_first in (False, True):
                yield who, Filters(**more), due_first


def check(world: World) -> None:
    compared = 0
    for who, filters, due_first in lists(world):
        listed = [
            {
                matter.number
                for matter in queue_page(
                    world.actor(who), one, at=world.at + timedelta(days=40), after=None, limit=500, due_first=due_first
                ).items
            }
            for one in (filters, Filters(**{**{f: getattr(filters, f) for f in filters.__slots__}, "q": "漏水"}))
        ]
        assert listed[0] == listed[1], (who, filters, due_first)
        compared += bool(listed[0])
    assert compared > 20


def test_whoever_looks_for_words_finds_them_among_what_they_may_see(world: World) -> None:
    for state in MAIN_PATH:
        for place in (HOME, NEAR, FAR):
            world.matter(text=f"楼道漏水，{state}", place=f"{place}-G001", to=state)
    secretary = world.actor("secretary")
    turned_down = world.matter(text="厨房漏水", to="submitted")
    operations.reject(matter=turned_down, by=secretary, at=world.at, reason="请联系物业")
    work_off(world)
    check(world)

    # What was closed is opened again, what was open is closed, and a matter goes to another unit.
    archived = Matter.objects.filter(status="archived").order_by("pk")[0]
    later = archived.status_at + timedelta(hours=1)
    operations.reopen(matter=archived, by=world.actor("command"), at=later, reason="又漏了")
    handed_on = Matter.objects.filter(status="dispatched").order_by("pk")[0]
    operations.return_matter(
        matter=handed_on, by=world.actor(world.handled_by(handed_on)), at=handed_on.status_at, reason="不归我们管"
    )
    operations.reject(matter=Matter.objects.filter(status="submitted").order_by("pk")[0], by=world.actor("command"),
                      at=later, reason="重复")  # fmt: skip
    work_off(world)
    check(world)
