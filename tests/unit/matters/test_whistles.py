"""Whistle and check-in: who may summon, what each unit does when, who is told of what is late, how it ends."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pingzhan.access.permissions import Permission
from pingzhan.access.roles import ROLES
from pingzhan.core.errors import Invalid, NotAllowed, NotFound, Stale, StateConflict
from pingzhan.core.models import Message
from pingzhan.journal.queries import timeline
from pingzhan.matters import operations as steps
from pingzhan.matters.choices import Basis, Status
from pingzhan.matters.models import Lateness, Matter, Summons, Whistle
from pingzhan.matters.operations import whistle as operations
from pingzhan.matters.operations.catalogue import load_catalogue
from pingzhan.matters.queries.lists import Filters, matter_for, queue_page
from pingzhan.matters.queries.whistles import units_to_call, whistle_for, whistle_sheet, whistles_for
from pingzhan.matters.rules import Allowance
from pingzhan.matters.whistle_tasks import sweep_whistles
from pingzhan.matters.whistle_workflow import ACTS, ENDED, HERE, SUMMONS_OWNER, SummonsState, WhistleClock
from tests.factories.whistles import CALLED, blow, summons
from tests.factories.world import DISTRICT, FAR, HOME, HOME_STREET, NEAR, World

PROPERTY, MANAGEMENT, HOUSING = CALLED


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


# --- the table ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", SummonsState.values)
def test_every_state_of_a_summons_has_an_owner_and_a_way_out(state: str) -> None:
    assert SUMMONS_OWNER[SummonsState(state)]
    leaving = [act for act in ACTS.values() if state in act.sources and act.target not in (None, state)]
    assert bool(leaving) == (state in HERE)
    assert (state in ENDED) != (state in HERE)


def test_every_state_is_reached_from_the_call() -> None:
    reached, new = {SummonsState.CALLED}, {SummonsState.CALLED}
    while new:
        new = {act.target for act in ACTS.values() if act.target and act.sources & new} - reached
        reached |= new
    assert reached == set(SummonsState)


def test_some_role_may_whistle_and_some_may_answer() -> None:
    for permission in (Permission.MATTER_WHISTLE, Permission.MATTER_HANDLE):
        assert any(permission in role.permissions for role in ROLES.values())
    assert not any(Permission.MATTER_WHISTLE in role.permissions for role in ROLES.values() if role.by_unit)


# --- blowing it -----------------------------------------------------------------------------------------------------


def test_each_summoned_unit_has_its_own_three_clocks_round_the_clock(world: World) -> None:
    whistle = blow(world)
    for unit in CALLED:
        row = summons(whistle, unit)
        assert row.report_due_at == whistle.started_at + minutes(10)
        assert row.feed_back_due_at == whistle.started_at + minutes(60)
        assert row.arrive_due_at == whistle.started_at + timedelta(hours=8)
        assert row.next_due_at == row.report_due_at


def test_the_clocks_are_data(world: World) -> None:
    load_catalogue(
        root=world.places[DISTRICT], categories=[], rules=[], by=_system(), at=world.at,
        allowances=[Allowance(WhistleClock.ARRIVE, Basis.CALENDAR, minutes=30, urgency="critical")],
    )  # fmt: skip
    row = summons(blow(world), PROPERTY)
    assert row.arrive_due_at == row.called_at + minutes(30)  # a smell of gas is critical by its words
    assert row.report_due_at == row.called_at + minutes(10)


def _system() -> Any:
    from pingzhan.access.actors import SYSTEM

    return SYSTEM


def test_the_units_staff_get_a_message(world: World) -> None:
    from pingzhan.people.models import Appointment

    appointed = Appointment.objects.get(unit__code=PROPERTY)
    appointed.person.phone = "10000009999"
    appointed.person.save()
    blow(world)
    assert [m.to_sealed.open() for m in Message.objects.filter(template="whistle.call")] == ["10000009999"]


@pytest.mark.parametrize("name", ["resident", "property_staff", "grid_worker", "inspector", "near_secretary"])
def test_only_the_community_and_those_above_whistle(world: World, name: str) -> None:
    with pytest.raises(NotAllowed):
        blow(world, by=name)
    assert not Whistle.objects.exists()


@pytest.mark.parametrize("name", ["community_staff", "street_staff", "command"])
def test_those_above_whistle_too(world: World, name: str) -> None:
    assert (
        blow(world, by=name).unit.code
        == {
            "community_staff": f"{HOME}.committee",
            "street_staff": f"{HOME_STREET}.operations",
            "command": f"{DISTRICT}.operations",
        }[name]
    )


@pytest.mark.parametrize("units", [(), ("nonsense",), (f"{NEAR}.property",), (f"{FAR}.committee",)])
def test_units_elsewhere_are_not_summoned(world: World, units: tuple[str, ...]) -> None:
    with pytest.raises(Invalid) as told:
        blow(world, units=units)
    assert told.value.errors[0]["loc"] == ["units"]


def test_a_matter_has_one_running_whistle_and_may_have_another_later(world: World) -> None:
    whistle = blow(world)
    with pytest.raises(StateConflict):
        blow(world, whistle.matter)
    operations.close(whistle=whistle, by=world.actor("secretary"), at=world.at + minutes(30))
    assert blow(world, whistle.matter, at=world.at + minutes(40)).pk != whistle.pk


def test_a_closed_matter_is_not_whistled_for(world: World) -> None:
    matter = world.matter(to="archived")
    with pytest.raises(StateConflict) as told:
        blow(world, matter)
    assert Status.SUBMITTED in told.value.allowed


# --- answering it ---------------------------------------------------------------------------------------------------


def test_the_whole_way_of_a_unit(world: World) -> None:
    whistle, by = blow(world), world.actor("property_staff")
    start = whistle.started_at
    for after, act, said in (
        (2, operations.check_in, {}),
        (6, operations.report_up, {"note": "3楼燃气味明显，已劝居民开窗"}),
        (20, operations.arrive, {}),
        (45, operations.feed_back, {"note": "阀门已关"}),
        (90, operations.leave, {}),
    ):
        act(whistle=whistle, by=by, at=start + minutes(after), **said)
    row = summons(whistle, PROPERTY)
    assert row.state == SummonsState.LEFT
    assert [row.checked_in_at, row.reported_at, row.arrived_at, row.fed_back_at, row.ended_at] == [
        start + minutes(count) for count in (2, 6, 20, 45, 90)
    ]
    assert row.next_due_at is None
    sheet = whistle_sheet(Whistle.objects.get(pk=whistle.pk), by=world.actor("secretary"), at=start + minutes(91))
    track = next(track for track in sheet.tracks if track.summons.pk == row.pk)
    assert [clock.state for clock in track.clocks] == ["met"] * 3
    assert [entry.step for entry in track.entries] == ["check_in", "report", "arrive", "feed_back", "leave"]
    assert track.entries[1].text == "3楼燃气味明显，已劝居民开窗"
    assert {entry.by_name for entry in track.entries} == {"吴经理"}
    verbs = [entry.verb for entry in timeline("whistle", whistle.pk)]
    assert verbs == [f"whistle.{step}" for step in ("blow", "check_in", "report", "arrive", "feed_back", "leave")]


def test_who_reports_or_arrives_at_once_has_checked_in_by_it(world: World) -> None:
    whistle = blow(world)
    at = whistle.started_at + minutes(3)
    operations.report_up(whistle=whistle, by=world.actor("property_staff"), at=at, note="在路上")
    operations.arrive(whistle=whistle, by=world.actor("housing_staff"), at=at)
    assert summons(whistle, PROPERTY).checked_in_at == at
    assert summons(whistle, PROPERTY).state == SummonsState.CHECKED_IN
    assert summons(whistle, HOUSING).checked_in_at == at
    assert summons(whistle, HOUSING).state == SummonsState.ON_SPOT


def test_a_later_report_does_not_move_the_first(world: World) -> None:
    whistle, by = blow(world), world.actor("property_staff")
    for after in (5, 25):
        operations.report_up(whistle=whistle, by=by, at=whistle.started_at + minutes(after), note="情况如下")
    assert summons(whistle, PROPERTY).reported_at == whistle.started_at + minutes(5)


def test_a_report_says_something(world: World) -> None:
    with pytest.raises(Invalid):
        operations.report_up(whistle=blow(world), by=world.actor("property_staff"), at=world.at + minutes(2), note=" ")


def test_a_unit_checks_in_once_and_the_second_is_told_by_whom(world: World) -> None:
    whistle = blow(world)
    operations.check_in(whistle=whistle, by=world.actor("property_staff"), at=world.at + minutes(2))
    with pytest.raises(StateConflict, match="吴经理"):
        operations.check_in(whistle=whistle, by=world.actor("property_staff"), at=world.at + minutes(3))


def test_nobody_answers_for_a_unit_that_was_not_called_or_is_not_theirs(world: World) -> None:
    whistle = blow(world)
    for name in ("secretary", "street_secretary", "command", "inspector", "far_management_staff", "resident"):
        with pytest.raises(NotAllowed):
            operations.check_in(whistle=whistle, by=world.actor(name), at=world.at + minutes(2))
    with pytest.raises(NotAllowed):
        operations.check_in(whistle=whistle, by=world.actor("property_staff"), at=world.at + minutes(2), unit=HOUSING)


def test_what_remains_is_handed_to_a_unit_that_is_called_by_it(world: World) -> None:
    whistle = blow(world, units=(PROPERTY,))
    at, by = whistle.started_at + minutes(20), world.actor("property_staff")
    operations.arrive(whistle=whistle, by=by, at=at)
    operations.hand_over(whistle=whistle, by=by, at=at + minutes(5), to=HOUSING, note="需专业队伍检修管道")
    mine, theirs = summons(whistle, PROPERTY), summons(whistle, HOUSING)
    assert mine.state == SummonsState.HANDED_OVER
    assert mine.handed_to_id == theirs.unit_id
    assert theirs.state == SummonsState.CALLED
    assert theirs.arrive_due_at == at + minutes(5) + timedelta(hours=8)
    assert Whistle.objects.get(pk=whistle.pk).ended_at is None


def test_handing_over_before_arriving_is_no_way_out_of_the_clock(world: World) -> None:
    whistle = blow(world, units=(PROPERTY,))
    with pytest.raises(StateConflict) as told:
        operations.hand_over(whistle=whistle, by=world.actor("property_staff"), at=world.at + minutes(5), to=HOUSING)
    assert told.value.allowed == ["on_spot"]
    assert not Summons.objects.filter(unit__code=HOUSING).exists()


def test_a_stale_version_is_refused(world: World) -> None:
    whistle = blow(world)
    operations.check_in(whistle=whistle, by=world.actor("property_staff"), at=world.at + minutes(2), version=1)
    with pytest.raises(Stale):
        operations.close(whistle=whistle, by=world.actor("secretary"), at=world.at + minutes(3), version=1)


# --- how it ends ----------------------------------------------------------------------------------------------------


def test_it_ends_when_all_have_left(world: World) -> None:
    whistle = blow(world)
    at = whistle.started_at
    for count, name in enumerate(("property_staff", "management_staff"), start=1):
        operations.arrive(whistle=whistle, by=world.actor(name), at=at + minutes(count))
        operations.leave(whistle=whistle, by=world.actor(name), at=at + minutes(count + 10))
    assert Whistle.objects.get(pk=whistle.pk).ended_at is None
    operations.release(whistle=whistle, unit=HOUSING, by=world.actor("secretary"), at=at + minutes(15), note="不需要了")
    ended = Whistle.objects.get(pk=whistle.pk)
    assert (ended.ended_at, ended.ending) == (at + minutes(15), "all_left")
    with pytest.raises(StateConflict):
        operations.arrive(whistle=whistle, by=world.actor("housing_staff"), at=at + minutes(16))


def test_who_whistled_closes_it_and_the_matter_goes_on(world: World) -> None:
    whistle = blow(world, world.matter(to="dispatched"))
    operations.close(whistle=whistle, by=world.actor("secretary"), at=world.at + minutes(30), note="险情排除")
    assert {row.state for row in whistle.summonses.all()} == {SummonsState.RELEASED}
    matter = Matter.objects.get(pk=whistle.matter_id)
    assert matter.status == Status.DISPATCHED
    assert world.advance(matter, to="archived").status == Status.ARCHIVED


def test_summoned_units_do_not_run_the_whistle(world: World) -> None:
    whistle = blow(world)
    for name in ("property_staff", "near_secretary", "inspector"):
        with pytest.raises(NotAllowed):
            operations.close(whistle=whistle, by=world.actor(name), at=world.at + minutes(3))
        with pytest.raises(NotAllowed):
            operations.call_more(
                whistle=whistle, units=[f"{HOME}.committee"], by=world.actor(name), at=world.at + minutes(3)
            )


def test_further_units_are_called_with_clocks_of_their_own_and_none_twice(world: World) -> None:
    whistle = blow(world, units=(PROPERTY,))
    by, at = world.actor("secretary"), world.at + minutes(20)
    operations.call_more(whistle=whistle, units=[HOUSING], by=by, at=at)
    assert summons(whistle, HOUSING).report_due_at == at + minutes(10)
    with pytest.raises(Invalid):
        operations.call_more(whistle=whistle, units=[PROPERTY], by=by, at=at)


# --- what is late ---------------------------------------------------------------------------------------------------


def test_each_clock_that_runs_out_is_told_to_the_superior_once(world: World) -> None:
    whistle = blow(world)
    start = whistle.started_at
    operations.report_up(whistle=whistle, by=world.actor("property_staff"), at=start + minutes(5), note="已在现场")
    assert sweep_whistles(start + minutes(9)) == 0
    assert sweep_whistles(start + minutes(11)) == 2
    assert sweep_whistles(start + minutes(12)) == 0
    told = {(row.summons.unit.code, row.clock): row.told.code for row in Lateness.objects.all()}
    assert told == {
        (MANAGEMENT, "whistle_report"): f"{HOME_STREET}.operations",
        (HOUSING, "whistle_report"): f"{DISTRICT}.operations",
    }
    operations.report_up(whistle=whistle, by=world.actor("housing_staff"), at=start + minutes(15), note="刚接到")
    assert sweep_whistles(start + minutes(61)) == 3  # the first feedback of all three
    assert sweep_whistles(start + timedelta(hours=9)) == 3
    sheet = whistle_sheet(whistle, by=world.actor("secretary"), at=start + timedelta(hours=9))
    states = {t.unit.code: [c.state for c in t.clocks] for t in sheet.tracks if t.unit}
    assert states == {
        PROPERTY: ["met", "overdue", "overdue"],
        MANAGEMENT: ["overdue", "overdue", "overdue"],
        HOUSING: ["late", "overdue", "overdue"],
    }
    assert [e.verb for e in timeline("whistle", whistle.pk)].count("whistle.late") == 8


def test_nothing_is_told_of_units_that_have_left_or_of_an_ended_whistle(world: World) -> None:
    whistle = blow(world)
    operations.arrive(whistle=whistle, by=world.actor("property_staff"), at=world.at + minutes(2))
    operations.leave(whistle=whistle, by=world.actor("property_staff"), at=world.at + minutes(4))
    operations.close(whistle=whistle, by=world.actor("secretary"), at=world.at + minutes(5))
    assert sweep_whistles(world.at + timedelta(days=1)) == 0


def test_a_closed_matter_ends_its_whistle_and_nobody_is_told_any_more(world: World) -> None:
    whistle = blow(world)
    steps.reject(matter=whistle.matter, by=world.actor("secretary"), at=world.at + minutes(5), reason="误报")
    assert sweep_whistles(world.at + timedelta(days=1)) == 1
    ended = Whistle.objects.get(pk=whistle.pk)
    assert ended.ending == "matter_closed"
    assert not Lateness.objects.exists()


# --- what a whistle lets one see ------------------------------------------------------------------------------------


def test_a_summoned_unit_sees_that_matter_while_the_whistle_runs_and_nothing_else(world: World) -> None:
    other = world.report("楼道漏水", place=f"{HOME}-G001")
    whistle = blow(world)
    number, housing = whistle.matter.number, world.actor("housing_staff")
    assert matter_for(housing, number).pk == whistle.matter_id
    assert whistle_for(housing, whistle.pk).pk == whistle.pk
    with pytest.raises(NotFound):
        matter_for(housing, other.number)
    assert queue_page(housing, Filters(), at=world.at, after=None, limit=20).items == []
    assert [row.pk for row in whistles_for(housing).items] == [whistle.pk]
    operations.close(whistle=whistle, by=world.actor("secretary"), at=world.at + minutes(5))
    with pytest.raises(NotFound):
        matter_for(housing, number)
    with pytest.raises(NotFound):
        whistle_for(housing, whistle.pk)
    assert whistles_for(housing).items == []


@pytest.mark.parametrize(
    "name", ["near_property_staff", "far_property_staff", "far_management_staff", "near_secretary", "resident"]
)
def test_a_whistle_opens_nothing_to_others(world: World, name: str) -> None:
    whistle = blow(world)
    with pytest.raises(NotFound):
        matter_for(world.actor(name), whistle.matter.number)
    with pytest.raises(NotFound):
        whistle_for(world.actor(name), whistle.pk)
    assert whistles_for(world.actor(name)).items == []


def test_a_matter_set_right_to_another_place_takes_its_whistle_with_it(world: World) -> None:
    whistle = blow(world)
    steps.accept(matter=whistle.matter, by=world.actor("street_staff"), at=world.at + minutes(3), place=f"{NEAR}-G001")
    for name in ("secretary", "property_staff"):
        with pytest.raises(NotFound):
            whistle_for(world.actor(name), whistle.pk)
        assert whistles_for(world.actor(name)).items == []
    assert whistle_for(world.actor("near_secretary"), whistle.pk).pk == whistle.pk
    assert whistle_for(world.actor("housing_staff"), whistle.pk).pk == whistle.pk


def test_a_unit_let_go_no_longer_sees_it(world: World) -> None:
    whistle = blow(world)
    operations.release(whistle=whistle, unit=HOUSING, by=world.actor("secretary"), at=world.at + minutes(3))
    with pytest.raises(NotFound):
        matter_for(world.actor("housing_staff"), whistle.matter.number)


# --- what is proposed -----------------------------------------------------------------------------------------------


def test_the_units_that_the_rules_name_are_proposed_first(world: World) -> None:
    from pingzhan.matters.operations.call_rules import CallRow, load_call_rules

    matter = world.report("消防通道被堵", place=f"{HOME}-G001")
    first, proposed = units_to_call(matter)[0]
    assert (first.section, proposed) == ("street.operations", True)  # to whom it would be dispatched
    load_call_rules(
        root=world.places[DISTRICT], by=_system(), at=world.at,
        rules=[CallRow("fire", "community.property"), CallRow("fire", "street.management")],
    )  # fmt: skip
    found = units_to_call(matter)
    assert [unit.code for unit, yes in found if yes] == [PROPERTY, MANAGEMENT]
    assert f"{NEAR}.property" not in {unit.code for unit, _ in found}


def test_a_list_takes_two_statements_and_a_sheet_three(
    world: World, django_assert_num_queries: Callable[..., Any]
) -> None:
    whistle = blow(world)
    for name in ("property_staff", "management_staff"):
        operations.check_in(whistle=whistle, by=world.actor(name), at=world.at + minutes(2))
    blow(world, world.report("楼下又有煤气味", place=f"{HOME}-G002"))
    secretary, housing = world.actor("secretary"), world.actor("housing_staff")
    for actor in (secretary, housing):
        with django_assert_num_queries(1):
            assert len(whistles_for(actor).items) == 2
    with django_assert_num_queries(4):  # the pictures and the superiors told each with one of their own
        whistle_sheet(whistle, by=secretary, at=world.at)
