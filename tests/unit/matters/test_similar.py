"""What is like it nearby: the same trouble is found, another or one elsewhere is not; following."""

from datetime import timedelta

import pytest

from pingzhan.core.errors import Invalid, NotFound
from pingzhan.core.models import Message
from pingzhan.journal.models import Entry
from pingzhan.journal.operations import seal
from pingzhan.matters import operations
from pingzhan.matters.learning.similarity import likeness
from pingzhan.matters.models import Following, Matter
from pingzhan.matters.queries.similar import Spot, alike_for, alike_here, offer, offered
from pingzhan.matters.tasks import serve_followers
from tests.factories.world import FAR, HOME, NEAR, World

pytestmark = pytest.mark.django_db

LIFT = "3号楼电梯又坏了，老人下不了楼，物业说等配件"
SAME = "3号楼的电梯坏了两天没人修，老人没法下楼"


def home(world: World, grid: str = f"{HOME}-G001") -> Spot:
    return Spot(world.path(grid), HOME)


def numbers(found: list[object]) -> list[str]:
    return [one.matter.number for one in found]  # type: ignore[attr-defined]


def test_the_same_trouble_in_other_words_is_alike_and_another_is_not() -> None:
    same, other, none = likeness(SAME, [LIFT, "广场舞音响太大，影响孩子写作业", ""])
    assert same > 0.2 > 0.1 > other
    assert none == 0


def test_it_is_found_in_the_same_community_only(world: World) -> None:
    matter = world.report(LIFT)
    world.report("垃圾桶满了没人清")
    for place in (NEAR, FAR):
        world.report(LIFT, place=f"{place}-G001")
    found = alike_here(SAME, home(world), at=world.at)
    assert numbers(found) == [matter.number]
    assert found[0].same_grid
    assert alike_here("路灯不亮，晚上看不见路", home(world), at=world.at) == []


def test_what_is_closed_or_long_ago_is_no_hint(world: World) -> None:
    world.matter(text=LIFT, to="archived")
    world.report(LIFT, at=world.at - timedelta(days=60))
    assert alike_here(SAME, home(world), at=world.at) == []


def test_one_statement_however_many_there_are(world: World, django_assert_num_queries: object) -> None:
    for number in range(12):
        world.report(f"{LIFT}，第{number}次反映")
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = alike_here(SAME, home(world), at=world.at)
    assert len(found) == 3


def test_who_accepts_sees_what_is_alike_within_their_scope(world: World) -> None:
    first, second = world.report(LIFT), world.report(SAME)
    assert numbers(alike_for(world.actor("secretary"), second, at=world.at)) == [first.number]
    for stranger in ("far_secretary", "near_secretary", "property_staff"):  # it is not with the property manager yet
        assert alike_for(world.actor(stranger), second, at=world.at) == []


def test_one_follows_once_a_phone_and_is_told_the_result(world: World) -> None:
    matter = world.report(LIFT, category="property.leak")
    for phone in ("100 1234 5678", "10012345678"):
        operations.follow_matter(matter=matter, by=world.actor(), at=world.at, phone=phone)
    assert Following.objects.count() == 1
    assert "10012345678" not in str(Following.objects.values_list("phone", flat=True).get())
    world.advance(matter, to="fed_back")
    while seal(at=world.at):
        pass
    serve_followers(world.at)
    serve_followers(world.at)
    assert Message.objects.filter(template="matter.followed").count() == 1


def test_who_follows_is_not_on_record(world: World) -> None:
    matter = world.report(LIFT)
    operations.follow_matter(matter=matter, by=world.actor("resident"), at=world.at)
    entry = Entry.objects.get(verb="matter.follow")
    assert (entry.actor_id, entry.actor_name) == (None, "")


def test_who_followed_a_merged_matter_follows_the_other(world: World) -> None:
    into, matter = world.report(LIFT), world.report(SAME)
    operations.follow_matter(matter=matter, by=world.actor(), at=world.at, phone="10012345678")
    operations.merge(matter=matter, into=into, by=world.actor("secretary"), at=world.at)
    while seal(at=world.at):
        pass
    serve_followers(world.at)
    assert set(Following.objects.values_list("matter__number", flat=True)) == {into.number, matter.number}


def test_who_follows_is_told_once_also_of_what_was_merged(world: World) -> None:
    into, matter = world.report(LIFT), world.report(SAME)
    operations.follow_matter(matter=matter, by=world.actor(), at=world.at, phone="10012345678")
    operations.merge(matter=matter, into=into, by=world.actor("secretary"), at=world.at)
    world.advance(into, to="fed_back")
    while seal(at=world.at):
        pass
    serve_followers(world.at)
    assert Message.objects.filter(template="matter.followed").count() == 1


def test_who_follows_is_told_that_it_is_given_up(world: World) -> None:
    matter = world.report(LIFT, by="resident")
    operations.follow_matter(matter=matter, by=world.actor(), at=world.at, phone="10012345678")
    operations.withdraw(matter=matter, by=world.actor("resident"), at=world.at)
    assert "不再办理" in Message.objects.get(template="matter.followed").text.open()


def test_what_was_answered_is_followed_no_longer(world: World) -> None:
    matter = world.report(LIFT)
    token = offer(matter)
    world.advance(matter, to="fed_back")
    assert alike_here(SAME, home(world), at=matter.status_at) == []
    with pytest.raises(NotFound):
        offered(token)


def test_a_phone_that_is_none_is_refused(world: World) -> None:
    with pytest.raises(Invalid):
        operations.follow_matter(matter=world.report(LIFT), by=world.actor(), at=world.at, phone="abc")
    assert not Matter.objects.filter(followings__isnull=False).exists()
