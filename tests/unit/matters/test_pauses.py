"""A clock stands still only with approval, within a cap, and runs on by itself."""

from datetime import timedelta

import pytest

from pingzhan.core.errors import Invalid, NotAllowed, StateConflict
from pingzhan.core.models import Message
from pingzhan.core.worktime import Calendar
from pingzhan.matters import operations
from pingzhan.matters.choices import PauseState
from pingzhan.matters.models import Matter, Pause
from pingzhan.matters.operations.pausing import expire_pauses
from pingzhan.matters.rules import Bound
from tests.factories.clocks import clocks_of, on_hold, set_rules

pytestmark = pytest.mark.django_db


def left(matter, at, due):
    return Calendar().working_time_between(at, due)


def test_the_clock_runs_until_the_pause_is_approved(world):
    matter = on_hold(world, approved=False)
    assert matter.status == "on_hold"
    assert set(clocks_of(matter)) == {"first_feedback", "finish"}
    assert matter.awaits.code == "310107005001.committee"
    asked = Pause.objects.get()
    assert asked.state == PauseState.REQUESTED
    due = clocks_of(matter)["finish"].due_at
    decided = asked.requested_at + timedelta(hours=2)
    operations.decide_pause(matter=matter, by=world.actor("secretary"), at=decided)
    assert set(clocks_of(matter, "paused")) == {"finish"}
    matter.refresh_from_db()
    assert (matter.awaits_id, matter.waiting) == (None, True)
    back = decided + timedelta(days=3)
    operations.resume(matter=matter, by=world.actor("property_staff"), at=back)
    assert left(matter, back, clocks_of(matter)["finish"].due_at) == left(matter, decided, due)
    assert Pause.objects.get().state == PauseState.ENDED
    matter.refresh_from_db()
    assert not matter.waiting
    assert matter.next_due_at == min(clock.due_at for clock in clocks_of(matter).values())


def test_who_holds_it_is_told_of_the_request_and_of_the_decision(world):
    matter = on_hold(world, approved=False)
    told = {message.to_user for message in Message.objects.filter(template="matter.hold")}
    assert world.users["secretary"].pk in told
    operations.decide_pause(matter=matter, by=world.actor("secretary"), at=matter.status_at + timedelta(hours=1))
    told = {message.to_user for message in Message.objects.filter(template="matter.decide_pause")}
    assert world.users["property_staff"].pk in told


def test_nobody_approves_their_own_pause(world):
    matter = world.matter(to="accepted")
    operations.dispatch(matter=matter, by=world.actor("secretary"), at=matter.status_at, unit="310107005001.committee")
    operations.sign(matter=matter, by=world.actor("secretary"), at=matter.status_at)
    at = matter.status_at + timedelta(hours=1)
    operations.hold(matter=matter, by=world.actor("secretary"), at=at, reason="等", until=at + timedelta(days=3))
    assert matter.awaits.code == "310107005.operations"
    for name in ("secretary", "community_staff", "property_staff", "far_street_staff"):
        with pytest.raises(NotAllowed):
            operations.decide_pause(matter=matter, by=world.actor(name), at=at + timedelta(hours=1))
    operations.decide_pause(matter=matter, by=world.actor("street_staff"), at=at + timedelta(hours=1))
    assert set(clocks_of(matter, "paused")) == {"finish"}


def test_a_superior_of_the_receiver_may_decide(world):
    matter = on_hold(world, approved=False)
    operations.decide_pause(matter=matter, by=world.actor("command"), at=matter.status_at + timedelta(hours=1))
    assert set(clocks_of(matter, "paused")) == {"finish"}


def test_a_refused_pause_leaves_the_clock_as_it_was(world):
    matter = on_hold(world, approved=False)
    due = clocks_of(matter)["finish"].due_at
    at = matter.status_at + timedelta(hours=1)
    with pytest.raises(Invalid):
        operations.decide_pause(matter=matter, by=world.actor("secretary"), at=at, ok=False)
    operations.decide_pause(matter=matter, by=world.actor("secretary"), at=at, ok=False, note="配件有货")
    matter.refresh_from_db()
    assert (matter.status, matter.waiting, matter.awaits_id) == ("in_progress", False, None)
    assert clocks_of(matter)["finish"].due_at == due
    with pytest.raises(StateConflict):
        operations.decide_pause(matter=matter, by=world.actor("secretary"), at=at)


def test_a_pause_may_be_approved_for_less_but_not_for_more(world):
    matter = on_hold(world, approved=False)
    at = matter.status_at + timedelta(hours=1)
    with pytest.raises(Invalid):
        operations.decide_pause(
            matter=matter, by=world.actor("secretary"), at=at, until=matter.status_at + timedelta(days=8)
        )
    matter = Matter.objects.get(pk=matter.pk)
    operations.decide_pause(matter=matter, by=world.actor("secretary"), at=at, until=at + timedelta(days=2))
    assert Pause.objects.get().until == at + timedelta(days=2)


def test_a_pause_ends_by_itself_and_counts_no_longer_than_agreed(world):
    matter = on_hold(world)
    pause = Pause.objects.get()
    due = clocks_of(matter, "paused")["finish"].due_at
    assert expire_pauses(at=pause.until - timedelta(seconds=1)) == 0
    late = pause.until + timedelta(days=2)  # no worker ran in between
    assert expire_pauses(at=late) == 1
    assert expire_pauses(at=late) == 0
    matter.refresh_from_db()
    assert (matter.status, matter.waiting) == ("in_progress", False)
    assert left(matter, pause.until, clocks_of(matter)["finish"].due_at) == left(matter, pause.decided_at, due)


def test_a_request_that_nobody_decides_lapses_and_the_clock_ran_on(world):
    matter = on_hold(world, approved=False)
    due = clocks_of(matter)["finish"].due_at
    expire_pauses(at=Pause.objects.get().until)
    matter.refresh_from_db()
    assert (matter.status, Pause.objects.get().state) == ("in_progress", PauseState.LAPSED)
    assert clocks_of(matter)["finish"].due_at == due


def test_pauses_are_capped_in_all(world):
    set_rules(world, limits=(Bound("pause_days", 10),))
    matter = on_hold(world, days=7)
    handler = world.actor("property_staff")
    back = Pause.objects.get().decided_at + timedelta(days=6)
    operations.resume(matter=matter, by=handler, at=back)
    with pytest.raises(Invalid) as caught:
        operations.hold(matter=matter, by=handler, at=back, reason="等", until=back + timedelta(days=5))
    assert "10" in str(caught.value.detail)
    operations.hold(matter=matter, by=handler, at=back, reason="等", until=back + timedelta(days=4))


def test_of_what_was_late_when_it_stopped_nothing_is_forgiven(world):
    matter = on_hold(world, approved=False, days=20)
    due = clocks_of(matter)["finish"].due_at
    decided = due + timedelta(hours=5)
    operations.decide_pause(matter=matter, by=world.actor("secretary"), at=decided)
    operations.resume(matter=matter, by=world.actor("property_staff"), at=decided + timedelta(days=3))
    assert clocks_of(matter)["finish"].due_at == due


def test_what_was_sent_back_runs_on_with_the_time_that_was_left(world):
    matter = world.matter(to="completed")
    done = matter.clocks.get(kind="finish")
    sent_back = matter.status_at + timedelta(days=2)
    operations.verify(matter=matter, by=world.actor("secretary"), at=sent_back, ok=False, note="还在漏")
    running = clocks_of(matter)["finish"]
    assert running.pk == done.pk
    assert left(matter, sent_back, running.due_at) == left(matter, done.stopped_at, done.due_at)


def test_a_request_is_not_approved_after_the_time_that_it_asked_for(world):
    """Where the worker was late to let it lapse: a pause that ended already would shorten the deadline."""
    matter = world.matter(to="in_progress")
    due = clocks_of(matter)["finish"].due_at
    until = matter.status_at + timedelta(hours=24)
    operations.hold(matter=matter, by=world.actor("property_staff"), at=matter.status_at, reason="等料", until=until)
    with pytest.raises(Invalid):
        operations.decide_pause(matter=matter, by=world.actor("secretary"), at=until + timedelta(hours=1))
    assert expire_pauses(at=until + timedelta(hours=1)) == 1
    assert clocks_of(matter)["finish"].due_at == due


@pytest.mark.parametrize(("approved", "said"), [(True, "已到期"), (False, "没有人审批")])
def test_whoever_has_it_is_told_that_the_pause_is_over(world, approved, said):
    on_hold(world, approved=approved)
    expire_pauses(at=Pause.objects.get().until)
    told = Message.objects.filter(template="matter.resume", to_user=world.users["property_staff"].pk)
    assert said in told.get().text.open()
