"""What is overdue is urged, then told level by level; and the faults that other systems have here."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pingzhan.core.models import Message
from pingzhan.journal.models import Entry
from pingzhan.matters import operations
from pingzhan.matters.choices import Basis, ClockKind, Tier
from pingzhan.matters.models import Clock, Escalation, Matter
from pingzhan.matters.operations.catalogue import LadderRow
from pingzhan.matters.operations.clocks import start_clocks, stop_clocks
from pingzhan.matters.operations.escalating import climb_due
from pingzhan.matters.queries.sheet import reporter_actor, sheet
from pingzhan.matters.rules import Allowance, Rung
from tests.factories.clocks import clocks_of, on_hold, set_rules, sweep
from tests.factories.world import FAR_STREET, HOME

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _ladders(world):
    set_rules(world)


def told(matter):
    rows = Escalation.objects.filter(matter=matter).order_by("clock_id", "rung")
    return [(row.tier, row.unit.code, row.clock.kind) for row in rows.select_related("unit", "clock")]


def test_the_unit_is_urged_then_one_level_after_another(world):
    matter = world.matter(to="in_progress")
    operations.progress(matter=matter, by=world.actor("property_staff"), at=matter.status_at, reply="已看")
    due = clocks_of(matter)["finish"].due_at
    assert sweep(due - timedelta(seconds=1)) == 0
    for hours in range(5):
        assert sweep(due + hours * HOUR) == (1 if hours < 4 else 0)
    assert told(matter) == [
        ("unit", f"{HOME}.property", "finish"),
        ("community", f"{HOME}.committee", "finish"),
        ("street", "310107005.operations", "finish"),
        ("district", "310107.operations", "finish"),
    ]
    assert list(Escalation.objects.order_by("rung").values_list("late_minutes", flat=True)) == [0, 60, 120, 180]
    matter.refresh_from_db()
    assert matter.escalated == 4
    assert clocks_of(matter)["finish"].due_at == due == matter.next_due_at


def test_each_rung_is_on_record_and_told_to_the_people_of_the_unit(world):
    matter = world.matter(to="in_progress")
    operations.progress(matter=matter, by=world.actor("property_staff"), at=matter.status_at, reply="已看")
    due = clocks_of(matter)["finish"].due_at
    sweep(due)
    sweep(due + HOUR)
    entries = Entry.objects.filter(subject_id=matter.pk, verb="matter.escalate").order_by("id")
    assert [entry.data["tier"] for entry in entries] == ["unit", "community"]
    messages = Message.objects.filter(template="matter.escalate").order_by("created_at")
    assert [m.to_user == world.users["property_staff"].pk for m in messages][0]
    assert {world.users["secretary"].pk, world.users["community_staff"].pk} <= {m.to_user for m in messages}
    assert matter.number in messages[0].text.open()
    shown = [item for item in sheet(matter, public=False).items if item.step == "escalate"]
    assert [item.unit for item in shown] == ["源园物业服务站", "源园居委会"]
    assert not [item for item in sheet(matter, public=True).items if item.step == "escalate"]


def test_the_sweep_twice_at_one_moment_tells_once(world):
    matter = world.matter(to="submitted")
    due = clocks_of(matter)["accept"].due_at
    assert (sweep(due), sweep(due), sweep(due)) == (1, 0, 0)
    assert len(told(matter)) == 1


def test_a_level_that_owes_it_itself_is_passed_over(world):
    matter = world.matter(to="submitted")
    due = clocks_of(matter)["accept"].due_at
    for hours in range(3):
        sweep(due + hours * HOUR)
    assert [(tier, unit) for tier, unit, _ in told(matter)] == [
        ("unit", f"{HOME}.committee"),
        ("street", "310107005.operations"),
        ("district", "310107.operations"),
    ]


def test_after_a_night_without_a_worker_there_is_still_time_between_the_rungs(world):
    matter = world.matter(to="submitted")
    late = clocks_of(matter)["accept"].due_at + timedelta(days=2)
    assert [sweep(late), sweep(late), sweep(late + HOUR)] == [1, 0, 1]


# --- faults of other systems ----------------------------------------------------------------------------------------


def test_a_clock_that_is_switched_off_does_not_escalate(world):
    set_rules(world, ladders=(LadderRow((), kind=ClockKind.ACCEPT),), at=world.at + timedelta(minutes=1))
    matter = world.matter(to="submitted")
    assert clocks_of(matter)["accept"].act_at is None
    assert sweep(world.at + timedelta(days=30)) == 0


def test_a_clock_that_stands_still_does_not_escalate(world):
    matter = on_hold(world, days=20)
    stopped = matter.clocks.exclude(kind="finish").filter(state="running")
    stopped.update(act_at=None)
    assert sweep(clocks_of(matter, "paused")["finish"].due_at + timedelta(days=3)) == 0


@pytest.mark.parametrize(
    "end",
    [
        lambda world, m, at: operations.withdraw(matter=m, by=reporter_actor(m), at=at),
        lambda world, m, at: operations.reject(matter=m, by=world.actor("secretary"), at=at, reason="不属实"),
        lambda world, m, at: operations.merge(
            matter=m, into=world.matter(to="in_progress"), by=world.actor("secretary"), at=at
        ),
    ],
    ids=["withdrawn", "rejected", "merged"],
)
def test_what_has_ended_does_not_escalate(world, end):
    matter = world.matter(to="accepted")
    end(world, matter, matter.status_at + HOUR)
    sweep(matter.reported_at + timedelta(days=60))
    assert told(matter) == []
    assert set(matter.clocks.values_list("state", flat=True)) <= {"stopped", "met"}


def test_an_archived_matter_does_not_escalate(world):
    matter = world.matter(to="archived")
    sweep(matter.reported_at + timedelta(days=60))
    assert told(matter) == []


def test_an_answer_stops_its_clock(world):
    matter = world.matter(to="in_progress")
    due = clocks_of(matter)["first_feedback"].due_at
    operations.progress(matter=matter, by=world.actor("property_staff"), at=due - HOUR, reply="已到场")
    assert matter.clocks.get(kind="first_feedback").state == "met"
    sweep(due + timedelta(days=1))
    assert "first_feedback" not in {kind for _, _, kind in told(matter)}


def test_what_is_done_is_no_longer_marked_as_escalated(world):
    matter = world.matter(to="submitted")
    due = clocks_of(matter)["accept"].due_at
    sweep(due)
    sweep(due + HOUR)
    matter.refresh_from_db()
    assert matter.escalated == 3
    operations.accept(matter=matter, by=world.actor("secretary"), at=due + 2 * HOUR)
    matter.refresh_from_db()
    assert matter.escalated == 0
    assert matter.clocks.get(kind="accept").state == "late"


def test_reopening_begins_with_new_times(world):
    matter = world.matter(to="fed_back")
    before = matter.clocks.get(kind="finish").due_at
    reopened = before + timedelta(days=10)
    operations.reopen(matter=matter, by=reporter_actor(matter), at=reopened, reason="又漏了")
    operations.dispatch(matter=matter, by=world.actor("secretary"), at=reopened + HOUR)
    running = clocks_of(matter)
    assert all(clock.due_at > reopened for clock in running.values())
    assert matter.next_due_at == min(clock.due_at for clock in running.values())
    assert sweep(reopened + HOUR) == 0


def test_a_return_sets_no_clock_back(world):
    matter = world.matter(to="in_progress")
    before = {kind: clock.due_at for kind, clock in clocks_of(matter).items()}
    at = matter.status_at + 3 * HOUR
    operations.return_matter(matter=matter, by=world.actor("property_staff"), at=at, reason="不属于物业")
    operations.dispatch(matter=matter, by=world.actor("secretary"), at=at + HOUR, unit=f"{HOME}.committee")
    after = {kind: clock.due_at for kind, clock in clocks_of(matter).items()}
    assert {kind: after[kind] for kind in before} == before
    assert matter.clocks.filter(kind="finish").count() == 1


def test_a_changed_rule_rewrites_nothing_that_runs_or_is_past(world):
    matter = world.matter(to="in_progress")
    before = list(matter.clocks.order_by("id").values_list("kind", "due_at", "state", "ladder_id", "act_at"))
    later = matter.status_at + timedelta(minutes=5)
    set_rules(
        world,
        at=later,
        allowances=(Allowance(ClockKind.FINISH, Basis.CALENDAR, minutes=1, category="property"),),
        ladders=(LadderRow((Rung(Tier.DISTRICT, Basis.CALENDAR, 0),)),),
    )
    assert list(matter.clocks.order_by("id").values_list("kind", "due_at", "state", "ladder_id", "act_at")) == before
    sweep(clocks_of(matter)["finish"].due_at)
    assert ("unit", f"{HOME}.property", "finish") in told(matter)
    new = world.matter(to="dispatched")
    assert clocks_of(new)["finish"].due_at == clocks_of(new)["finish"].started_at + timedelta(minutes=1)


# --- clocks of single units -----------------------------------------------------------------------------------------


def test_each_of_several_units_owes_its_own_clock(world):
    set_rules(world, allowances=(Allowance(ClockKind.ON_SPOT, Basis.CALENDAR, minutes=480),))
    matter = world.matter(to="in_progress")
    at = matter.status_at
    units = [world.units[f"{HOME}.committee"], world.units["310107005.management"]]
    for unit in units:
        start_clocks(matter=matter, kinds=[ClockKind.ON_SPOT], unit_id=unit.pk, at=at)
    assert Matter.objects.get(pk=matter.pk).next_due_at == at + timedelta(minutes=480)
    stop_clocks(matter=matter, kinds=[ClockKind.ON_SPOT], unit_id=units[0].pk, at=at + HOUR)
    sweep(at + timedelta(minutes=480))
    assert ("unit", "310107005.management", "on_spot") in told(matter)
    assert Clock.objects.get(unit=units[0]).state == "met"
    assert not Escalation.objects.filter(unit__code__startswith=FAR_STREET).exists()


@pytest.mark.postgres
def test_the_sweep_locks_matters_and_no_clocks(world):
    if connection.vendor != "postgresql":
        pytest.skip("only there rows are locked one by one")
    matter = world.matter(to="in_progress")
    due = clocks_of(matter)["finish"].due_at
    with CaptureQueriesContext(connection) as asked:
        assert climb_due(at=due + HOUR) > 0
    (claim,) = [query["sql"] for query in asked.captured_queries if "SKIP LOCKED" in query["sql"]]
    assert claim.endswith('FOR UPDATE OF "matters_matter" SKIP LOCKED')


def test_what_is_said_among_staff_is_no_first_feedback(world):
    matter = world.matter(to="in_progress")
    operations.progress(matter=matter, by=world.actor("property_staff"), at=matter.status_at, note="已派师傅")
    assert "first_feedback" in clocks_of(matter)
    operations.progress(matter=matter, by=world.actor("property_staff"), at=matter.status_at, reply="师傅今天到")
    assert "first_feedback" not in clocks_of(matter)
