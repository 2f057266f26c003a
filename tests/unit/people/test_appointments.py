"""Who holds which office: one holder of a post, succession without a gap, terms that end, rights that go with it."""

from datetime import timedelta

import pytest

from pingzhan.access.actors import SYSTEM
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import can
from pingzhan.core.errors import Invalid, NotAllowed, StateConflict
from pingzhan.people.models import Appointment
from pingzhan.people.operations import appoint, create_person, dismiss, end_terms, succeed
from tests.factories.world import FAR, HOME

pytestmark = pytest.mark.django_db


def somebody(world, name="新人", place=HOME):
    return create_person(name=name, phone="", place=world.places[place], by=SYSTEM, at=world.at)


def test_a_building_has_one_leader_offline_and_one_online(world):
    building = world.places[f"{HOME}-B001"]
    with pytest.raises(StateConflict):  # the offline one is 罗楼长
        appoint(person=somebody(world), role="building_leader", place=building, by=SYSTEM, at=world.at)
    online = appoint(
        person=somebody(world), role="building_leader", kind="online", place=building, by=SYSTEM, at=world.at
    )
    assert online.sole
    assert online.level == "building"


def test_a_grid_has_as_many_workers_as_it_needs(world):
    grid = world.places[f"{HOME}-G001"]
    for name in ("甲", "乙"):
        appoint(person=somebody(world, name), role="grid_worker", kind="part_time", place=grid, by=SYSTEM, at=world.at)
    assert Appointment.objects.filter(place=grid, role="grid_worker", until__isnull=True).count() == 3


@pytest.mark.parametrize(
    ("role", "kind", "place"),
    [
        ("building_leader", "", HOME),
        ("grid_worker", "offline", f"{HOME}-G001"),
        ("unit_staff", "", HOME),
        ("king", "", HOME),
    ],
)
def test_what_makes_no_sense_is_refused(world, role, kind, place):
    with pytest.raises(Invalid):
        appoint(person=somebody(world), role=role, kind=kind, place=world.places[place], by=SYSTEM, at=world.at)


def test_succession_leaves_no_gap_and_takes_the_rights_along(world):
    old = Appointment.objects.get(role="community_secretary", place__code=HOME)
    new = create_person(
        name="方书记", phone="", place=world.places[HOME], by=SYSTEM, at=world.at, user=world.users["other_resident"]
    )
    later = world.at + timedelta(days=1)
    next_one = succeed(appointment=old, person=new, by=SYSTEM, at=later, reason="届满")
    old.refresh_from_db()
    assert old.until == next_one.since == later
    world.at = later
    assert not can(world.actor("secretary"), Permission.APPOINT, world.path(HOME))
    assert can(world.actor("other_resident"), Permission.APPOINT, world.path(HOME))
    with pytest.raises(StateConflict):
        succeed(appointment=old, person=somebody(world, "第三人"), by=SYSTEM, at=later, reason="又来")


def test_a_term_ends_by_itself_and_the_right_with_it(world):
    person = create_person(
        name="临时书记", phone="", place=world.places[HOME], by=SYSTEM, at=world.at, user=world.users["other_resident"]
    )
    end = world.at + timedelta(days=10)
    made = appoint(
        person=person, role="community_secretary", kind="deputy", place=world.places[HOME], by=SYSTEM, at=world.at,
        acting=True, term_until=end,
    )  # fmt: skip
    world.at = end - timedelta(seconds=1)
    assert can(world.actor("other_resident"), Permission.APPOINT, world.path(HOME))
    assert end_terms(at=world.at) == 0
    world.at = end  # before any worker came round
    assert not can(world.actor("other_resident"), Permission.APPOINT, world.path(HOME))
    assert end_terms(at=end + timedelta(hours=1)) == 1
    made.refresh_from_db()
    assert made.until == end
    assert made.end_reason


def test_who_may_not_appoint_there_may_not_dismiss_there(world):
    held = Appointment.objects.get(role="grid_worker", place__code=f"{FAR}-G001")
    with pytest.raises(NotAllowed):
        dismiss(appointment=held, by=world.actor("secretary"), at=world.at, reason="")
    with pytest.raises(NotAllowed):
        appoint(
            person=held.person, role="grid_worker", place=world.places[f"{FAR}-G001"], kind="part_time",
            by=world.actor("secretary"), at=world.at,
        )  # fmt: skip
    assert dismiss(appointment=held, by=world.actor("far_secretary"), at=world.at, reason="调离")
    assert not dismiss(appointment=held, by=world.actor("far_secretary"), at=world.at, reason="调离")
