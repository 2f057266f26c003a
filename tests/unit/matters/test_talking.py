"""Talking with the resident: asked on the way, answered with a code alone, called after closing, rated with reasons."""

from datetime import timedelta

import pytest

from pingzhan.core.errors import Invalid, NotAllowed, StateConflict
from pingzhan.core.models import Message
from pingzhan.matters import operations
from pingzhan.matters.choices import Step
from pingzhan.matters.models import CallBack, Clock, Matter, Pause, Question, RatingReason
from pingzhan.matters.operations.catalogue import ReasonRow, load_reasons
from pingzhan.matters.operations.pausing import expire_pauses
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.queries.rights import next_steps
from pingzhan.matters.queries.sheet import reporter_actor, sheet
from pingzhan.matters.queries.talking import open_question, to_call_back
from pingzhan.matters.queries.templates import offers_for
from tests.factories.world import DISTRICT, HOME, HOME_STREET, NEAR, World

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def finish(matter: Matter) -> Clock:
    return Clock.objects.filter(matter=matter, kind="finish").latest("id")


def asked(world: World, **more: object) -> Matter:
    matter = world.matter(to="in_progress", **more)
    operations.ask(matter=matter, by=world.actor("property_staff"), at=world.at + HOUR, text="请问是几楼？", days=3)
    return matter


def test_the_clock_stands_still_until_the_answer(world: World) -> None:
    matter = world.matter(to="in_progress")
    due = finish(matter).due_at
    operations.ask(matter=matter, by=world.actor("property_staff"), at=world.at + HOUR, text="请问是几楼？", days=3)
    assert finish(matter).state == "paused"
    assert matter.status == "in_progress"
    assert open_question(matter).text == "请问是几楼？"  # type: ignore[union-attr]
    operations.answer(matter=matter, by=reporter_actor(matter), at=world.at + HOUR + DAY, text="三楼到四楼之间")
    clock = finish(matter)
    # One working day more; a weekend lies between.
    assert (clock.state, clock.due_at - due) == ("running", 3 * DAY)
    assert open_question(matter) is None
    assert Pause.objects.get(matter=matter).state == "ended"
    shown = sheet(matter, public=True).items
    assert [(item.step, item.replies) for item in shown[-2:]] == [
        ("ask", ("请问是几楼？",)), ("answer", ("三楼到四楼之间",)),
    ]  # fmt: skip
    assert Message.objects.filter(template="matter.answer", to_user=world.users["property_staff"].pk).exists()


def test_an_anonymous_reporter_answers_by_code_and_stays_unknown(world: World) -> None:
    matter = asked(world, anonymous=True)
    operations.answer(matter=matter, by=reporter_actor(matter), at=world.at + 2 * HOUR, text="四楼")
    entry = sheet(matter, public=False).items[-1]
    assert (entry.step, entry.who) == ("answer", "")
    assert Matter.objects.get(pk=matter.pk).anonymous


WHO_HAS_IT = {
    "submitted": ("secretary", "property_staff", "accept"),
    "accepted": ("secretary", "property_staff", "dispatch"),
    "dispatched": ("property_staff", "secretary", "sign"),
    "in_progress": ("property_staff", "secretary", ""),
}


@pytest.mark.parametrize("status", list(WHO_HAS_IT))
def test_whoever_has_the_matter_asks_and_the_clock_of_its_step_stands_still(world: World, status: str) -> None:
    matter = world.matter(to=status)
    who, other, step = WHO_HAS_IT[status]
    at = matter.status_at + timedelta(minutes=5)
    kinds = [kind for kind in (step, "finish") if Clock.objects.filter(matter=matter, kind=kind).exists()]
    due = {kind: matter.clocks.get(kind=kind).due_at for kind in kinds}
    with pytest.raises(NotAllowed):
        operations.ask(matter=matter, by=world.actor(other), at=at, text="请问是几楼？")
    assert Step.ASK in next_steps(world.actor(who), matter)
    assert Step.ASK not in next_steps(world.actor(other), matter)
    operations.ask(matter=matter, by=world.actor(who), at=at, text="请问是几楼？", days=3)
    assert {clock.kind for clock in matter.clocks.filter(state="paused")} == set(kinds)
    assert (matter.status, matter.next_due_at is not None) == (status, True)
    assert Step.ANSWER in next_steps(reporter_actor(matter), matter)
    operations.answer(matter=matter, by=reporter_actor(matter), at=at + HOUR, text="三楼")
    assert (matter.status, matter.waiting, matter.asked) == (status, False, False)
    more = reference().calendar.working_time_between
    assert {kind: more(due[kind], matter.clocks.get(kind=kind).due_at) for kind in kinds} == dict.fromkeys(kinds, HOUR)
    told = Message.objects.filter(template="matter.answer", to_user=world.users[who].pk)
    assert told.count() == 1


@pytest.mark.parametrize("status", list(WHO_HAS_IT))
def test_without_an_answer_the_step_it_is_at_goes_on_by_itself(world: World, status: str) -> None:
    matter = world.matter(to=status)
    at = matter.status_at + HOUR
    operations.ask(matter=matter, by=world.actor(WHO_HAS_IT[status][0]), at=at, text="几楼？", days=2)
    assert expire_pauses(at=at + 2 * DAY) == 1
    matter.refresh_from_db()
    assert (matter.status, matter.waiting) == (status, False)
    assert not matter.clocks.filter(state="paused").exists()
    operations.answer(matter=matter, by=reporter_actor(matter), at=at + 3 * DAY, text="四楼")


@pytest.mark.parametrize("status", list(WHO_HAS_IT))
def test_who_asked_can_do_without_the_answer(world: World, status: str) -> None:
    matter = world.matter(to=status)
    who, other, _ = WHO_HAS_IT[status]
    at = matter.status_at + HOUR
    operations.ask(matter=matter, by=world.actor(who), at=at, text="几楼？", days=2)
    with pytest.raises(NotAllowed):
        operations.resume(matter=matter, by=world.actor(other), at=at + HOUR)
    operations.resume(matter=matter, by=world.actor(who), at=at + HOUR)
    assert (matter.status, matter.waiting, matter.asked) == (status, False, True)


def test_taking_it_on_ends_the_wait_and_a_late_answer_still_counts(world: World) -> None:
    matter = world.report()
    secretary, at = world.actor("secretary"), world.at + timedelta(minutes=5)
    operations.ask(matter=matter, by=secretary, at=at, text="几楼？", days=2)
    operations.accept(matter=matter, by=secretary, at=at + DAY)
    assert Clock.objects.get(matter=matter, kind="accept").state == "met"
    assert Clock.objects.get(matter=matter, kind="dispatch").state == "running"
    assert not matter.waiting
    operations.dispatch(matter=matter, by=secretary, at=at + DAY)
    manager = world.actor("property_staff")
    operations.ask(matter=matter, by=manager, at=at + DAY, text="几单元？", days=2)
    operations.sign(matter=matter, by=manager, at=at + DAY + HOUR)
    assert (matter.waiting, finish(matter).state) == (True, "paused")  # signing does not answer it
    operations.answer(matter=matter, by=reporter_actor(matter), at=at + 2 * DAY, text="二单元")
    assert finish(matter).state == "running"


def test_a_pause_counts_until_its_end_also_where_a_step_comes_before_the_worker(world: World) -> None:
    matter = world.matter(to="in_progress")
    due = finish(matter).due_at
    manager = world.actor("property_staff")
    operations.ask(matter=matter, by=manager, at=world.at + HOUR, text="几楼？", days=1)
    operations.resume(matter=matter, by=manager, at=world.at + HOUR + 2 * DAY)
    assert finish(matter).due_at - due == 3 * DAY  # one working day more; a weekend lies between


def test_the_superior_that_decides_on_a_returned_matter_asks_too(world: World) -> None:
    matter = world.matter(to="dispatched")
    at = matter.status_at
    for _ in range(2):
        if matter.status == "accepted":
            operations.dispatch(matter=matter, by=world.actor("secretary"), at=at)
        operations.return_matter(matter=matter, by=world.actor("property_staff"), at=at + HOUR, reason="不归我们")
    with pytest.raises(NotAllowed):
        operations.ask(matter=matter, by=world.actor("secretary"), at=at + 2 * HOUR, text="几楼？")
    operations.ask(matter=matter, by=world.actor("street_staff"), at=at + 2 * HOUR, text="几楼？")
    assert {clock.kind for clock in matter.clocks.filter(state="paused")} == {"dispatch", "finish"}
    operations.answer(matter=matter, by=reporter_actor(matter), at=at + 3 * HOUR, text="三楼")
    assert Message.objects.filter(template="matter.answer", to_user=world.users["street_staff"].pk).exists()


def test_a_merger_undone_gives_back_the_time_that_the_question_took(world: World) -> None:
    matter, other = world.report(), world.report()
    secretary, at = world.actor("secretary"), world.at + timedelta(minutes=5)
    due = matter.clocks.get(kind="accept").due_at
    operations.ask(matter=matter, by=secretary, at=at, text="几楼？", days=2)
    operations.merge(matter=matter, into=other, by=secretary, at=at + HOUR)
    assert not Pause.objects.filter(matter=matter, ended_at__isnull=True).exists()
    operations.unmerge(matter=matter, by=secretary, at=at + 2 * HOUR)
    clock = matter.clocks.get(kind="accept")
    assert (clock.state, clock.due_at - due) == ("running", HOUR)


def test_undoing_an_act_on_many_goes_on_waiting_for_the_answer(world: World) -> None:
    matter = world.report()
    secretary, at = world.actor("secretary"), world.at + timedelta(minutes=5)
    operations.ask(matter=matter, by=secretary, at=at, text="几楼？", days=2)
    outcome = operations.bulk(act="accept", matters=[matter], by=secretary, at=at + HOUR)
    operations.undo(action_id=outcome.action.pk, by=secretary, at=at + HOUR + timedelta(seconds=20))
    matter.refresh_from_db()
    assert (matter.status, matter.waiting) == ("submitted", True)
    assert Pause.objects.get(matter=matter).state == "approved"
    assert matter.clocks.get(kind="accept").state == "paused"
    assert expire_pauses(at=at + 2 * DAY) == 1


def test_without_an_answer_handling_goes_on_by_itself_and_a_late_one_still_counts(world: World) -> None:
    matter = asked(world)
    assert expire_pauses(at=world.at + HOUR + 3 * DAY) == 1
    matter.refresh_from_db()
    assert (matter.status, finish(matter).state) == ("in_progress", "running")
    operations.answer(matter=matter, by=reporter_actor(matter), at=world.at + 5 * DAY, text="四楼")
    assert Question.objects.get(matter=matter).answer == "四楼"
    with pytest.raises(StateConflict):
        operations.answer(matter=matter, by=reporter_actor(matter), at=world.at + 5 * DAY, text="再说一次")


def test_only_the_unit_in_charge_asks_and_only_the_reporter_or_it_answers(world: World) -> None:
    matter = world.matter(to="in_progress")
    for name in ("secretary", "near_property_staff", "resident"):
        with pytest.raises(NotAllowed):
            operations.ask(matter=matter, by=world.actor(name), at=world.at + HOUR, text="几楼？")
    matter = asked(world)
    with pytest.raises(NotAllowed):
        operations.answer(matter=matter, by=world.actor("other_resident"), at=world.at + 2 * HOUR, text="四楼")
    operations.answer(matter=matter, by=world.actor("property_staff"), at=world.at + 2 * HOUR, text="电话里说四楼")
    with pytest.raises(Invalid):
        operations.ask(matter=matter, by=world.actor("property_staff"), at=world.at + 3 * HOUR, text=" ")


def test_asking_again_and_again_ends_at_the_cap_of_pauses(world: World) -> None:
    matter = world.matter(to="in_progress")
    at, total = world.at + HOUR, timedelta()
    for _ in range(4):
        operations.ask(matter=matter, by=world.actor("property_staff"), at=at, text="几楼？", days=15)
        total += 15 * DAY if matter.waiting else timedelta()
        expire_pauses(at=at + 15 * DAY)
        matter.refresh_from_db()
        at += 16 * DAY
    assert total == 30 * DAY
    assert finish(matter).state == "running"


# --- templates ------------------------------------------------------------------------------------------------------


def test_templates_are_offered_by_place_and_category_the_most_fitting_first(world: World) -> None:
    street, secretary, at = world.actor("street_staff"), world.actor("secretary"), world.at

    def save(by: object, place: str, category: str, title: str, text: str = "您好") -> None:
        operations.save_template(
            by=by,
            at=at,
            place=place,
            occasion="feed_back",
            category=category,
            title=title,
            text=text,  # type: ignore[arg-type]
        )

    save(street, HOME_STREET, "", "通用")
    save(street, HOME_STREET, "property", "物业")
    save(secretary, HOME, "property.leak", "漏水", "您反映的{number}，{handler}已修好。{today}")
    save(street, HOME_STREET, "noise", "噪声")
    save(world.actor("near_secretary"), NEAR, "", "花溪园")
    matter = world.matter(to="completed")
    offers = offers_for(matter, at=at)
    assert [offer.title for offer in offers] == ["漏水", "物业", "通用"]
    assert offers[0].text == f"您反映的{matter.number}，源园物业服务站已修好。2026-03-10"


def test_a_template_says_nothing_that_stands_for_nothing_and_stays_in_its_area(world: World) -> None:
    said = {"occasion": "feed_back", "title": "漏水", "text": "您好{phone}"}
    with pytest.raises(Invalid):
        operations.save_template(by=world.actor("secretary"), at=world.at, place=HOME, **said)
    said["text"] = "您好"
    with pytest.raises(NotAllowed):
        operations.save_template(by=world.actor("secretary"), at=world.at, place=DISTRICT, **said)
    kept = operations.save_template(by=world.actor("secretary"), at=world.at, place=HOME, **said)
    with pytest.raises(Invalid):
        operations.save_template(by=world.actor("secretary"), at=world.at, place=HOME, **said)  # the same name
    with pytest.raises(NotAllowed):
        operations.retire_template(template=kept, by=world.actor("near_secretary"), at=world.at)
    operations.retire_template(template=kept, by=world.actor("secretary"), at=world.at)
    assert offers_for(world.matter(to="completed"), at=world.at) == []
    operations.save_template(by=world.actor("secretary"), at=world.at, place=HOME, **said)


# --- after closing --------------------------------------------------------------------------------------------------


def test_who_left_a_number_is_called_once_a_round(world: World) -> None:
    matter = world.matter(to="fed_back", contact_phone="13812345678")
    world.matter(to="fed_back", anonymous=True)
    world.matter(to="completed", contact_phone="13812345679")
    secretary, at = world.actor("secretary"), world.at + DAY
    numbers = lambda: [row.number for row in to_call_back(secretary, at=at).items]  # noqa: E731
    assert numbers() == [matter.number]
    assert [row.number for row in to_call_back(world.actor("near_secretary"), at=at).items] == []
    operations.call_back(matter=matter, by=secretary, at=at, result="not_reached")
    assert numbers() == [matter.number]  # to be tried again
    operations.call_back(matter=matter, by=secretary, at=at, result="settled")
    assert numbers() == []
    assert CallBack.objects.filter(matter=matter).count() == 2
    with pytest.raises(NotAllowed):
        operations.call_back(matter=matter, by=world.actor("property_staff"), at=at, result="settled")


def test_an_unsettled_matter_goes_back_to_its_handler_with_a_new_clock(world: World) -> None:
    matter = world.matter(to="fed_back", contact_phone="13812345678")
    first, at = finish(matter), world.at + DAY
    with pytest.raises(Invalid):  # what is not settled?
        operations.call_back(matter=matter, by=world.actor("secretary"), at=at, result="unsettled", reopens=True)
    operations.call_back(
        matter=matter, by=world.actor("secretary"), at=at, result="unsettled", note="昨晚又漏了", reopens=True
    )
    assert (matter.status, matter.reopens) == ("accepted", 1)
    assert matter.suggested_id == world.units[f"{HOME}.property"].pk
    told = Message.objects.filter(template="matter.reopen").values_list("to_user", flat=True)
    assert world.users["property_staff"].pk in told
    operations.dispatch(matter=matter, by=world.actor("secretary"), at=at + HOUR)
    again = finish(matter)
    assert again.pk != first.pk
    assert again.started_at == at + HOUR
    assert again.due_at > first.due_at


def test_a_rating_gives_reasons_from_the_list_and_is_answered_once(world: World) -> None:
    rows = [ReasonRow("quick", "办得快", "Quick", True), ReasonRow("slow", "拖得久", "Slow", False)]
    load_reasons(rows)
    load_reasons(rows)
    assert RatingReason.objects.count() == 2
    matter = world.matter(to="fed_back")
    with pytest.raises(Invalid):
        operations.rate(matter=matter, by=reporter_actor(matter), at=world.at + HOUR, stars=2, reasons=["other"])
    with pytest.raises(StateConflict):
        operations.reply_to_rating(matter=matter, by=world.actor("secretary"), at=world.at + HOUR, reply="谢谢")
    operations.rate(matter=matter, by=reporter_actor(matter), at=world.at + HOUR, stars=2, reasons=["slow", "slow"])
    rating = matter.ratings.get()
    assert rating.reasons == ["slow"]
    with pytest.raises(NotAllowed):
        operations.reply_to_rating(matter=matter, by=world.actor("near_secretary"), at=world.at + HOUR, reply="对不起")
    operations.reply_to_rating(matter=matter, by=world.actor("secretary"), at=world.at + HOUR, reply="让您久等了。")
    with pytest.raises(StateConflict):
        operations.reply_to_rating(matter=matter, by=world.actor("secretary"), at=world.at + HOUR, reply="再说一次")
    assert sheet(matter, public=True).rating.reply == "让您久等了。"  # type: ignore[union-attr]
