"""When two entries of one person become one, what a response lays on them follows, and goes back when it was wrong."""

import pytest

from pingzhan.access.actors import SYSTEM
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import actor_for, can
from pingzhan.modes import queries as in_force
from pingzhan.modes.models import Overlay
from pingzhan.people.models import Person
from pingzhan.people.operations import create_person, merge_persons, undo_merge
from pingzhan.response.queries.my_work import my_work
from tests.factories.people import somebody
from tests.factories.plans import ready
from tests.factories.world import HOME, World
from tests.unit.response.test_switch import press

pytestmark = pytest.mark.django_db


def laid_on(person: Person) -> set[tuple[str, str, str]]:
    rows = Overlay.objects.filter(person_id=person.pk, until__isnull=True).order_by("id")
    return {(row.kind, row.target.replace(str(person.pk), "they"), row.key) for row in rows}


def test_duties_and_roles_are_those_of_who_is_kept(world: World) -> None:
    press(world, ready(world))
    worker = world.users["grid_worker"]
    gone = Person.objects.get(user_id=worker.pk)
    before = laid_on(gone)
    assert {kind for kind, _target, _key in before} == {"person_role", "person_duty"}
    kept = somebody(world, gone.name)
    merge = merge_persons(kept=kept, gone=gone, reason="同一人", by=SYSTEM, at=world.at)
    in_force.forget()
    assert (laid_on(kept), laid_on(gone)) == (before, set())
    # The account went over with its rights, and shows the same duties.
    assert my_work(actor_for(worker, at=world.at), at=world.at).duties
    assert can(actor_for(worker, at=world.at), Permission.MATTER_ACCEPT, world.path(HOME))
    undo_merge(merge=merge, by=SYSTEM, at=world.at)
    assert (laid_on(kept), laid_on(gone)) == (set(), before)


def test_of_two_accounts_the_one_that_stays_has_the_wider_rights(world: World) -> None:
    press(world, ready(world))
    gone = Person.objects.get(user_id=world.users["grid_worker"].pk)
    resident = world.users["resident"]
    kept = create_person(name=gone.name, phone="", place=world.places[HOME], user=resident, by=SYSTEM, at=world.at)
    merge = merge_persons(kept=kept, gone=gone, reason="同一人", by=SYSTEM, at=world.at)
    assert can(actor_for(resident, at=world.at), Permission.MATTER_ACCEPT, world.path(HOME))
    undo_merge(merge=merge, by=SYSTEM, at=world.at)
    assert not can(actor_for(resident, at=world.at), Permission.MATTER_ACCEPT, world.path(HOME))


def test_what_both_have_of_one_response_is_had_once(world: World) -> None:
    response = press(world, ready(world))
    gone = Person.objects.get(user_id=world.users["grid_worker"].pk)
    kept = somebody(world, gone.name)
    role = Overlay.objects.get(response=response, person_id=gone.pk, kind="person_role")
    Overlay.objects.create(
        response=response, kind=role.kind, target=str(kept.pk), key=role.key, path=role.path, person_id=kept.pk,
        payload=role.payload, since=role.since,
    )  # fmt: skip
    before = laid_on(gone)
    merge_persons(kept=kept, gone=gone, reason="同一人", by=SYSTEM, at=world.at)
    assert laid_on(kept) == before
    role.refresh_from_db()
    assert (role.person_id, role.until) == (gone.pk, max(role.since, world.at))
