"""Who took part in a training is entered, one or a whole session at once; it holds for a time, and can be withdrawn."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pingzhan.access.actors import SYSTEM
from pingzhan.core.errors import Invalid, NotAllowed, NotFound, StateConflict
from pingzhan.core.paths import shared_path
from pingzhan.journal.models import Entry
from pingzhan.people.models import Person, PersonTraining, Training
from pingzhan.people.operations import (
    appoint,
    enter_trainings,
    load_trainings,
    merge_persons,
    undo_merge,
    withdraw_training,
)
from pingzhan.people.queries import PersonFilters, persons_page, training_row_for, trainings, trainings_of
from pingzhan.people.queries.trainings import trained_under
from pingzhan.people.rules.trainings import good_until
from tests.factories.people import somebody
from tests.factories.world import FAR, HOME, NEAR, World

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def flood(world: World) -> Training:
    load_trainings(by=SYSTEM, at=world.at)
    return Training.objects.get(code="flood")


def today(world: World) -> date:
    return timezone.localtime(world.at).date()


@pytest.mark.parametrize(
    ("on", "months", "until"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-11-15", 2, "2027-01-15"),
        ("2026-12-01", 24, "2028-12-01"),
    ],
)
def test_until_when_a_training_is_good(on: str, months: int, until: str) -> None:
    assert good_until(date.fromisoformat(on), months) == date.fromisoformat(until)
    assert good_until(date.fromisoformat(on), None) is None


def test_where_several_places_meet(world: World) -> None:
    here, near, far = world.path(f"{HOME}-B001"), world.path(NEAR), world.path(FAR)
    assert shared_path([here]) == here
    assert shared_path([here, world.path(HOME)]) == world.path(HOME)
    assert shared_path([here, near]) == world.path(HOME)[: -len(HOME) - 1]
    assert shared_path([here, far, "310115/"]) == shared_path([]) == ""


def test_the_catalogue_is_loaded_and_changed_by_the_system(world: World, tmp_path: object) -> None:
    call_command("load_trainings")
    kinds = trainings()
    assert [kind.code for kind in kinds[:3]] == ["sampling", "disinfection", "checkpoint"]
    assert all(kind.name and kind.name_en for kind in kinds)
    load_trainings(by=SYSTEM, at=world.at, catalogue={"trainings": [{"code": "patrol", "name": "巡逻", "ended": True}]})
    assert "patrol" not in {kind.code for kind in trainings()}
    assert len(trainings()) == len(kinds) - 1
    with pytest.raises(NotAllowed):
        load_trainings(by=world.actor("administrator"), at=world.at)
    wrong = tmp_path / "trainings.yaml"  # type: ignore[operator]
    wrong.write_text("trainings: [{name: 没有代码}]")
    with pytest.raises(CommandError):
        call_command("load_trainings", file=str(wrong))


def test_a_session_is_entered_at_once_and_stands_in_one_entry(world: World, flood: Training) -> None:
    persons = [somebody(world, f"张{number}") for number in range(3)]
    staff = world.actor("community_staff")
    made = enter_trainings(training=flood, persons=persons, on=today(world), by=staff, at=world.at)
    assert {row.valid_until for row in made} == {good_until(today(world), 12)}
    assert {row.entered_by for row in made} == {"何干事"}
    entry = Entry.objects.get(verb="training.enter")
    assert (entry.subject_id, entry.place_path) == (made[0].session, world.path(HOME))
    assert entry.data["training"] == "flood"
    assert entry.data["persons"] == [str(person.pk) for person in persons]
    late = somebody(world, "后到")
    again = enter_trainings(training=flood, persons=[*persons, late], on=today(world), by=staff, at=world.at)
    assert [row.person_id for row in again] == [late.pk]
    assert enter_trainings(training=flood, persons=persons, on=today(world), by=staff, at=world.at) == []
    assert Entry.objects.filter(verb="training.enter").count() == 2


def test_it_asks_no_more_for_many(world: World, flood: Training) -> None:
    persons = [somebody(world, f"张{number}") for number in range(20)]
    counts = []
    for days, some in ((1, persons[:1]), (2, persons)):
        with CaptureQueriesContext(connection) as asked:
            enter_trainings(
                training=flood, persons=some, on=today(world) - days * DAY, by=world.actor("secretary"), at=world.at
            )
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_what_cannot_be_is_refused(world: World, flood: Training) -> None:
    staff, person, day = world.actor("community_staff"), somebody(world, "张三"), today(world)
    with pytest.raises(Invalid, match="晚于今天"):
        enter_trainings(training=flood, persons=[person], on=day + DAY, by=staff, at=world.at)
    with pytest.raises(Invalid, match="早于"):
        enter_trainings(training=flood, persons=[person], on=day, valid_until=day - DAY, by=staff, at=world.at)
    with pytest.raises(Invalid):
        enter_trainings(training=flood, persons=[], on=day, by=staff, at=world.at)
    for name in ("far_secretary", "grid_worker", "resident"):
        with pytest.raises(NotAllowed):
            enter_trainings(training=flood, persons=[person], on=day, by=world.actor(name), at=world.at)
    with pytest.raises(NotAllowed):
        enter_trainings(
            training=flood, persons=[person, somebody(world, "远", place=FAR)], on=day, by=staff, at=world.at
        )
    Training.objects.filter(code="flood").update(until=world.at)
    with pytest.raises(Invalid, match="停办"):
        enter_trainings(training=Training.objects.get(code="flood"), persons=[person], on=day, by=staff, at=world.at)
    assert not PersonTraining.objects.exists()


def test_what_was_entered_by_mistake_is_withdrawn_once(world: World, flood: Training) -> None:
    person, staff = somebody(world, "张三"), world.actor("community_staff")
    (row,) = enter_trainings(training=flood, persons=[person], on=today(world), by=staff, at=world.at)
    assert training_row_for(staff, row.pk).training.name == "防汛"
    with pytest.raises(NotFound):
        training_row_for(world.actor("far_secretary"), row.pk)
    with pytest.raises(NotAllowed):
        withdraw_training(row=row, by=world.actor("far_secretary"), at=world.at)
    withdraw_training(row=row, by=staff, at=world.at)
    assert Entry.objects.get(verb="training.withdraw").subject_id == person.pk
    assert trainings_of([person.pk]) == {}
    with pytest.raises(StateConflict):
        withdraw_training(row=row, by=staff, at=world.at)
    with pytest.raises(NotFound):
        training_row_for(staff, row.pk)
    assert enter_trainings(training=flood, persons=[person], on=today(world), by=staff, at=world.at)  # anew


def test_who_has_a_training_is_who_has_one_that_is_good(world: World, flood: Training) -> None:
    day = today(world)
    persons = {name: somebody(world, name) for name in ("新", "旧", "无")}
    for name, ago in (("新", 10), ("旧", 500)):
        enter_trainings(training=flood, persons=[persons[name]], on=day - ago * DAY, by=SYSTEM, at=world.at)
    for person in persons.values():
        appoint(
            person=person, role="grid_worker", kind="part_time", place=world.places[f"{HOME}-G001"], by=SYSTEM,
            at=world.at,
        )  # fmt: skip
    paths = [world.path(HOME)]
    assert trained_under(paths, ["flood", "patrol"], today=day) == {persons["新"].pk: {"flood"}}
    assert trained_under(paths, ["flood"], today=day - 400 * DAY).keys() >= {persons["旧"].pk}
    assert trained_under([world.path(FAR)], ["flood"], today=day) == {}
    secretary = world.actor("secretary")

    def named(wanted: bool) -> set[str]:
        found = persons_page(secretary, PersonFilters(trained=("flood", day, wanted)), after=None, limit=50)
        return {person.name for person in found.items} & set(persons)

    assert named(True) == {"新"}
    assert named(False) == {"旧", "无"}


def test_trainings_follow_a_merge_and_go_back_when_it_is_undone(world: World, flood: Training) -> None:
    kept, gone = somebody(world, "张三"), somebody(world, "张三")
    patrol, day = Training.objects.get(code="patrol"), today(world)
    (both,) = enter_trainings(training=flood, persons=[gone], on=day, by=SYSTEM, at=world.at)
    enter_trainings(training=flood, persons=[kept], on=day, by=SYSTEM, at=world.at)
    (only,) = enter_trainings(training=patrol, persons=[gone], on=day, by=SYSTEM, at=world.at)

    def whose() -> dict[object, object]:
        return dict(PersonTraining.objects.values_list("pk", "person").order_by("pk"))

    before = whose()
    merge = merge_persons(kept=kept, gone=gone, reason="同一人", by=SYSTEM, at=world.at)
    assert (whose()[only.pk], whose()[both.pk]) == (kept.pk, gone.pk)
    assert {row.training_id for row in trainings_of([kept.pk])[kept.pk]} == {"flood", "patrol"}
    undo_merge(merge=merge, by=SYSTEM, at=world.at)
    assert whose() == before
    assert Person.objects.filter(merged_into__isnull=False).count() == 0
