"""Teams 1+N: one a community; one captain, two vices, a lead a group; proposed, then appointed, rights and all."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pingzhan.core.errors import Invalid, NotAllowed, StateConflict
from pingzhan.people import operations, queries
from pingzhan.people.choices import TeamPost
from pingzhan.people.models import Nomination, TeamMember
from tests.factories.members import actor_of, check_in, team
from tests.factories.world import FAR, HOME, HOME_STREET, World

pytestmark = pytest.mark.django_db


def members(world: World, count: int) -> list[TeamMember]:
    for number in range(count):
        check_in(world, phone=f"1001236{number:04d}", name=f"队员{number}", to="joined")
    return list(team(world).members.select_related("person", "team__place").order_by("pk"))


def give(world: World, member: TeamMember, post: str, **more: Any) -> TeamMember:
    return operations.place_member(
        member=member, post=post, by=world.actor("secretary"), at=world.at + timedelta(hours=4), **more
    )


def test_one_team_a_community(world: World) -> None:
    with pytest.raises(NotAllowed):
        operations.set_up_team(place=world.places[FAR], name="队", by=world.actor("secretary"), at=world.at)
    with pytest.raises(Invalid):
        operations.set_up_team(
            place=world.places[HOME_STREET], name="队", by=world.actor("street_secretary"), at=world.at
        )
    team(world)
    with pytest.raises(StateConflict, match="已经有一支队伍"):
        operations.set_up_team(place=world.places[HOME], name="又一支", by=world.actor("secretary"), at=world.at)


def test_one_captain_two_vices_and_a_lead_for_each_group(world: World) -> None:
    people = members(world, 6)
    group = operations.add_group(
        team=team(world), name="医疗组", focus="skill", by=world.actor("secretary"), at=world.at
    )
    give(world, people[0], TeamPost.CAPTAIN)
    give(world, people[1], TeamPost.VICE_CAPTAIN)
    give(world, people[2], TeamPost.VICE_CAPTAIN)
    give(world, people[3], TeamPost.GROUP_LEAD, group=group)
    for post in (TeamPost.CAPTAIN, TeamPost.VICE_CAPTAIN):
        with pytest.raises(StateConflict, match="满员"):
            give(world, people[4], post)
    with pytest.raises(StateConflict):
        give(world, people[4], TeamPost.GROUP_LEAD, group=group)
    with pytest.raises(Invalid):
        give(world, people[4], TeamPost.GROUP_LEAD)
    shown = queries.shown_team(team(world))
    assert shown.captain is not None
    assert shown.captain.person.name == "队员0"
    assert [len(shown.leads), len(shown.groups[0][1]), len(shown.others), shown.count] == [3, 1, 2, 6]


def test_the_captains_rights_come_and_go_with_the_post(world: World) -> None:
    found = check_in(world, to="joined")
    at = world.at + timedelta(hours=5)
    member = team(world).members.select_related("person", "team__place").get()
    assert actor_of(found, at).held == ()
    give(world, member, TeamPost.CAPTAIN)
    assert [(held.role, held.path) for held in actor_of(found, at).held] == [("team_captain", world.path(HOME))]
    operations.leave(check_in=found, by=world.actor("secretary"), at=at)
    assert actor_of(found, at + timedelta(minutes=1)).held == ()


@pytest.mark.django_db(transaction=True)
def test_of_two_captains_appointed_at_once_one_is(world: World, at_once: Callable[..., list[Any]]) -> None:
    people = members(world, 2)
    results = at_once(*[lambda member=member: give(world, member, TeamPost.CAPTAIN) for member in people])
    assert TeamMember.objects.filter(post=TeamPost.CAPTAIN, until__isnull=True).count() == 1
    assert sum(isinstance(result, TeamMember) for result in results) == 1


def test_nominated_by_self_by_neighbours_by_an_organisation(world: World) -> None:
    found = check_in(world, to="joined")
    member = team(world).members.select_related("person").get()
    me, secretary, at = actor_of(found, world.at), world.actor("secretary"), world.at
    told = {"team": team(world), "person": member.person, "at": at}
    operations.nominate(**told, post="captain", way="self", by=me)
    with pytest.raises(StateConflict):
        operations.nominate(**told, post="captain", way="mass", supporters=9, by=secretary)
    with pytest.raises(NotAllowed):
        operations.nominate(**told, post="vice_captain", way="mass", supporters=9, by=me)
    for way in ("mass", "organisation"):
        with pytest.raises(Invalid):
            operations.nominate(**told, post="vice_captain", way=way, by=secretary)
    operations.nominate(**told, post="vice_captain", way="organisation", organisation="第三党支部", by=secretary)
    first, second = queries.open_nominations(team(world))
    operations.decide_nomination(nomination=second, appoint=False, by=secretary, at=at)
    operations.decide_nomination(nomination=first, appoint=True, by=secretary, at=at)
    assert sorted(Nomination.objects.values_list("post", "state").order_by("pk")) == [
        ("captain", "appointed"), ("vice_captain", "declined"),
    ]  # fmt: skip
    member.refresh_from_db()
    assert member.post == "captain"


def test_a_group_that_ends_keeps_its_people_on_the_team(world: World) -> None:
    people = members(world, 2)
    group = operations.add_group(
        team=team(world), name="夜间组", focus="time", by=world.actor("secretary"), at=world.at
    )
    give(world, people[0], TeamPost.GROUP_LEAD, group=group)
    give(world, people[1], TeamPost.MEMBER, group=group)
    operations.end_group(group=group, by=world.actor("secretary"), at=world.at)
    shown = queries.shown_team(team(world))
    assert (shown.groups, len(shown.others)) == ([], 2)
