"""Visits (走流程, 走千企访万户): on record, and every problem found a matter, all of them or none."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pingzhan.core.errors import Invalid, NotAllowed, NotFound
from pingzhan.journal.queries import timeline
from pingzhan.matters.models import Matter, Visit
from pingzhan.matters.operations.visiting import MOST_FINDINGS, Problem, visit
from pingzhan.matters.queries.visits import came_of_visits, visit_for, visit_of, visit_page
from tests.factories.world import FAR, HOME, World

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def walk(world: World, *problems: str, by: str = "secretary", place: str = HOME, **more: object) -> Visit:
    said = {"kind": "walk_through", "topic": "助餐点就餐流程", "summary": "从取号到用餐走了一遍", "at": world.at}
    return visit(**(said | more), place=place, problems=[Problem(text) for text in problems], by=world.actor(by))


def test_each_problem_becomes_a_matter_at_the_place_with_its_own_way(world: World) -> None:
    made = walk(world, "取餐口没有坡道", "3号楼楼道漏水")
    first, second = (found.matter for found in visit_for(world.actor("secretary"), made.pk).findings.all())
    assert [(one.text, one.source, one.community, one.status) for one in (first, second)] == [
        ("取餐口没有坡道", "visit", HOME, "submitted"), ("3号楼楼道漏水", "visit", HOME, "submitted"),
    ]  # fmt: skip
    assert visit_of(second) == made
    (entry,) = timeline("visit", made.pk)
    assert entry.verb == "visit.record"


def test_what_is_wrong_is_told_of_its_problem_and_nothing_is_kept(world: World) -> None:
    with pytest.raises(Invalid) as told:
        walk(world, "取餐口没有坡道", "  ")
    assert [error["loc"] for error in told.value.errors] == [["text_2"]]
    assert not Visit.objects.exists()
    assert not Matter.objects.filter(source="visit").exists()
    for wrong in ({"kind": "stroll"}, {"topic": " "}, {"topic": "长" * 81}, {"place": "31010799"}):
        with pytest.raises(Invalid):
            walk(world, **wrong)
    with pytest.raises(Invalid):
        walk(world, *["楼道漏水"] * (MOST_FINDINGS + 1))


def test_only_where_one_may_report_and_seen_only_in_ones_area(world: World) -> None:
    with pytest.raises(NotAllowed):
        walk(world, by="far_secretary")
    made = walk(world, "楼道漏水")
    assert [one.pk for one in visit_page(world.actor("street_secretary")).items] == [made.pk]
    for stranger in ("far_secretary", "property_staff", "resident"):
        assert visit_page(world.actor(stranger)).items == []
        with pytest.raises(NotFound):
            visit_for(world.actor(stranger), made.pk)


def test_what_came_of_visits_is_counted_by_kind(world: World) -> None:
    walk(world, "楼道漏水", "路灯不亮")
    walk(world, kind="enterprise", topic="某某超市")
    walk(world, "别处的漏水", by="far_secretary", place=FAR)
    world.advance(Matter.objects.get(text="路灯不亮"), to="completed")
    came = came_of_visits(world.actor("secretary"), begin=world.at, end=world.at + DAY)
    assert [(one.kind.value, one.visits, one.found, one.solved) for one in came] == [
        ("walk_through", 1, 2, 1), ("household", 0, 0, 0), ("enterprise", 1, 0, 0),
    ]  # fmt: skip
    assert all(one.visits == 0 for one in came_of_visits(world.actor("secretary"), begin=world.at + DAY, end=world.at))


def test_a_list_of_many_takes_as_many_statements_as_one_of_few(world: World) -> None:
    actor = world.actor("secretary")
    counts = []
    for _again in range(2):
        walk(world, "楼道漏水")
        with CaptureQueriesContext(connection) as asked:
            visit_page(actor)
        counts.append(len(asked))
    assert counts == [1, 1]
