"""What each step does to a matter: state, clocks, words, journal, message; and who may not take it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from pingzhan.core.errors import Invalid, NotAllowed, NotFound, Stale, StateConflict, TooMany
from pingzhan.core.models import Message
from pingzhan.journal.models import Entry, Opening
from pingzhan.matters import operations
from pingzhan.matters.choices import ClockState, Source
from pingzhan.matters.models import Matter, Notice, Rating
from pingzhan.matters.queries.sheet import matter_by_code, reporter_actor, sheet

pytestmark = pytest.mark.django_db

NOTICE = {"title": "x", "text": "x", "result": "x"}


def clocks(matter, state="running"):
    return {clock.kind: clock for clock in matter.clocks.filter(state=state).order_by("id")}


def later(matter, **delta):
    return matter.status_at + timedelta(**delta)


def test_a_report_finds_its_grid_category_handler_and_first_clock(world):
    lon, lat = world.point()
    matter = operations.report(
        text="3号楼楼道漏水，地上都是水", location=operations.Location(lon=lon, lat=lat), source=Source.PORTAL,
        by=world.actor(), at=world.at,
    )  # fmt: skip
    assert matter.place.code == "310107005001-G001"
    assert matter.category_id == "property.leak"
    assert matter.suggested.code == "310107005001.property"
    assert matter.receiver.code == "310107005001.committee"
    assert matter.number == "310107005001-20260310-0001"
    assert set(clocks(matter)) == {"accept"}
    assert matter.next_due_at == clocks(matter)["accept"].due_at
    assert Entry.objects.filter(subject_id=matter.pk).values_list("verb", flat=True).get() == "matter.report"


def test_a_report_takes_at_most_twelve_statements(world, django_assert_max_num_queries):
    world.report()  # warm
    with django_assert_max_num_queries(12):
        world.report(contact_phone="10012345678", contact_name="王")


def test_numbers_run_on_by_community_and_day(world):
    first, second, other = world.report(), world.report(), world.report(place="310107014001-G001")
    assert [m.number[-4:] for m in (first, second, other)] == ["0001", "0002", "0001"]


def test_outside_the_area_is_said_politely(world):
    with pytest.raises(Invalid) as caught:
        operations.report(
            text="漏水",
            location=operations.Location(lon=0.0, lat=0.0),
            source=Source.PORTAL,
            by=world.actor(),
            at=world.at,
        )
    assert "12345" in str(caught.value.detail)
    assert not Matter.objects.exists()


def test_an_anonymous_report_keeps_nothing_that_tells_who(world):
    matter = world.report(by="resident", anonymous=True, contact_name="王小明", contact_phone="10012345678")
    matter.refresh_from_db()
    assert (matter.reporter_id, matter.contact_index) == (None, None)
    assert not matter.contact_name
    assert not matter.contact_phone
    entry = Entry.objects.get(subject_id=matter.pk)
    assert (entry.actor_id, entry.actor_name, entry.actor_kind) == (None, "", "anonymous")
    assert not Message.objects.exists()


def test_the_database_refuses_an_anonymous_matter_with_a_name(world):
    matter = world.report(anonymous=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Matter.objects.filter(pk=matter.pk).update(reporter_id=world.users["resident"].pk)


def test_a_contact_is_sealed_and_told_number_and_code(world):
    matter = world.report(contact_name="王小明", contact_phone="100 1234 5678")
    message = Message.objects.get()
    assert matter.number in message.text.open()
    assert matter.query_code in message.text.open()
    assert "10012345678" not in str(Matter.objects.values_list("contact_phone", flat=True).get())


def test_the_whole_loop(world):
    matter = world.matter(to="archived")
    entries = list(Entry.objects.filter(subject_id=matter.pk).order_by("id"))
    assert [entry.verb.removeprefix("matter.") for entry in entries] == [
        "report", "accept", "dispatch", "sign", "complete", "feed_back", "rate", "publish", "archive",
    ]  # fmt: skip
    assert all(before.to_state == after.from_state for before, after in zip(entries, entries[1:], strict=False))
    assert not clocks(matter)
    assert not matter.is_open
    assert matter.next_due_at is None
    assert [item.state for item in sheet(matter, public=True).track] == ["done"] * 8


def test_words_are_kept_apart_from_the_journal(world):
    matter = world.matter(to="in_progress")
    operations.progress(
        matter=matter,
        by=world.actor(world.handled_by(matter)),
        at=later(matter, hours=1),
        note="业主王小明电话不通",
        reply="已联系",
    )
    entry = Entry.objects.filter(subject_id=matter.pk).latest("id")
    assert "王小明" not in str(entry.data)
    assert entry.data["note_digest"]
    staff, public = sheet(matter, public=False), sheet(matter, public=True)
    assert staff.items[-1].notes == ("业主王小明电话不通",)
    assert public.items[-1].notes == ()
    assert public.items[-1].replies == ("已联系",)
    assert all(item.who == "" for item in public.items)


def test_a_return_keeps_the_finish_clock(world):
    matter = world.matter(to="dispatched")
    due = clocks(matter)["finish"].due_at
    operations.return_matter(
        matter=matter, by=world.actor("property_staff"), at=later(matter, hours=1), reason="不属于物业"
    )
    assert (matter.status, matter.handler_id) == ("accepted", None)
    operations.dispatch(
        matter=matter, by=world.actor("secretary"), at=later(matter, hours=1), unit="310107005001.committee"
    )
    assert clocks(matter)["finish"].due_at == due
    assert matter.returns == 1 or Matter.objects.get(pk=matter.pk).returns == 1


def test_a_return_needs_a_reason(world):
    matter = world.matter(to="dispatched")
    with pytest.raises(Invalid):
        operations.return_matter(
            matter=matter, by=world.actor("property_staff"), at=later(matter, hours=1), reason="  "
        )
    matter.refresh_from_db()
    assert matter.status == "dispatched"


def test_what_was_not_done_goes_back_to_the_handler(world):
    matter = world.matter(to="completed")
    operations.verify(matter=matter, by=world.actor("secretary"), at=later(matter, hours=1), ok=False, note="还在漏")
    assert matter.status == "in_progress"
    assert "finish" in clocks(matter)
    assert "feed_back" not in clocks(matter)


def test_a_rating_is_given_once_a_round(world):
    matter = world.matter(to="fed_back")
    reporter = reporter_actor(matter)
    operations.rate(matter=matter, by=reporter, at=later(matter, hours=1), stars=2, comment="慢")
    with pytest.raises(StateConflict):
        operations.rate(matter=matter, by=reporter, at=later(matter, hours=1), stars=5)
    operations.reopen(matter=matter, by=reporter, at=later(matter, hours=2), reason="又漏了")
    assert matter.status == "accepted"
    assert matter.handler_id is None
    world.advance(matter, to="fed_back")
    operations.rate(matter=matter, by=reporter, at=later(matter, hours=1), stars=4)
    assert list(Rating.objects.order_by("round").values_list("round", "stars")) == [(0, 2), (1, 4)]


def test_a_lapsed_rating_makes_up_no_satisfaction(world):
    matter = world.matter(to="fed_back")
    operations.lapse_rating(matter=matter, at=later(matter, days=8))
    assert matter.status == "rated"
    assert Rating.objects.get().stars is None


def test_reopening_takes_the_notice_down(world):
    matter = world.matter(to="published")
    operations.reopen(matter=matter, by=reporter_actor(matter), at=later(matter, days=1), reason="又漏了")
    assert not Notice.objects.filter(until__isnull=True).exists()


def test_after_ninety_days_one_reports_anew(world):
    matter = world.matter(to="archived")
    with pytest.raises(StateConflict):
        operations.reopen(matter=matter, by=reporter_actor(matter), at=later(matter, days=100), reason="又漏了")


def test_archiving_without_a_notice_says_why(world):
    matter = world.matter(to="rated")
    with pytest.raises(Invalid):
        operations.archive(matter=matter, by=world.actor("secretary"), at=later(matter, hours=1))
    operations.archive(matter=matter, by=world.actor("secretary"), at=later(matter, hours=1), reason="涉及隐私")
    assert matter.status == "archived"


def test_the_reporter_urges_once_a_day(world):
    matter = world.matter(to="dispatched")
    reporter = reporter_actor(matter)
    operations.urge(matter=matter, by=reporter, at=later(matter, hours=1))
    with pytest.raises(TooMany) as caught:
        operations.urge(matter=matter, by=reporter, at=later(matter, hours=2))
    assert 0 < caught.value.retry_after <= 24 * 3600
    operations.urge(matter=matter, by=reporter, at=later(matter, hours=26))


def test_merging_ends_one_sheet_and_names_the_other(world):
    old, new = world.matter(to="in_progress"), world.matter(to="accepted")
    operations.merge(matter=new, into=old, by=world.actor("secretary"), at=later(new, hours=1))
    assert new.merged_into_id == old.pk
    assert not clocks(new)
    assert old.number in sheet(new, public=True).items[-1].replies[0]


def test_parts_of_a_report_keep_its_reporter(world):
    matter = world.report(by="resident", contact_phone="10012345678")
    children = operations.split(
        matter=matter,
        parts=["广场舞音响太吵", "消防通道被占"],
        by=world.actor("secretary"),
        at=later(matter, minutes=5),
    )
    assert [child.category_id for child in children] == ["noise.square", "fire.passage"]
    assert all(child.parent_id == matter.pk and child.reporter_id == matter.reporter_id for child in children)
    assert children[0].contact_phone.open() == "10012345678"


def test_referring_hands_it_to_the_superior(world):
    matter = world.matter(to="accepted")
    operations.refer(matter=matter, by=world.actor("secretary"), at=later(matter, hours=1), reason="需街道协调")
    assert matter.handler.code == "310107005.operations"
    assert matter.status == "dispatched"


@pytest.mark.parametrize(
    ("name", "to", "act"),
    [
        ("near_secretary", "submitted", lambda m, by, at: operations.accept(matter=m, by=by, at=at)),
        ("grid_worker", "submitted", lambda m, by, at: operations.accept(matter=m, by=by, at=at)),
        ("inspector", "accepted", lambda m, by, at: operations.dispatch(matter=m, by=by, at=at)),
        ("secretary", "dispatched", lambda m, by, at: operations.sign(matter=m, by=by, at=at)),
        ("far_property_staff", "dispatched", lambda m, by, at: operations.sign(matter=m, by=by, at=at)),
        ("property_staff", "completed", lambda m, by, at: operations.feed_back(matter=m, by=by, at=at, reply="x")),
        ("resident", "fed_back", lambda m, by, at: operations.rate(matter=m, by=by, at=at, stars=1)),
        ("community_staff", "rated", lambda m, by, at: operations.publish(matter=m, by=by, at=at, **NOTICE)),
        ("administrator", "submitted", lambda m, by, at: operations.reject(matter=m, by=by, at=at, reason="x")),
    ],
)  # fmt: skip
def test_who_may_not(world, name, to, act):
    matter = world.matter(to=to)
    with pytest.raises(NotAllowed):
        act(matter, world.actor(name), later(matter, minutes=5))
    assert Matter.objects.get(pk=matter.pk).status == to


def test_a_query_code_opens_one_matter_only(world):
    mine, other = world.matter(to="fed_back"), world.matter(to="fed_back")
    with pytest.raises(NotAllowed):
        operations.rate(matter=other, by=reporter_actor(mine), at=later(other, hours=1), stars=1)


def test_wrong_steps_name_the_states_that_allow_them(world):
    matter = world.report()
    with pytest.raises(StateConflict) as caught:
        operations.dispatch(matter=matter, by=world.actor("secretary"), at=later(matter, hours=1))
    assert caught.value.allowed == ["accepted"]
    assert caught.value.current == "submitted"


def test_of_two_who_saw_the_same_one_is_told(world):
    matter = world.matter(to="accepted")
    first, second = Matter.objects.get(pk=matter.pk), Matter.objects.get(pk=matter.pk)
    operations.dispatch(matter=first, by=world.actor("secretary"), at=later(matter, minutes=5))
    with pytest.raises(StateConflict):
        operations.dispatch(matter=second, by=world.actor("community_staff"), at=later(matter, minutes=5))
    assert Entry.objects.filter(subject_id=matter.pk, verb="matter.dispatch").count() == 1


def test_a_stale_version_is_refused(world):
    matter = world.matter(to="in_progress")
    handler = world.actor("property_staff")
    seen = matter.version
    operations.progress(matter=Matter.objects.get(pk=matter.pk), by=handler, at=later(matter, hours=1), note="一")
    with pytest.raises(Stale):
        operations.progress(
            matter=Matter.objects.get(pk=matter.pk), by=handler, at=later(matter, hours=2), note="二", version=seen
        )


def test_opening_a_contact_is_logged_with_its_purpose(world):
    matter = world.report(by="resident", contact_name="王小明", contact_phone="10012345678")
    with pytest.raises(Invalid):
        operations.open_contact(matter=matter, purpose="", by=world.actor("secretary"), at=world.at)
    found = operations.open_contact(matter=matter, purpose="电话核实漏水位置", by=world.actor("secretary"), at=world.at)
    assert (found.name, found.phone) == ("王小明", "10012345678")
    assert Opening.objects.get().purpose == "电话核实漏水位置"
    with pytest.raises(NotAllowed):
        operations.open_contact(matter=matter, purpose="好奇", by=world.actor("inspector"), at=world.at)


def test_wrong_code_and_wrong_number_are_told_apart_by_nobody(world):
    matter = world.report()
    assert matter_by_code(matter.number, f" {matter.query_code[:4].lower()} {matter.query_code[4:]}").pk == matter.pk
    for number, code in (
        (matter.number, "AAAAAAAA"),
        ("310107005001-20260310-9999", matter.query_code),
        (matter.number, ""),
    ):
        with pytest.raises(NotFound):
            matter_by_code(number, code)


def test_clocks_say_late_when_they_were(world):
    matter = world.report()
    operations.accept(matter=matter, by=world.actor("secretary"), at=matter.next_due_at + timedelta(minutes=1))
    assert matter.clocks.get(kind="accept").state == ClockState.LATE
