"""From hand to hand: up level by level and back, returns, powers, supervised cases, parts, mergers."""

from datetime import timedelta

import pytest

from pingzhan.core.errors import Invalid, NotAllowed, StateConflict
from pingzhan.core.models import Message
from pingzhan.matters import operations
from pingzhan.matters.models import Matter, Merger, Referral, Supervision
from pingzhan.matters.operations.catalogue import PowerRow
from pingzhan.matters.queries.levels import chain, responsible
from pingzhan.matters.queries.passing import supervisions
from pingzhan.matters.queries.sheet import sheet
from pingzhan.matters.rules import Bound
from tests.factories.clocks import clocks_of, set_rules, sweep
from tests.factories.world import DISTRICT as DISTRICT_AREA
from tests.factories.world import FAR, HOME, NEAR

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
STREET, DISTRICT = "310107005.operations", "310107.operations"


def referred(world):
    """To the street, which signs and refers it to the district, which completes it."""
    matter = world.matter(to="accepted")
    at = matter.status_at
    operations.refer(matter=matter, by=world.actor("secretary"), at=at + HOUR, reason="需街道协调")
    operations.sign(matter=matter, by=world.actor("street_staff"), at=at + 2 * HOUR)
    operations.refer(matter=matter, by=world.actor("street_staff"), at=at + 3 * HOUR, reason="需区里立项")
    operations.sign(matter=matter, by=world.actor("command"), at=at + 4 * HOUR)
    return matter


def later(matter, hours=1):
    return matter.status_at + hours * HOUR


# --- referral -------------------------------------------------------------------------------------------------------


def test_referring_hands_it_up_level_by_level(world):
    matter = referred(world)
    assert matter.handler.code == DISTRICT
    assert [(row.unit.code, row.to_unit.code) for row in chain(matter).select_related("unit", "to_unit")] == [
        (f"{HOME}.committee", STREET),
        (STREET, DISTRICT),
    ]


def test_the_result_is_confirmed_by_each_level_before_it_reaches_the_resident(world):
    matter = referred(world)
    operations.complete(matter=matter, by=world.actor("command"), at=later(matter), result="已立项维修")
    assert matter.awaits.code == STREET
    told = {message.to_user for message in Message.objects.filter(template="matter.complete")}
    assert world.users["street_staff"].pk in told
    for name in ("secretary", "community_staff", "command"):
        with pytest.raises(NotAllowed):
            operations.verify(matter=matter, by=world.actor(name), at=later(matter))
        with pytest.raises(StateConflict):
            operations.feed_back(matter=matter, by=world.actor(name), at=later(matter), reply="好了")
    operations.verify(matter=matter, by=world.actor("street_staff"), at=later(matter), note="已看过")
    assert matter.awaits_id is None
    assert matter.verified_at is None
    operations.verify(matter=matter, by=world.actor("secretary"), at=later(matter, 2))
    assert matter.verified_at is not None
    operations.feed_back(matter=matter, by=world.actor("secretary"), at=later(matter, 3), reply="区里已立项维修。")
    assert all(row.confirmed_at for row in chain(matter))
    labels = [item.label for item in sheet(matter, public=False).items]
    assert labels.count("逐级确认") == 1


def test_telling_the_resident_is_the_receivers_confirmation(world):
    matter = referred(world)
    operations.complete(matter=matter, by=world.actor("command"), at=later(matter), result="已立项")
    operations.verify(matter=matter, by=world.actor("street_staff"), at=later(matter))
    operations.feed_back(matter=matter, by=world.actor("secretary"), at=later(matter, 2), reply="区里已立项。")
    assert not chain(matter).filter(confirmed_at__isnull=True).exists()


def test_a_level_that_is_passed_over_confirms_as_well(world):
    matter = world.matter(to="accepted")
    operations.refer(
        matter=matter, by=world.actor("secretary"), at=later(matter), reason="需区里", unit="310107.housing"
    )
    assert [row.unit.code for row in chain(matter).select_related("unit")] == [f"{HOME}.committee", STREET]
    operations.sign(matter=matter, by=world.actor("housing_staff"), at=later(matter))
    operations.complete(matter=matter, by=world.actor("housing_staff"), at=later(matter), result="修好")
    assert matter.awaits.code == STREET


def test_a_result_that_was_none_is_confirmed_anew(world):
    matter = referred(world)
    operations.complete(matter=matter, by=world.actor("command"), at=later(matter), result="已立项")
    operations.verify(matter=matter, by=world.actor("street_staff"), at=later(matter))
    operations.verify(matter=matter, by=world.actor("secretary"), at=later(matter, 2), ok=False, note="没有动静")
    assert matter.handler.code == DISTRICT
    operations.complete(matter=matter, by=world.actor("command"), at=later(matter), result="已进场")
    assert matter.awaits.code == STREET


def test_what_a_superior_returns_goes_back_to_who_passed_it_up(world):
    matter = referred(world)
    operations.return_matter(matter=matter, by=world.actor("command"), at=later(matter), reason="街道可自行办理")
    assert (matter.status, matter.awaits.code) == ("accepted", STREET)
    with pytest.raises(NotAllowed):
        operations.dispatch(matter=matter, by=world.actor("secretary"), at=later(matter))
    operations.dispatch(matter=matter, by=world.actor("street_staff"), at=later(matter), unit="310107005.management")
    assert not matter.binding
    assert Referral.objects.filter(matter=matter, undone_at__isnull=True).count() == 1


def test_whoever_was_asked_answers_until_somebody_has_signed(world):
    units = world.units
    matter = world.matter(to="accepted")
    assert responsible(matter) == matter.receiver_id
    operations.refer(matter=matter, by=world.actor("secretary"), at=later(matter), reason="需街道协调")
    assert responsible(matter, list(chain(matter))) == units[f"{HOME}.committee"].pk
    operations.sign(matter=matter, by=world.actor("street_staff"), at=later(matter))
    assert responsible(matter, list(chain(matter))) == units[STREET].pk
    operations.refer(matter=matter, by=world.actor("street_staff"), at=later(matter), reason="需区里")
    assert responsible(matter, list(chain(matter))) == units[STREET].pk


# --- powers and returns ---------------------------------------------------------------------------------------------


def test_a_level_without_the_power_is_not_given_the_matter(world):
    set_rules(world, powers=(PowerRow("property", "street"),))
    matter = world.matter(to="accepted")
    for unit in ("", f"{HOME}.committee"):
        with pytest.raises(Invalid) as caught:
            operations.dispatch(matter=matter, by=world.actor("secretary"), at=later(matter), unit=unit)
        assert "街镇" in str(caught.value.detail)
    operations.dispatch(matter=matter, by=world.actor("secretary"), at=later(matter), unit="310107005.management")


def test_after_too_many_returns_the_superior_decides_and_that_binds(world):
    set_rules(world, limits=(Bound("returns", 2),))
    matter = world.matter(to="dispatched")
    manager, secretary = world.actor("property_staff"), world.actor("secretary")
    operations.return_matter(matter=matter, by=manager, at=later(matter), reason="不归我们")
    assert matter.awaits_id is None
    operations.dispatch(matter=matter, by=secretary, at=later(matter))
    operations.return_matter(matter=matter, by=manager, at=later(matter), reason="确实不归我们")
    assert (matter.returns, matter.awaits.code) == (2, STREET)
    with pytest.raises(NotAllowed):
        operations.dispatch(matter=matter, by=secretary, at=later(matter))
    operations.dispatch(matter=matter, by=world.actor("street_staff"), at=later(matter), unit=f"{HOME}.property")
    assert matter.binding
    with pytest.raises(StateConflict):
        operations.return_matter(matter=matter, by=manager, at=later(matter), reason="还是不归")
    assert "上级裁定承办" in [item.label for item in sheet(matter, public=False).items]


# --- supervised cases -----------------------------------------------------------------------------------------------


def test_a_supervised_case_is_answered_and_released(world):
    matter = world.matter(to="in_progress")
    operations.supervise(matter=matter, by=world.actor("inspector"), at=later(matter), note="三日内修好")
    case = Supervision.objects.get()
    assert case.unit.code == f"{HOME}.property"
    assert clocks_of(matter)["supervision"].due_at == case.due_at
    with pytest.raises(NotAllowed):
        operations.report_back(matter=matter, by=world.actor("secretary"), at=later(matter), reply="好")
    operations.report_back(matter=matter, by=world.actor("property_staff"), at=later(matter, 2), reply="配件明天到")
    assert matter.clocks.get(kind="supervision").state == "met"
    assert Message.objects.get(template="matter.report_back").to_user == world.users["inspector"].pk
    operations.release(matter=matter, by=world.actor("inspector"), at=later(matter, 3))
    case.refresh_from_db()
    assert (matter.supervised, case.released_at) == (False, later(matter, 3))
    with pytest.raises(StateConflict):
        operations.release(matter=matter, by=world.actor("inspector"), at=later(matter, 4))


def test_an_unanswered_demand_escalates(world):
    set_rules(world)
    matter = world.matter(to="in_progress")
    due = later(matter, 2)
    operations.supervise(matter=matter, by=world.actor("inspector"), at=later(matter), note="马上到场", due=due)
    assert matter.next_due_at == due
    sweep(due)
    assert matter.escalations.get().clock.kind == "supervision"


def test_a_newer_demand_takes_the_place_of_the_older(world):
    matter = world.matter(to="in_progress")
    for hours, note in ((1, "一"), (2, "二")):
        operations.supervise(matter=matter, by=world.actor("inspector"), at=later(matter, hours), note=note)
    assert list(Supervision.objects.filter(released_at__isnull=True).values_list("requirement", flat=True)) == ["二"]
    assert matter.clocks.filter(kind="supervision", state="running").count() == 1


def test_with_the_matter_its_supervision_ends(world):
    matter = world.matter(to="dispatched")
    operations.supervise(matter=matter, by=world.actor("inspector"), at=later(matter), note="盯住")
    operations.withdraw(matter=matter, by=world.actor("secretary"), at=later(matter, 2))
    assert Supervision.objects.get().released_at is not None


def test_a_supervised_sheet_is_not_merged_away(world):
    kept, supervised = (world.matter(to="accepted") for _ in range(2))
    operations.supervise(matter=supervised, by=world.actor("inspector"), at=later(kept), note="盯住")
    with pytest.raises(StateConflict) as refused:
        operations.merge(matter=supervised, into=kept, by=world.actor("secretary"), at=later(kept, 2))
    assert "督办" in str(refused.value.detail)
    operations.merge(matter=kept, into=supervised, by=world.actor("secretary"), at=later(kept, 2))


def test_what_is_reopened_after_the_archive_is_supervised_no_longer(world):
    matter = world.matter(by="resident", to="in_progress")
    operations.supervise(matter=matter, by=world.actor("inspector"), at=later(matter), note="盯住")
    world.advance(matter, to="archived")
    operations.reopen(matter=matter, by=world.actor("resident"), at=later(matter), reason="又漏了")
    matter.refresh_from_db()
    assert not matter.supervised
    assert Supervision.objects.get().released_at is not None


# --- parts ----------------------------------------------------------------------------------------------------------


def test_a_matter_is_done_after_its_parts_and_with_their_results(world):
    matter = world.matter(to="accepted")
    (part,) = operations.split(
        matter=matter, parts=["门口路面也有积水，没人扫"], by=world.actor("secretary"), at=later(matter)
    )
    world.advance(matter, to="in_progress")
    with pytest.raises(StateConflict) as caught:
        operations.complete(matter=matter, by=world.actor("property_staff"), at=later(matter), result="修好")
    assert part.number in str(caught.value.detail)
    world.advance(part, to="completed")
    operations.complete(matter=matter, by=world.actor("property_staff"), at=later(part), result="修好")
    assert matter.status == "completed"


# --- mergers --------------------------------------------------------------------------------------------------------


def test_of_merged_matters_the_earlier_deadlines_count(world):
    old = world.report()
    young = world.report(at=world.at + 3 * HOUR)
    operations.merge(matter=old, into=young, by=world.actor("secretary"), at=young.reported_at + HOUR)
    young.refresh_from_db()
    first = old.clocks.get(kind="accept")
    assert first.state == "stopped"
    assert clocks_of(young)["accept"].due_at == first.due_at == young.next_due_at


def test_all_who_reported_it_are_told_the_result(world):
    kept = world.matter(to="in_progress", contact_phone="10012345678")
    others = [world.report(contact_phone=f"1001234560{n}") for n in range(2)]
    for other in others:
        operations.merge(matter=other, into=kept, by=world.actor("secretary"), at=later(kept))
    world.advance(kept, to="fed_back")
    messages = Message.objects.filter(template="matter.feed_back")
    assert {m.to_sealed.open() for m in messages} == {"10012345678", "10012345600", "10012345601"}
    assert "水管已更换" in sheet(others[0], public=True).items[-1].replies[0]


def test_a_merger_is_undone_with_the_deadlines_as_they_were(world):
    old = world.report()
    young = world.report(at=world.at + 3 * HOUR)
    before = {matter.pk: clocks_of(matter)["accept"].due_at for matter in (old, young)}
    at = young.reported_at + HOUR
    operations.merge(matter=old, into=young, by=world.actor("secretary"), at=at)
    operations.unmerge(matter=old, by=world.actor("secretary"), at=at + timedelta(days=1))
    for matter in (old, young):
        matter.refresh_from_db()
        assert (matter.status, matter.is_open, matter.merged_into_id) == ("submitted", True, None)
        assert clocks_of(matter)["accept"].due_at == before[matter.pk] == matter.next_due_at


def test_a_merger_is_not_undone_after_a_week(world):
    old, young = world.report(), world.report()
    operations.merge(matter=old, into=young, by=world.actor("secretary"), at=world.at + HOUR)
    with pytest.raises(StateConflict):
        operations.unmerge(matter=old, by=world.actor("secretary"), at=world.at + timedelta(days=8))
    assert Matter.objects.get(pk=old.pk).status == "merged"


# --- nobody is lost by a merger -------------------------------------------------------------------------------------


@pytest.mark.parametrize("told", ["fed_back", "rated", "published"])
def test_nothing_is_merged_into_what_was_answered_already(world, told):
    """Nobody would tell its reporter anything any more."""
    answered = world.matter(to=told)
    fresh = world.report(at=answered.status_at + HOUR)
    with pytest.raises(Invalid) as refused:
        operations.merge(matter=fresh, into=answered, by=world.actor("secretary"), at=later(fresh))
    assert refused.value.errors[0]["loc"] == ["into"]
    assert fresh.status == "submitted"


def test_who_was_merged_goes_on_alone_when_the_other_withdraws(world):
    kept = world.matter(by="resident", to="accepted")
    other = world.matter(by="other_resident", to="accepted", contact_phone="10012345678")
    due = other.next_due_at
    operations.merge(matter=other, into=kept, by=world.actor("secretary"), at=later(kept))
    operations.withdraw(matter=kept, by=world.actor("resident"), at=later(kept) + timedelta(days=30))
    other.refresh_from_db()
    assert (other.status, other.is_open, other.merged_into_id) == ("accepted", True, None)
    assert clocks_of(other)["dispatch"].due_at == other.next_due_at == due
    assert "恢复单独办理" in Message.objects.latest("id").text.open()


def test_who_was_merged_is_told_why_it_is_not_taken_on(world):
    kept = world.matter(to="accepted")
    other = world.matter(contact_phone="10012345678")
    operations.merge(matter=other, into=kept, by=world.actor("secretary"), at=later(kept))
    operations.reject(matter=kept, by=world.actor("secretary"), at=later(kept, 2), reason="属于小区外的道路")
    assert sheet(other, public=True).items[-1].replies == ("属于小区外的道路",)
    assert "不予受理" in Message.objects.latest("id").text.open()


def test_who_handles_it_is_told_that_it_was_withdrawn(world):
    matter = world.matter(by="resident", to="dispatched")
    operations.withdraw(matter=matter, by=world.actor("resident"), at=later(matter))
    told = Message.objects.filter(template="matter.withdraw").values_list("to_user", flat=True)
    assert world.users["property_staff"].pk in told


def test_who_was_merged_before_follows_the_sheet_that_goes_on_alone(world):
    first, second, third = (world.matter(to="accepted") for _ in range(3))
    secretary = world.actor("secretary")
    operations.merge(matter=first, into=second, by=secretary, at=later(third))
    operations.merge(matter=second, into=third, by=secretary, at=later(third))
    first.refresh_from_db()
    assert first.merged_into_id == third.pk
    operations.unmerge(matter=second, by=secretary, at=later(third, 2))
    first.refresh_from_db()
    assert (first.status, first.merged_into_id) == ("merged", second.pk)


def test_with_a_withdrawal_only_the_latest_merger_is_undone(world):
    first, second, third = (world.matter(to="accepted") for _ in range(3))
    secretary = world.actor("secretary")
    operations.merge(matter=first, into=second, by=secretary, at=later(third))
    operations.merge(matter=second, into=third, by=secretary, at=later(third, 2))
    operations.withdraw(matter=third, by=secretary, at=later(third, 3))
    for matter in (first, second):
        matter.refresh_from_db()
    assert (second.status, first.status, first.merged_into_id) == ("accepted", "merged", second.pk)


def test_a_merged_sheet_that_was_filed_away_is_reopened_on_its_own(world):
    kept = world.matter(to="accepted")
    other = world.matter(by="resident", to="accepted")
    secretary = world.actor("secretary")
    operations.merge(matter=other, into=kept, by=secretary, at=later(kept))
    operations.archive(matter=other, by=secretary, at=later(kept))
    operations.reopen(matter=other, by=world.actor("resident"), at=later(kept, 2), reason="不是同一件事")
    assert (other.status, other.merged_into_id) == ("accepted", None)
    assert not Merger.objects.filter(matter=other, undone_at__isnull=True).exists()


def test_a_part_merged_into_another_matter_is_done_with_that_one(world):
    whole, other = (world.matter(to="accepted") for _ in range(2))
    secretary = world.actor("secretary")
    [part] = operations.split(matter=whole, parts=["楼道灯不亮"], by=secretary, at=later(whole))
    operations.merge(matter=part, into=other, by=secretary, at=later(whole))
    world.advance(whole, to="in_progress")
    with pytest.raises(StateConflict):
        world.advance(whole, to="completed")
    world.advance(other, to="completed")
    world.advance(whole, to="completed")


def test_nobody_hands_down_by_referring_what_may_not_be_dispatched_there(world):
    set_rules(world, powers=(PowerRow("property", "street"),))
    matter = world.matter(to="accepted")
    operations.refer(matter=matter, by=world.actor("secretary"), at=later(matter), reason="需街道协调")
    with pytest.raises(Invalid) as refused:
        operations.refer(
            matter=matter, by=world.actor("street_staff"), at=later(matter), reason="退回居村",
            unit=f"{HOME}.property",
        )  # fmt: skip
    assert refused.value.errors[0]["loc"] == ["unit"]


def test_what_was_decided_binds_the_unit_named_and_none_above_it(world):
    matter = world.matter(to="accepted")
    Matter.objects.filter(pk=matter.pk).update(binding=True)
    matter.refresh_from_db()
    operations.refer(matter=matter, by=world.actor("secretary"), at=later(matter), reason="需街道协调")
    operations.return_matter(matter=matter, by=world.actor("street_staff"), at=later(matter), reason="不属街道")
    assert matter.status == "accepted"


def test_a_place_is_set_right_within_ones_own_area_and_who_has_it_then_is_told(world):
    matter = world.report()
    for place in (f"{NEAR}-G001", f"{FAR}-G001"):
        with pytest.raises(Invalid) as refused:
            operations.accept(matter=matter, by=world.actor("secretary"), at=later(matter), place=place)
        assert refused.value.errors[0]["loc"] == ["place"]
    operations.accept(matter=matter, by=world.actor("street_staff"), at=later(matter), place=f"{NEAR}-G001")
    told = Message.objects.filter(template="matter.accept").values_list("to_user", flat=True)
    assert world.users["near_secretary"].pk in told


def test_where_nobody_stands_above_the_receiver_decides_and_that_binds(world):
    set_rules(world, limits=(Bound("returns", 1),))
    command, housing = world.actor("command"), world.actor("housing_staff")
    matter = world.report(place=DISTRICT_AREA)
    operations.accept(matter=matter, by=command, at=later(matter))
    operations.dispatch(matter=matter, by=command, at=later(matter), unit="310107.housing")
    operations.return_matter(matter=matter, by=housing, at=later(matter), reason="不归我们")
    operations.dispatch(matter=matter, by=command, at=later(matter), unit="310107.housing")
    assert matter.binding
    with pytest.raises(StateConflict):
        operations.return_matter(matter=matter, by=housing, at=later(matter), reason="还是不归")


def test_others_are_not_told_who_reported_it_first(world):
    kept, other = world.matter(to="completed"), world.report()
    operations.merge(matter=other, into=kept, by=world.actor("secretary"), at=later(kept))
    reply = "张建国先生您好，您家（电话13812345678）楼道的水管已更换。"
    operations.feed_back(matter=kept, by=world.actor("secretary"), at=later(kept), reply=reply)
    [said] = sheet(other, public=True).items[-1].replies
    assert "水管已更换" in said
    assert "13812345678" not in said
    assert "张建国" not in said
    assert sheet(kept, public=True).items[-1].replies == (reply,)


def test_what_was_rejected_long_ago_is_reported_anew(world):
    matter = world.report(by="resident")
    operations.reject(matter=matter, by=world.actor("secretary"), at=later(matter), reason="不属于本小区")
    resident = world.actor("resident")
    with pytest.raises(StateConflict):
        operations.reopen(matter=matter, by=resident, at=later(matter) + timedelta(days=91), reason="还是有")
    operations.reopen(matter=matter, by=resident, at=later(matter) + timedelta(days=80), reason="还是有")


def test_what_is_demanded_goes_with_a_matter_that_is_set_right_to_another_place(world):
    matter = world.report()
    operations.supervise(matter=matter, by=world.actor("inspector"), at=later(matter), note="盯住")
    operations.accept(matter=matter, by=world.actor("street_staff"), at=later(matter, 2), place=f"{NEAR}-G001")
    assert [row.matter_id for row in supervisions(world.actor("near_secretary"), released=False).items] == [matter.pk]
    assert supervisions(world.actor("secretary"), released=False).items == []


@pytest.mark.parametrize("end", ["reject", "merge", "withdraw"])
def test_nobody_ends_what_the_superior_is_to_decide_on(world, end):
    set_rules(world, limits=(Bound("returns", 1),))
    matter, into = world.matter(by="resident", to="dispatched"), world.report()
    operations.return_matter(matter=matter, by=world.actor("property_staff"), at=later(matter), reason="不归我们")
    more = {"reject": {"reason": "不办"}, "merge": {"into": into}, "withdraw": {}}[end]
    take = getattr(operations, end)
    with pytest.raises(NotAllowed):
        take(matter=matter, by=world.actor("secretary"), at=later(matter), **more)
    take(matter=matter, by=world.actor("street_staff"), at=later(matter), **more)


def test_who_reported_it_may_withdraw_it_all_the_same(world):
    set_rules(world, limits=(Bound("returns", 1),))
    matter = world.matter(by="resident", to="dispatched")
    operations.return_matter(matter=matter, by=world.actor("property_staff"), at=later(matter), reason="不归我们")
    operations.withdraw(matter=matter, by=world.actor("resident"), at=later(matter))
    assert matter.status == "withdrawn"
