"""Chains are data: loaded, changed, put in force; coverage follows at once."""

import pytest

from pingzhan.access.actors import SYSTEM
from pingzhan.core.errors import Invalid, NotAllowed, Stale, StateConflict
from pingzhan.people import queries
from pingzhan.people.models import Appointment
from pingzhan.people.operations import appoint, change_chain, load_chains, put_in_force
from pingzhan.people.rules.chains import CHAINS, PostRule
from pingzhan.people.rules.offices import check_level, kind_for
from tests.factories.people import somebody
from tests.factories.world import DISTRICT, HOME

pytestmark = pytest.mark.django_db


@pytest.fixture
def chains(world):
    made = load_chains(place=world.places[DISTRICT], by=SYSTEM, at=world.at)
    return {chain.code: chain for chain in made}


@pytest.mark.parametrize("rule", CHAINS, ids=lambda rule: rule.code)
def test_what_comes_with_the_product_makes_sense(rule):
    for post in rule.posts:
        if post.role:
            check_level(post.role, post.level)
            assert kind_for(post.role, post.kind) == post.kind


def test_the_chains_are_loaded_once(world, chains):
    assert set(chains) == {"four", "five"}
    assert load_chains(place=world.places[DISTRICT], by=SYSTEM, at=world.at) == []
    assert list(queries.posts_at(world.path(HOME))) == list(CHAINS[0].posts)
    with pytest.raises(NotAllowed):
        load_chains(place=world.places[DISTRICT], by=world.actor("command"), at=world.at)


def test_coverage_follows_the_chain_in_force(world, chains):
    admin = world.actor("administrator")
    posts = [post for post in CHAINS[1].posts if post.kind != "online"]
    five = change_chain(chain=chains["five"], posts=posts, version=1, by=admin, at=world.at)
    asked = {post.key for post in queries.required_posts(world.path(HOME))}
    assert ("building", "building_leader", "online") in asked
    put_in_force(chain=five, by=admin, at=world.at)
    asked = {post.key for post in queries.required_posts(world.path(HOME))}
    assert ("building", "building_leader", "online") not in asked
    assert ("building", "building_leader", "offline") in asked
    with pytest.raises(Stale):
        change_chain(chain=five, posts=posts, version=1, by=admin, at=world.at)


@pytest.mark.parametrize(
    "post",
    [
        PostRule("building", "书记", role="community_secretary"),
        PostRule("grid", "网格员", role="grid_worker", kind="online"),
        PostRule("galaxy", "网格长", role="grid_head"),
        PostRule("grid", "", role="grid_head"),
        PostRule("grid", "党支部", required=True),
    ],
)
def test_rows_that_make_no_sense_are_refused(world, chains, post):
    with pytest.raises(Invalid):
        change_chain(chain=chains["four"], posts=[post], version=1, by=SYSTEM, at=world.at)
    assert chains["four"].posts.count() == len(CHAINS[0].posts)


def test_one_holder_becomes_the_rule_only_where_there_is_one(world, chains):
    grid = world.places[f"{HOME}-G001"]
    full_time = next(post for post in CHAINS[0].posts if post.kind == "full_time")
    sole = PostRule(full_time.level, full_time.name, role=full_time.role, kind=full_time.kind, required=True, sole=True)
    second = appoint(person=somebody(world), role="grid_worker", place=grid, by=SYSTEM, at=world.at)
    with pytest.raises(StateConflict):
        change_chain(chain=chains["four"], posts=[sole], version=1, by=SYSTEM, at=world.at)
    Appointment.objects.filter(pk=second.pk).update(until=world.at)
    change_chain(chain=chains["four"], posts=[sole], version=1, by=SYSTEM, at=world.at)
    with pytest.raises(StateConflict):
        appoint(person=somebody(world, "第三"), role="grid_worker", place=grid, by=SYSTEM, at=world.at)
