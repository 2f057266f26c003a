"""Many at once: each for itself, with one answer, and taken back within a minute where nothing has happened since."""

from datetime import timedelta

import pytest

from pingzhan.core.errors import Invalid, NotFound, StateConflict
from pingzhan.core.models import Message
from pingzhan.journal.models import Entry
from pingzhan.matters import operations
from pingzhan.matters.models import BulkAction, Clock, Matter, Presence, Supervision
from pingzhan.matters.operations.bulk import forget_old
from pingzhan.matters.operations.presence import forget_absent
from pingzhan.matters.queries.bulk import last_undoable
from pingzhan.matters.queries.groups import grouped
from pingzhan.matters.queries.presence import others_at
from pingzhan.matters.queries.sheet import sheet
from tests.factories.world import FAR, HOME, World

pytestmark = pytest.mark.django_db
SOON = timedelta(seconds=30)


def row(matter: Matter) -> dict[str, object]:
    """All columns but the sealed ones, which are not comparable."""
    found = Matter.objects.filter(pk=matter.pk).values().get()
    return {name: value for name, value in found.items() if not name.startswith("contact_")}


def running(matter: Matter) -> list[tuple[object, ...]]:
    rows = Clock.objects.filter(matter=matter, state="running").order_by("kind")
    return list(rows.values_list("kind", "started_at", "due_at", "stopped_at"))


@pytest.mark.parametrize("act", ["accept", "accept_dispatch", "reject", "merge"])
def test_undone_within_a_minute_a_matter_is_what_it_was(world: World, act: str) -> None:
    reports = ((f"{n}号楼楼道漏水", world.at + timedelta(minutes=n)) for n in (1, 2, 3))
    matters = [world.report(text, at=when, contact_phone="13812345678") for text, when in reports]
    before = [row(one) for one in matters]
    clocks = [running(one) for one in matters]
    secretary = world.actor("secretary")
    at = world.at + timedelta(minutes=5)
    outcome = operations.bulk(act=act, matters=matters, by=secretary, at=at, reply="大家反映的漏水已知悉。")
    assert outcome.done == (2 if act == "merge" else 3)
    assert last_undoable(secretary, at=at + SOON).id == outcome.action.pk

    result = operations.undo(action_id=outcome.action.pk, by=secretary, at=at + SOON)

    assert (result.done, result.kept) == (outcome.done, [])
    for matter, was, had in zip(matters, before, clocks, strict=True):
        now = row(matter)
        assert now["version"] >= was["version"]  # never back: whoever has the page open sees that it moved
        assert {**now, "version": 0} == {**was, "version": 0}
        assert running(matter) == had
    assert last_undoable(secretary, at=at + SOON) is None
    # On record: that it was done, and that it was undone. For the reporters it did not happen.
    entries = Entry.objects.filter(subject_id=matters[2].pk).order_by("id")
    assert entries.last().verb == "matter.undo"
    assert set(entries.last().data["entries"]) < {str(uid) for uid in entries.values_list("uid", flat=True)}
    shown = sheet(Matter.objects.get(pk=matters[2].pk), public=True)
    assert [item.step for item in shown.items] == ["report"]
    assert [item.label for item in sheet(matters[2], public=False).items][-1] == "撤销"
    assert set(Message.objects.exclude(template="matter.report").values_list("state", flat=True)) <= {"withdrawn"}


def test_messages_to_reporters_wait_until_it_can_no_longer_be_undone(world: World) -> None:
    matter = world.report(contact_phone="13812345678")
    at = world.at + timedelta(minutes=5)
    operations.bulk(act="accept", matters=[matter], by=world.actor("secretary"), at=at)
    message = Message.objects.get(template="matter.accept")
    assert message.not_before == at + timedelta(minutes=1)


def test_what_has_moved_on_stays_and_is_named(world: World) -> None:
    first, second = world.report(), world.report()
    secretary, at = world.actor("secretary"), world.at + timedelta(minutes=5)
    outcome = operations.bulk(act="accept", matters=[first, second], by=secretary, at=at)
    operations.dispatch(matter=first, by=secretary, at=at + timedelta(seconds=5))
    result = operations.undo(action_id=outcome.action.pk, by=secretary, at=at + SOON)
    assert (result.done, result.kept) == (1, [first.number])
    assert row(first)["status"] == "dispatched"
    assert row(second)["status"] == "submitted"
    again = operations.undo(action_id=outcome.action.pk, by=secretary, at=at + SOON)
    assert again.done == 0  # pressed twice, undone once


def test_only_ones_own_and_only_within_a_minute(world: World) -> None:
    matter, at = world.report(), world.at + timedelta(minutes=5)
    outcome = operations.bulk(act="accept", matters=[matter], by=world.actor("secretary"), at=at)
    action = outcome.action.pk
    with pytest.raises(NotFound):
        operations.undo(action_id=action, by=world.actor("community_staff"), at=at + SOON)
    with pytest.raises(StateConflict):
        operations.undo(action_id=action, by=world.actor("secretary"), at=at + timedelta(seconds=61))
    assert row(matter)["status"] == "accepted"
    assert forget_old(at=at + timedelta(hours=2)) > 0
    assert not BulkAction.objects.exists()


def test_a_deadline_that_ran_stays_what_it_was_after_the_undo(world: World) -> None:
    matter, at = world.matter(to="accepted"), world.at + timedelta(minutes=5)
    due = row(matter)["next_due_at"]
    outcome = operations.bulk(act="dispatch", matters=[matter], by=world.actor("secretary"), at=at)
    operations.undo(action_id=outcome.action.pk, by=world.actor("secretary"), at=at + SOON)
    assert row(matter)["next_due_at"] == due
    operations.dispatch(matter=Matter.objects.get(pk=matter.pk), by=world.actor("secretary"), at=at + 2 * SOON)
    kinds = Clock.objects.filter(matter=matter, state="running").order_by("kind").values_list("kind", flat=True)
    assert list(kinds) == ["finish", "first_feedback", "sign"]


def test_a_common_answer_reaches_every_reporter(world: World) -> None:
    matters = [world.report(), world.report()]
    at = world.at + timedelta(minutes=5)
    operations.bulk(act="accept_dispatch", matters=matters, by=world.actor("secretary"), at=at, reply="抢修队已出发。")
    for matter in matters:
        replies = [reply for item in sheet(matter, public=True).items for reply in item.replies]
        assert replies == ["抢修队已出发。"]
    with pytest.raises(Invalid):  # a refusal says why
        operations.bulk(act="reject", matters=[world.report()], by=world.actor("secretary"), at=at, reply=" ")


def test_merged_into_the_one_reported_first(world: World) -> None:
    matters = [world.report(at=world.at + timedelta(minutes=n)) for n in range(3)]
    at = world.at + timedelta(minutes=5)
    outcome = operations.bulk(act="merge", matters=matters[::-1], by=world.actor("secretary"), at=at)
    assert outcome.done == 2
    assert set(Matter.objects.filter(status="merged").values_list("merged_into", flat=True)) == {matters[0].pk}
    with pytest.raises(Invalid):
        operations.bulk(act="merge", matters=matters[:1], by=world.actor("secretary"), at=at)


def test_what_cannot_be_done_is_named_and_the_rest_is_done(world: World) -> None:
    mine, far = world.report(), world.report(place=f"{FAR}-G001")
    at = world.at + timedelta(minutes=5)
    outcome = operations.bulk(act="accept", matters=[mine, far], by=world.actor("secretary"), at=at)
    assert outcome.done == 1
    assert [matter.pk for matter, _why in outcome.failed] == [far.pk]
    assert row(far)["status"] == "submitted"


def test_the_same_trouble_makes_one_group(world: World) -> None:
    leaks = [world.report(f"{n}号楼楼道漏水，地上都是水") for n in range(1, 5)]
    more = world.report("3号楼楼道有漏水")
    other = world.report("五楼邻居家阳台往下滴水，被子全湿了，和楼道没关系，漏水一个星期了")
    elsewhere = world.report("8号楼楼道漏水", place="310107005003-G001")
    quarrel = world.report("楼上楼下吵架")
    groups = grouped([quarrel, elsewhere, other, more, *leaks])
    assert [len(group.matters) for group in groups] == [5, 1, 1, 1]
    assert {matter.pk for matter in groups[0].matters} == {more.pk, *(leak.pk for leak in leaks)}


def test_who_else_looks_is_told_for_a_moment_and_forgotten(world: World) -> None:
    matter = world.report()
    secretary, staff = world.actor("secretary"), world.actor("community_staff")
    for moment in (world.at, world.at + timedelta(seconds=20)):
        operations.look_at(matter=matter, by=secretary, at=moment)
        operations.look_at(matter=matter, by=staff, at=moment)
    assert Presence.objects.count() == 2
    assert others_at(matter, staff, at=world.at + timedelta(seconds=30)) == ["沈书记"]
    assert others_at(matter, staff, at=world.at + timedelta(seconds=70)) == []
    assert forget_absent(at=world.at + timedelta(minutes=3)) == 2
    assert HOME in matter.path


def test_undone_a_rejection_was_not_said_to_those_merged_either(world: World) -> None:
    kept, other = world.report(), world.report(contact_phone="10012345678")
    secretary = world.actor("secretary")
    operations.merge(matter=other, into=kept, by=secretary, at=world.at)
    outcome = operations.bulk(act="reject", matters=[kept], by=secretary, at=world.at, reply="不属于本小区")
    assert sheet(other, public=True).items[-1].step == "reject"
    operations.undo(action_id=outcome.action.pk, by=secretary, at=world.at)
    assert [item.step for item in sheet(other, public=True).items] == ["report", "merge"]
    assert [one.state for one in Message.objects.filter(template="matter.reject")] == ["withdrawn"]


def test_undone_a_supervised_case_is_one_again(world: World) -> None:
    matter, secretary = world.report(), world.actor("secretary")
    operations.supervise(matter=matter, by=world.actor("inspector"), at=world.at, note="今天答复")
    outcome = operations.bulk(act="reject", matters=[matter], by=secretary, at=world.at + SOON, reply="不属于本小区")
    operations.undo(action_id=outcome.action.pk, by=secretary, at=world.at + 2 * SOON)
    matter.refresh_from_db()
    assert matter.supervised
    assert Supervision.objects.get().released_at is None


def test_what_changed_since_it_was_ticked_is_named_and_not_done(world: World) -> None:
    same, changed = world.report(), world.report()
    seen = {matter.number: matter.version for matter in (same, changed)}
    operations.accept(matter=changed, by=world.actor("community_staff"), at=world.at, category="housing.roof")
    outcome = operations.bulk(
        act="reject", matters=[same, changed], by=world.actor("secretary"), at=world.at, reply="不属于本小区", seen=seen
    )
    assert (outcome.done, [matter.number for matter, _ in outcome.failed]) == (1, [changed.number])
    changed.refresh_from_db()
    assert changed.status == "accepted"
