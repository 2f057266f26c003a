"""Messages to the people of a unit reach those who can open what they are about and do something about it."""

import pytest

from pingzhan.access.actors import SYSTEM
from pingzhan.access.operations import grant
from pingzhan.core.models import Message
from pingzhan.core.outbox import inbox
from pingzhan.matters import operations
from tests.factories.clocks import clocks_of, set_rules, sweep
from tests.factories.world import HOME

pytestmark = pytest.mark.django_db

STAFF = {"secretary", "community_staff"}


def told(world, template):
    names = {user.pk: name for name, user in world.users.items()}
    return {names[message.to_user] for message in Message.objects.filter(template=template)}


@pytest.fixture
def _leader_of_the_committee(world):
    """Most building leaders stand in the books of their committee, on whose behalf they handle nothing."""
    grant(
        user=world.users["building_leader"], role="building_leader", path=world.path(f"{HOME}-B001"),
        unit_id=world.units[f"{HOME}.committee"].pk, by=SYSTEM, at=world.at,
    )  # fmt: skip


@pytest.mark.usefixtures("_leader_of_the_committee")
def test_a_grid_worker_is_told_of_the_own_grid_only_and_a_building_leader_of_nothing(world):
    for place, readers in ((f"{HOME}-G001", STAFF | {"grid_worker"}), (f"{HOME}-G002", STAFF)):
        Message.objects.all().delete()
        operations.urge(matter=world.report(place=place), by=world.actor("street_staff"), at=world.at)
        assert told(world, "matter.urge") == readers


@pytest.mark.usefixtures("_leader_of_the_committee")
def test_what_is_overdue_is_counted_for_each_reader_by_their_own_area(world):
    set_rules(world)
    here, there = world.report(place=f"{HOME}-G001"), world.report(place=f"{HOME}-G002")
    sweep(max(clocks_of(matter)["accept"].due_at for matter in (here, there)))
    assert told(world, "matter.escalate") == STAFF | {"grid_worker"}
    both = inbox(world.users["secretary"].pk)[0].text
    assert here.number in both
    assert there.number in both
    own = inbox(world.users["grid_worker"].pk)[0].text
    assert here.number in own
    assert there.number not in own
