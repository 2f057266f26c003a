"""Changing the rules of handling: from now on, on record, and never what has begun or is past."""

from datetime import timedelta
from typing import Any

import pytest

from pingzhan.core.errors import Invalid, NotAllowed
from pingzhan.journal.models import Entry
from pingzhan.matters.choices import Basis, Tier
from pingzhan.matters.models import Ladder, Limit, Matter, Pause, Power, TimeRule
from pingzhan.matters.operations.ruling import set_ladder, set_limit, set_power, set_time
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.rules import Rung
from tests.factories.clocks import RUNGS, clocks_of, on_hold, set_rules, sweep
from tests.factories.world import DISTRICT, HOME_STREET, World

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
SHORT = (Rung(Tier.UNIT, Basis.CALENDAR, 0), Rung(Tier.DISTRICT, Basis.CALENDAR, 5))


def test_a_new_ladder_is_for_clocks_that_start_from_now_on(world: World) -> None:
    set_rules(world)
    before = world.matter(to="in_progress")
    old = clocks_of(before)["finish"]
    made = set_ladder(rungs=SHORT, by=world.actor("command"), at=world.at + HOUR)
    assert made is not None
    after = world.matter(to="in_progress")
    assert clocks_of(before)["finish"].ladder_id == old.ladder_id
    assert clocks_of(after)["finish"].ladder_id == made.pk
    # The old clock climbs the old ladder, rung by rung.
    sweep(old.due_at)
    sweep(old.due_at + timedelta(minutes=10))
    assert [one.tier for one in before.escalations.order_by("rung") if one.clock_id == old.pk] == ["unit"]
    assert Ladder.objects.get(pk=old.ladder_id).rungs[1]["tier"] == "community"  # as it was, ended
    entry = Entry.objects.get(verb="rule.ladder")
    assert [one["tier"] for one in entry.data["after"]] == ["unit", "district"]
    assert len(entry.data["before"]) == len(RUNGS)


def test_the_same_ladder_again_changes_nothing_and_a_special_one_can_end(world: World) -> None:
    command = world.actor("command")
    set_ladder(rungs=SHORT, by=command, at=world.at)
    set_ladder(rungs=SHORT, by=command, at=world.at + HOUR)
    assert Entry.objects.filter(verb="rule.ladder").count() == 1
    set_ladder(rungs=RUNGS, kind="finish", by=command, at=world.at)
    assert set_ladder(rungs=(), kind="finish", by=command, at=world.at + HOUR) is None
    assert [one.kind for one in reference().ladders] == [""]
    with pytest.raises(Invalid):
        set_ladder(rungs=(), by=command, at=world.at)


@pytest.mark.parametrize(
    "rungs",
    [
        (Rung(Tier.DISTRICT, Basis.CALENDAR, 0), Rung(Tier.UNIT, Basis.CALENDAR, 5)),
        (Rung(Tier.UNIT, Basis.CALENDAR, 0), Rung(Tier.UNIT, Basis.CALENDAR, 5)),
        (Rung(Tier.UNIT, Basis.CALENDAR, 10**6),),
    ],
)
def test_a_ladder_goes_upwards(world: World, rungs: tuple[Rung, ...]) -> None:
    with pytest.raises(Invalid):
        set_ladder(rungs=rungs, by=world.actor("command"), at=world.at)


def test_a_cap_changes_nothing_that_was_approved(world: World) -> None:
    matter = on_hold(world, days=7)
    until = Pause.objects.get(matter=matter).until
    command = world.actor("command")
    set_limit(kind="pause_days", amount=1, by=command, at=world.at + HOUR)
    assert Pause.objects.get(matter=matter).until == until
    assert Matter.objects.get(pk=matter.pk).waiting
    with pytest.raises(Invalid):  # another one is asked for after the change
        on_hold(world, days=7)
    set_limit(kind="pause_days", amount=None, by=command, at=world.at + 2 * HOUR)
    assert not Limit.objects.exists()
    said = Entry.objects.filter(verb="rule.limit").order_by("id").values_list("data", flat=True)
    assert [(one["before"], one["after"]) for one in said] == [(None, 1), (1, None)]
    for wrong in ({"kind": "x"}, {"amount": 366}, {"category": "x"}, {"urgency": "x"}):
        with pytest.raises(Invalid):
            set_limit(**({"kind": "returns", "amount": 3, "by": command, "at": world.at} | wrong))


def test_a_power_leaves_matters_where_they_are(world: World) -> None:
    matter = world.matter(to="in_progress")
    holder = matter.handler_id
    set_power(place=DISTRICT, category="property", tier="street", by=world.actor("command"), at=world.at + HOUR)
    assert Matter.objects.get(pk=matter.pk).handler_id == holder
    assert Power.objects.get().tier == "street"
    set_power(place=DISTRICT, category="property", tier="", by=world.actor("command"), at=world.at + HOUR)
    assert not Power.objects.exists()
    for wrong in ({"place": "x"}, {"category": ""}, {"category": "x"}, {"tier": "unit"}):
        said = {"place": DISTRICT, "category": "property", "tier": "street", "by": world.actor("command")}
        with pytest.raises(Invalid):
            set_power(**(said | {"at": world.at} | wrong))


def test_who_may_change_what(world: World) -> None:
    street = world.actor("street_secretary")
    with pytest.raises(NotAllowed):
        set_ladder(rungs=SHORT, by=street, at=world.at)
    with pytest.raises(NotAllowed):
        set_limit(kind="returns", amount=3, by=street, at=world.at)
    with pytest.raises(NotAllowed):
        set_power(place=DISTRICT, category="property", tier="street", by=street, at=world.at)
    set_power(place=HOME_STREET, category="property", tier="street", by=street, at=world.at)
    for name in ("secretary", "property_staff", "resident"):
        with pytest.raises(NotAllowed):
            set_power(place=HOME_STREET, category="noise", tier="street", by=world.actor(name), at=world.at)


def test_a_new_time_is_for_clocks_that_start_from_now_on(world: World) -> None:
    command = world.actor("command")
    before = world.matter(to="in_progress")
    due = clocks_of(before)["finish"].due_at
    set_time(kind="finish", basis="calendar", minutes=90, category="property", by=command, at=world.at)
    after = world.matter(to="in_progress")
    assert clocks_of(before)["finish"].due_at == due
    clock = clocks_of(after)["finish"]
    assert clock.due_at - clock.started_at == timedelta(minutes=90)
    entry = Entry.objects.get(verb="rule.time")
    assert (entry.data["before"]["days"], entry.data["after"]["minutes"]) == (3, 90)


def test_a_time_set_again_changes_nothing_and_a_special_one_can_end(world: World) -> None:
    command = world.actor("command")
    for _twice in range(2):
        set_time(kind="whistle_arrive", basis="calendar", minutes=30, urgency="critical", by=command, at=world.at)
    assert Entry.objects.filter(verb="rule.time").count() == 1
    set_time(kind="whistle_arrive", urgency="critical", by=command, at=world.at)
    assert not TimeRule.objects.filter(kind="whistle_arrive").exists()
    with pytest.raises(NotAllowed):
        set_time(kind="finish", basis="calendar", days=3, by=world.actor("street_secretary"), at=world.at)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "nothing", "basis": "calendar", "days": 1},
        {"kind": "finish", "basis": "nothing", "days": 1},
        {"kind": "finish", "basis": "calendar", "days": 1, "minutes": 1},
        {"kind": "finish", "basis": "calendar", "days": 366},
        {"kind": "finish", "basis": "calendar", "minutes": -1},
        {"kind": "finish", "basis": "calendar", "days": 1, "category": "nothing"},
        {"kind": "finish"},  # for all matters there is always one
    ],
)
def test_a_time_that_makes_no_sense_is_told(world: World, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        set_time(**wrong, by=world.actor("command"), at=world.at)
    assert not Entry.objects.filter(verb="rule.time").exists()
