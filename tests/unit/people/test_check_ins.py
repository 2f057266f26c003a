"""The check-in loop: vetted, called, on the team; once for each phone; told at every step; nobody else's business."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pingzhan.access.actors import ANONYMOUS, SYSTEM
from pingzhan.core.errors import Invalid, NotAllowed, NotFound, Stale, StateConflict
from pingzhan.core.models import Message
from pingzhan.core.worktime import current_calendar
from pingzhan.journal.queries import openings_of, timeline
from pingzhan.people import operations, queries
from pingzhan.people.choices import CheckInKind, CheckInSource, CheckInState, CheckInStep
from pingzhan.people.models import CheckIn, Person, PersonSkill, TeamMember
from pingzhan.people.operations import Told
from pingzhan.people.queries import MemberFilters
from pingzhan.people.workflow import ENDED, OWNER, TABLE, steps_from
from tests.factories.members import PHONE, actor_of, check_in, load_skills, team
from tests.factories.world import FAR, HOME, NEAR, World

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_every_state_has_an_owner_and_a_way_on() -> None:
    assert set(OWNER) == set(CheckInState)
    for state in CheckInState:
        assert (not steps_from(state)) == (state in ENDED)
    reached = {row.target for row in TABLE.values()} | {CheckInState.SUBMITTED, CheckInState.MERGED}
    assert reached - {None} == set(CheckInState)


def test_from_the_form_to_the_team(world: World) -> None:
    load_skills(world)
    found = check_in(world, skills=("medical.nurse", "made.up"), slots=("weekend", "never"), wishes="愿意陪护老人")
    assert (found.state, found.person, found.skills, found.slots) == ("submitted", None, ["medical.nurse"], ["weekend"])
    secretary = world.actor("secretary")
    operations.approve(check_in=found, by=secretary, at=world.at)
    assert found.due_at == current_calendar().working_days_later(world.at, 3)
    person = Person.objects.get(pk=found.person_id)
    assert (person.name, person.phone.open()) == ("秦志愿", PHONE)
    assert PersonSkill.objects.get(person=person).skill_id == "medical.nurse"
    operations.contact(check_in=found, by=secretary, at=world.at + HOUR, note="周末有空")
    assert found.due_at is None
    with pytest.raises(Invalid, match="还没有队伍"):
        operations.join(check_in=found, by=secretary, at=world.at + HOUR)
    made = team(world)
    operations.join(check_in=found, by=secretary, at=world.at + HOUR)
    found.refresh_from_db()
    assert found.state == "joined"
    assert TeamMember.objects.get(team=made).person == person
    verbs = [entry.verb for entry in timeline("check_in", found.pk)]
    assert sorted(verbs) == ["check_in.approve", "check_in.contact", "check_in.join", "check_in.submit"]
    told = Message.objects.order_by("id").values_list("template", flat=True)
    assert sorted(told) == sorted(["check_in.submit", "check_in.approve", "check_in.contact", "check_in.join"])


def test_without_consent_nothing_is_kept(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        operations.submit(
            told=Told("秦志愿", PHONE, HOME), source=CheckInSource.PORTAL, consent=False, by=ANONYMOUS, at=world.at
        )
    assert caught.value.errors[0]["loc"] == ["consent"]
    assert not CheckIn.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("told", "field"),
    [
        (Told("", PHONE, HOME), "name"),
        (Told("秦", "12ab", HOME), "phone"),
        (Told("秦", PHONE, "310107"), "place"),
        (Told("秦", PHONE, "nowhere"), "place"),
        (Told("秦", PHONE), "place"),
        (Told("秦", PHONE, HOME, unit="nobody"), "unit"),
        (Told("秦", PHONE, HOME, wishes="\x00"), "wishes"),
        (Told("秦", PHONE, HOME, kind="other"), "kind"),
    ],
)
def test_what_is_wrong_is_named(world: World, told: Told, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        operations.submit(told=told, source=CheckInSource.PORTAL, consent=True, by=ANONYMOUS, at=world.at)
    assert caught.value.errors[0]["loc"] == [field]


def test_an_address_finds_the_building_and_the_room_is_not_kept(world: World) -> None:
    found = check_in(world, place="", home="源园居委会1号楼101室")
    assert found.path == world.path(f"{HOME}-B001")
    with pytest.raises(Invalid) as caught:
        check_in(world, place="", home="1号楼", phone="10012340009")
    assert {error["code"] for error in caught.value.errors} >= {f"{HOME}-B001", f"{NEAR}-B001"}


def test_a_phone_waits_once_and_no_stranger_changes_what_it_said(world: World) -> None:
    first = check_in(world, wishes="陪护")
    again = check_in(world, name="别人", phone="+86 100-1234-0001", wishes="别的")
    assert again.pk == first.pk
    assert (again.name, again.wishes) == ("秦志愿", "陪护")
    assert Message.objects.count() == 1


def test_who_is_on_the_books_is_not_entered_twice(world: World) -> None:
    load_skills(world)
    first = check_in(world, to="joined", skills=("medical.nurse",), slots=("weekend",))
    again = check_in(world, skills=("trade.driving",), at=world.at + timedelta(days=9))
    operations.approve(check_in=again, by=world.actor("secretary"), at=world.at + timedelta(days=10))
    first.refresh_from_db()
    assert again.state == "merged"
    assert again.person_id == first.person_id
    assert (first.state, sorted(first.skills), first.slots) == (
        "joined", ["medical.nurse", "trade.driving"], ["weekend"],
    )  # fmt: skip
    assert Person.objects.filter(name="秦志愿").count() == 1


def test_who_moved_house_is_handed_over(world: World) -> None:
    first = check_in(world, to="joined")
    newer = check_in(world, place=FAR, at=world.at + timedelta(days=9))
    operations.approve(check_in=newer, by=world.actor("far_secretary"), at=world.at + timedelta(days=10))
    first.refresh_from_db()
    assert (first.state, newer.state) == ("moved", "approved")
    assert not TeamMember.objects.filter(until__isnull=True).exists()


def test_the_community_hands_over_and_the_other_vets(world: World) -> None:
    first = check_in(world, to="joined", wishes="陪护")
    newer = operations.move(check_in=first, to=NEAR, by=world.actor("secretary"), at=world.at + timedelta(days=1))
    assert (first.state, newer.state, newer.wishes, newer.phone.open()) == ("moved", "submitted", "陪护", PHONE)
    with pytest.raises(NotAllowed):
        operations.approve(check_in=newer, by=world.actor("secretary"), at=world.at + timedelta(days=1))
    operations.approve(check_in=newer, by=world.actor("near_secretary"), at=world.at + timedelta(days=1))
    assert newer.person_id == first.person_id


def test_an_overdue_call_is_listed_first(world: World) -> None:
    late = check_in(world, to="approved")
    check_in(world, phone="10012340002", to="approved", at=world.at + timedelta(days=8))
    secretary, at = world.actor("secretary"), world.at + timedelta(days=9)
    rows = queries.ledger(secretary, MemberFilters())
    assert queries.counts(rows, at=at)["overdue"] == 1
    found = queries.members_page(secretary, MemberFilters(state="overdue"), at=at)
    assert [row.pk for row in found.items] == [late.pk]
    assert [row.pk for row in queries.to_contact(secretary).items][0] == late.pk
    # Tried in vain: it stays due, and the attempt is on record.
    operations.contact(check_in=late, by=secretary, at=at, reached=False, note="没有接")
    assert (late.state, late.due_at is not None) == ("approved", True)


def test_steps_want_the_right_and_the_state(world: World) -> None:
    found = check_in(world)
    for name in ("far_secretary", "near_secretary", "grid_worker", "inspector", "administrator", "resident"):
        with pytest.raises(NotAllowed):
            operations.approve(check_in=found, by=world.actor(name), at=world.at)
        with pytest.raises(NotFound):
            queries.check_in_for(world.actor(name), found.pk)
    with pytest.raises(StateConflict) as caught:
        operations.join(check_in=found, by=world.actor("secretary"), at=world.at)
    assert caught.value.allowed == ["contacted"]
    with pytest.raises(Stale):
        operations.approve(check_in=found, by=world.actor("secretary"), at=world.at, version=7)
    with pytest.raises(Invalid):
        operations.reject(check_in=found, by=world.actor("secretary"), at=world.at, reason=" ")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_is_told(world: World, at_once: Callable[..., list[Any]]) -> None:
    found = check_in(world)
    secretary = world.actor("secretary")

    def one(act: Callable[..., Any], **more: Any) -> Any:
        return act(check_in=CheckIn.objects.get(pk=found.pk), by=secretary, at=world.at, **more)

    results = at_once(lambda: one(operations.approve), lambda: one(operations.reject, reason="不住在这里"))
    assert sum(isinstance(result, StateConflict) for result in results) == 1
    assert sum(isinstance(result, CheckIn) for result in results) == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_by_many_at_once_is_one_check_in(world: World, at_once: Callable[..., list[Any]]) -> None:
    results = at_once(*[lambda: check_in(world)] * 4)
    assert {result.pk for result in results} == {CheckIn.objects.get().pk}


def test_a_member_pauses_returns_and_leaves_without_asking(world: World) -> None:
    found = check_in(world, to="joined")
    me, at = actor_of(found, world.at + 9 * HOUR), world.at + 9 * HOUR
    assert queries.next_steps(me, found) == [CheckInStep.PAUSE, CheckInStep.LEAVE, CheckInStep.CORRECT]
    operations.pause(check_in=found, by=me, at=at)
    operations.resume(check_in=found, by=me, at=at)
    operations.leave(check_in=found, by=me, at=at)
    assert found.state == "left"
    assert not TeamMember.objects.filter(until__isnull=True).exists()
    assert found.phone.open() == PHONE


def test_consent_withdrawn_leaves_nothing_but_that_there_was_somebody(world: World) -> None:
    load_skills(world)
    found = check_in(world, to="joined", home="源园1号楼101室", standing="退役军人", skills=("medical.nurse",))
    at = world.at + timedelta(days=1)
    operations.leave(check_in=found, by=actor_of(found, at), at=at, forget=True)
    kept = CheckIn.objects.select_related("person").get(pk=found.pk)
    assert (kept.name, kept.phone.open(), kept.phone_index, kept.home.open(), kept.standing.open()) == (
        "秦**", "", "", "", "",
    )  # fmt: skip
    assert kept.person is not None
    assert (kept.person.name, kept.person.phone.open(), kept.person.phone_index) == ("秦**", "", None)
    assert not PersonSkill.objects.filter(until__isnull=True).exists()
    assert Message.objects.filter(template="check_in.leave").get().to_sealed.open() == PHONE


def test_correcting_keeps_phone_and_community(world: World) -> None:
    load_skills(world)
    found = check_in(world, to="joined", skills=("medical.nurse",))
    told = Told("秦志远", PHONE, f"{HOME}-B002", skills=("trade.driving",), wishes="开车接送")
    operations.correct(check_in=found, told=told, by=actor_of(found, world.at), at=world.at + HOUR)
    found.refresh_from_db()
    assert (found.name, found.path, found.wishes) == ("秦志远", world.path(f"{HOME}-B002"), "开车接送")
    assert list(PersonSkill.objects.filter(until__isnull=True).values_list("skill", flat=True)) == ["trade.driving"]
    with pytest.raises(Invalid, match="搬到了别的居村"):
        operations.correct(check_in=found, told=Told("秦", PHONE, FAR), by=SYSTEM, at=world.at)


def test_a_phone_is_masked_until_opened_for_a_purpose_and_the_member_sees_it(world: World) -> None:
    found = check_in(world, to="joined", home="源园1号楼101室")
    assert str(found.phone) == "100****0001"
    with pytest.raises(Invalid):
        operations.open_check_in(check_in=found, purpose=" ", by=world.actor("secretary"), at=world.at)
    with pytest.raises(NotAllowed):
        operations.open_check_in(check_in=found, purpose="看看", by=world.actor("far_secretary"), at=world.at)
    shown = operations.open_check_in(check_in=found, purpose="约见面", by=world.actor("secretary"), at=world.at)
    assert (shown.phone, shown.home) == (PHONE, "源园1号楼101室")
    opening = openings_of("check_in", found.pk).get()
    assert (opening.purpose, opening.entry.actor_name) == ("约见面", "沈书记")
    assert found.person is not None
    assert opening.person_id == found.person.user_id


def test_a_mobile_worker_may_report_on_the_round_and_nothing_else(world: World) -> None:
    found = check_in(world, kind=CheckInKind.MOBILE, place=HOME, job="骑手")
    operations.approve(check_in=found, by=world.actor("community_staff"), at=world.at)
    me = actor_of(found, world.at + HOUR)
    assert [(held.role, held.path) for held in me.held] == [("mobile_worker", world.path(HOME))]
    assert me.held[0].definition.permissions == {"matter.report"}
    assert found.state == "joined"
    operations.leave(check_in=found, by=me, at=world.at + 2 * HOUR)
    assert actor_of(found, world.at + 3 * HOUR).held == ()


def test_no_ledger_shows_another_area(world: World) -> None:
    check_in(world)
    check_in(world, phone="10012340002", place=FAR)
    for name, count in {"secretary": 1, "far_secretary": 1, "near_secretary": 0, "command": 2, "inspector": 0}.items():
        rows = queries.ledger(world.actor(name), MemberFilters())
        assert rows.count() == count, name
        assert queries.counts(rows, at=world.at)["all"] == count
    for q in (PHONE, "秦"):
        assert not queries.ledger(world.actor("near_secretary"), MemberFilters(q=q)).exists()
        assert queries.ledger(world.actor("secretary"), MemberFilters(q=q)).count() == 1


@pytest.mark.parametrize("filters", [
    {"state": "overdue"}, {"state": "active"}, {"state": "submitted"}, {"place": HOME}, {"skill": "medical"},
    {"slot": "weekend"}, {"q": "秦"}, {"q": PHONE}, {"kind": "member"},
])  # fmt: skip
def test_the_ledger_narrows(world: World, filters: dict[str, str]) -> None:
    load_skills(world)
    states = {"overdue": "approved", "active": "approved", "submitted": "submitted"}
    wanted = check_in(
        world, to=states.get(filters.get("state", ""), "approved"), slots=("weekend",), skills=("medical.nurse",)
    )
    other = "submitted" if filters.get("state") != "submitted" else "approved"
    check_in(
        world, phone="10012340002", name="钱", place=NEAR, to=other, slots=("evening",), kind="mobile",
        at=world.at + timedelta(days=20),
    )  # fmt: skip
    found = queries.members_page(world.actor("command"), MemberFilters(**filters), at=world.at + timedelta(days=20))
    assert [row.pk for row in found.items] == [wanted.pk]


def test_check_ins_teams_and_skills_follow_when_two_entries_of_a_person_become_one(world: World) -> None:
    load_skills(world)
    kept = check_in(world, to="joined", skills=("medical.nurse",))
    gone = check_in(world, phone="10012340002", to="joined", skills=("medical.nurse", "trade.driving"))
    assert kept.person is not None
    assert gone.person is not None
    at = world.at + timedelta(days=1)
    merge = operations.merge_persons(
        kept=kept.person, gone=gone.person, reason="同一人", by=world.actor("secretary"), at=at
    )
    gone.refresh_from_db()
    assert (gone.person_id, gone.state) == (kept.person_id, "merged")
    assert TeamMember.objects.filter(until__isnull=True).get().person_id == kept.person_id
    mine = PersonSkill.objects.filter(person=kept.person, until__isnull=True).order_by("skill")
    assert [row.skill_id for row in mine] == ["medical.nurse", "trade.driving"]
    operations.undo_merge(merge=merge, by=world.actor("secretary"), at=at)
    gone.refresh_from_db()
    assert gone.person_id != kept.person_id
