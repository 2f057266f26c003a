"""Lists of matters: an area however it is asked for is the same, each row once on its pages, walked in their order."""

from typing import Any

import pytest
from django.db import connection

from pingzhan.core.db import under
from pingzhan.matters.models import Matter
from pingzhan.matters.queries.areas import in_area
from pingzhan.matters.queries.lists import Filters, queue_page
from pingzhan.places.models import Place
from tests.factories.statements import ways_of
from tests.factories.world import FAR, HOME, NEAR, World

pytestmark = pytest.mark.django_db

TEXTS = ("3号楼楼道漏水", "屋顶漏水", "广场舞音响太吵", "消防通道堵住了", "楼上吵架")


@pytest.fixture
def reported(world: World) -> World:
    for number in range(24):
        world.report(f"{TEXTS[number % 5]}，第{number}次", place=f"{(HOME, NEAR, FAR)[number % 3]}-G00{1 + number % 2}")
    return world


def numbers(world: World, filters: Filters, *, limit: int, **options: Any) -> list[str]:
    """The numbers on all pages of a list, `limit` a page."""
    found: list[str] = []
    after: str | None = None
    while True:
        page = queue_page(world.actor("command"), filters, at=world.at, after=after, limit=limit, **options)
        found += [matter.number for matter in page.items]
        assert len(page.items) <= limit
        after = page.next
        if after is None:
            return found


def test_an_area_holds_the_same_matters_by_its_columns_as_by_its_path(reported: World) -> None:
    paths = list(Place.objects.order_by("path").values_list("path", flat=True))
    assert len({path.count("/") for path in paths}) == 6
    for path in ["", *paths]:
        by_path = set(Matter.objects.filter(under("path", path)).values_list("pk", flat=True))
        assert set(Matter.objects.filter(in_area(path)).values_list("pk", flat=True)) == by_path, path


@pytest.mark.parametrize("due_first", [False, True])
@pytest.mark.parametrize("limit", [1, 2, 5, 24])
def test_a_group_of_kinds_is_paged_as_its_kinds_together(reported: World, due_first: bool, limit: int) -> None:
    Matter.objects.filter(category_id="neighbour.quarrel").update(category_id="property.leak")
    for filters in (Filters(category="property"), Filters(category="property", place="310107005", open=True)):
        expected = Matter.objects.filter(category__parent_id="property")
        if filters.place:
            expected = expected.filter(street=filters.place)
        order = ("next_due_at", "id") if due_first else ("-id",)
        assert numbers(reported, filters, limit=limit, due_first=due_first) == [
            matter.number for matter in expected.order_by(*order)
        ]


def test_a_list_of_the_whole_district_is_walked_and_not_sorted(reported: World) -> None:
    if connection.vendor != "sqlite":
        return  # the plans of the other engine depend on its statistics
    command = reported.actor("command")
    for filters in (
        Filters(), Filters(open=True), Filters(status="in_progress"), Filters(supervised=True), Filters(escalated=True),
        Filters(place="310107005"), Filters(place="310107005", open=True), Filters(place=HOME),
        Filters(category="property.leak"), Filters(since=reported.at), Filters(urgency="urgent", open=True),
    ):  # fmt: skip
        (way,) = ways_of(lambda chosen=filters: queue_page(command, chosen, at=reported.at, after=None, limit=20))
        assert "TEMP B-TREE" not in way, filters
