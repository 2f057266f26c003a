"""Inside a team: grab, assign, rotate, hand back; caps; who took something and did not turn up."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pingzhan.core.errors import Invalid, NotAllowed, StateConflict
from pingzhan.journal.queries import timeline
from pingzhan.matters import operations as steps
from pingzhan.matters.choices_taking import Load, lowest_free, next_in_turn
from pingzhan.matters.models import Matter, Taking
from pingzhan.matters.operations import taking as operations
from pingzhan.matters.queries.lists import Filters, matters_for
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.queries.takings import members_of, takers_of
from pingzhan.matters.taking_tasks import sweep_takings
from pingzhan.people.models import Person
from tests.factories.world import AT, HOME, World

COMMITTEE = f"{HOME}.committee"
TEAM = ("secretary", "community_staff", "grid_worker")
pytestmark = pytest.mark.django_db


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def matter(world: World, *, to: str = "dispatched") -> Matter:
    """A matter that the home committee is in charge of."""
    return world.matter(text="楼下路灯不亮", to=to)


def person(world: World, name: str) -> Person:
    return Person.objects.get(user_id=world.users[name].pk)


def holder(of: Matter) -> str | None:
    held = Taking.objects.filter(matter=of, until__isnull=True).select_related("person").first()
    return held.person.name if held else None


# --- rules ----------------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 5), st.none() | st.integers(0, 9)), max_size=8), st.none() | st.integers(1, 5))
def test_whose_turn_it_is_does_not_depend_on_the_order_of_asking(rows: list[tuple[int, Any]], cap: int | None) -> None:
    loads = [
        Load(UUID(int=n), open_, None if day is None else datetime(2026, 3, 1 + day, tzinfo=UTC))
        for n, (open_, day) in enumerate(rows)
    ]
    chosen = next_in_turn(loads, cap=cap)
    assert chosen == next_in_turn(reversed(loads), cap=cap)
    able = [load for load in loads if cap is None or load.open < cap]
    assert (chosen is None) == (not able)
    if chosen is not None:
        assert chosen.open == min(load.open for load in able)


@given(st.sets(st.integers(1, 9)), st.none() | st.integers(1, 9))
def test_the_lowest_slot_is_free_and_within_the_cap(taken: set[int], cap: int | None) -> None:
    slot = lowest_free(taken, cap=cap)
    if slot is None:
        assert cap is not None
        assert set(range(1, cap + 1)) <= taken
    else:
        assert slot not in taken
        assert set(range(1, slot)) <= taken


# --- grab, assign, rotate -------------------------------------------------------------------------------------------


def test_one_of_the_unit_grabs_it_and_the_next_is_told_who(world: World) -> None:
    one = matter(world)
    operations.grab(matter=one, by=world.actor("grid_worker"), at=AT + minutes(10))
    with pytest.raises(StateConflict, match="葛网格"):
        operations.grab(matter=one, by=world.actor("community_staff"), at=AT + minutes(11))
    assert holder(one) == "葛网格"
    assert takers_of([one.pk], world.actor("grid_worker"))[one.pk].mine
    assert not takers_of([one.pk], world.actor("secretary"))[one.pk].mine


@pytest.mark.parametrize("name", ["property_staff", "street_staff", "near_secretary", "resident", "inspector"])
def test_nobody_else_takes_the_units_matters(world: World, name: str) -> None:
    for act in (operations.grab, operations.rotate):
        with pytest.raises(NotAllowed):
            act(matter=matter(world), by=world.actor(name), at=AT + minutes(10))
    assert not Taking.objects.exists()


def test_a_matter_in_nobodys_hands_is_not_taken(world: World) -> None:
    for state in ("submitted", "accepted", "completed", "archived"):
        with pytest.raises(StateConflict) as told:
            operations.grab(matter=matter(world, to=state), by=world.actor("secretary"), at=AT + minutes(30))
        assert "dispatched" in told.value.allowed


def test_it_is_assigned_to_one_of_the_unit_and_passed_on(world: World) -> None:
    one, secretary = matter(world), world.actor("secretary")
    worker, staff = person(world, "grid_worker"), person(world, "community_staff")
    operations.assign(matter=one, person=worker.pk, by=secretary, at=AT + minutes(10))
    with pytest.raises(StateConflict):
        operations.assign(matter=one, person=worker.pk, by=secretary, at=AT + minutes(11))
    operations.assign(matter=one, person=staff.pk, by=secretary, at=AT + minutes(12))
    assert holder(one) == "何干事"
    assert [row.ending for row in Taking.objects.order_by("id")] == ["passed_on", ""]
    with pytest.raises(Invalid):
        operations.assign(matter=one, person=person(world, "property_staff").pk, by=secretary, at=AT + minutes(13))
    with pytest.raises(NotAllowed):
        operations.assign(matter=one, person=staff.pk, by=world.actor("grid_worker"), at=AT + minutes(13))


def test_rotation_goes_round_the_team(world: World) -> None:
    given_to = []
    for number in range(6):
        one = matter(world)
        operations.rotate(matter=one, by=world.actor("secretary"), at=AT + minutes(10 + number))
        given_to.append(holder(one))
    assert sorted(given_to[:3]) == sorted(given_to[3:]) == sorted(["沈书记", "何干事", "葛网格"])
    assert given_to[:3] == given_to[3:]


# --- caps -----------------------------------------------------------------------------------------------------------


def test_nobody_gets_beyond_the_units_cap(world: World) -> None:
    secretary, worker = world.actor("secretary"), world.actor("grid_worker")
    operations.set_cap(unit=COMMITTEE, cap=1, by=secretary, at=AT)
    first, second = matter(world), matter(world)
    operations.grab(matter=first, by=worker, at=AT + minutes(10))
    with pytest.raises(StateConflict, match="上限"):
        operations.grab(matter=second, by=worker, at=AT + minutes(11))
    for _ in range(2):
        operations.rotate(matter=matter(world), by=secretary, at=AT + minutes(12))
    with pytest.raises(StateConflict):
        operations.rotate(matter=second, by=secretary, at=AT + minutes(13))
    operations.set_cap(unit=COMMITTEE, cap=None, by=secretary, at=AT + minutes(14))
    operations.grab(matter=second, by=worker, at=AT + minutes(15))
    assert holder(second) == "葛网格"


def test_a_cap_is_set_by_those_who_assign_there(world: World) -> None:
    for name in ("grid_worker", "property_staff", "near_secretary"):
        with pytest.raises(NotAllowed):
            operations.set_cap(unit=COMMITTEE, cap=3, by=world.actor(name), at=AT)
    for wrong in (0, 201):
        with pytest.raises(Invalid):
            operations.set_cap(unit=COMMITTEE, cap=wrong, by=world.actor("secretary"), at=AT)


# --- how it ends ----------------------------------------------------------------------------------------------------


def test_it_ends_when_the_matter_is_done_and_begins_anew_when_sent_back(world: World) -> None:
    one, worker = matter(world), world.actor("grid_worker")
    operations.grab(matter=one, by=worker, at=AT + minutes(10))
    steps.sign(matter=one, by=worker, at=AT + minutes(20))
    assert holder(one) == "葛网格"
    steps.complete(matter=one, by=worker, at=AT + minutes(30), result="已换灯泡")
    row = Taking.objects.get()
    assert (row.ending, row.until) == ("done", AT + minutes(30))
    steps.verify(matter=one, by=world.actor("secretary"), at=AT + minutes(40), ok=False, note="还是不亮")
    operations.grab(matter=one, by=world.actor("community_staff"), at=AT + minutes(50))
    assert holder(one) == "何干事"


def test_it_ends_when_the_matter_leaves_the_unit(world: World) -> None:
    for leave in (
        lambda one, by, at: steps.return_matter(matter=one, by=by, at=at, reason="不归我们"),
        lambda one, by, at: steps.refer(matter=one, by=by, at=at, reason="超出权限"),
        lambda one, by, at: steps.withdraw(matter=one, by=by, at=at),
    ):
        one = matter(world)
        operations.grab(matter=one, by=world.actor("grid_worker"), at=AT + minutes(10))
        leave(one, world.actor("secretary"), AT + minutes(20))
        assert holder(one) is None
        assert Taking.objects.get(matter=one).ending == "moved"


def test_who_has_it_hands_it_back_with_a_reason(world: World) -> None:
    one, worker = matter(world), world.actor("grid_worker")
    with pytest.raises(StateConflict):
        operations.hand_back(matter=one, by=worker, at=AT + minutes(10), reason="没空")
    operations.grab(matter=one, by=worker, at=AT + minutes(10))
    with pytest.raises(Invalid):
        operations.hand_back(matter=one, by=worker, at=AT + minutes(11))
    with pytest.raises(NotAllowed):
        operations.hand_back(matter=one, by=world.actor("property_staff"), at=AT + minutes(11), reason="x")
    operations.hand_back(matter=one, by=worker, at=AT + minutes(12), reason="今天下午开会")
    assert holder(one) is None
    taking = Taking.objects.get()
    assert taking.reason == "今天下午开会"
    assert [entry.verb for entry in timeline("taking", taking.pk)] == ["taking.take", "taking.hand_back"]


def test_taken_and_not_signed_is_a_no_show_counted_and_the_matter_is_free(world: World) -> None:
    one, signed = matter(world), matter(world)
    worker = world.actor("grid_worker")
    for each in (one, signed):
        operations.grab(matter=each, by=worker, at=AT + minutes(10))
    steps.sign(matter=signed, by=worker, at=AT + minutes(20))
    due = Taking.objects.get(matter=one).due_at
    assert due is not None
    assert due >= AT + minutes(10) + timedelta(hours=2)
    assert sweep_takings(due) == 0
    assert sweep_takings(due + minutes(1)) == 1
    assert sweep_takings(due + minutes(2)) == 0
    assert holder(one) is None
    assert holder(signed) == "葛网格"
    unit = next(unit for unit in reference().units.values() if unit.code == COMMITTEE)
    counts = {m.who.name: (m.open, m.done, m.no_shows) for m in members_of(unit, at=due + minutes(5))}
    assert counts == {"何干事": (0, 0, 0), "沈书记": (0, 0, 0), "葛网格": (1, 0, 1)}


# --- lists ----------------------------------------------------------------------------------------------------------


def test_the_queue_shows_what_i_have_and_what_waits(
    world: World, django_assert_num_queries: Callable[..., Any]
) -> None:
    mine, free = matter(world), matter(world)
    world.matter(to="dispatched")  # the property manager's
    worker = world.actor("grid_worker")
    operations.grab(matter=mine, by=worker, at=AT + minutes(10))

    def listed(name: str, taken: str) -> list[str]:
        with django_assert_num_queries(2):  # the actor and the list
            return [row.number for row in matters_for(world.actor(name), Filters(taken=taken), at=AT)]

    assert listed("grid_worker", "me") == [mine.number]
    assert listed("grid_worker", "nobody") == [free.number]
    assert listed("secretary", "me") == []
    assert listed("near_secretary", "nobody") == []
