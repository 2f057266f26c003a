"""What the demo writes in bulk is what the operations would have written."""

import pytest
from django.forms.models import model_to_dict

from pingzhan.access.actors import SYSTEM
from pingzhan.demo.bulk import Office, Session, take_on_many, train_many
from pingzhan.journal.models import Entry
from pingzhan.people.models import Appointment, Person, PersonTraining, Training
from pingzhan.people.operations import enter_trainings, load_trainings, take_on
from tests.factories.people import somebody
from tests.factories.world import HOME

pytestmark = pytest.mark.django_db

_ROW = ("training_id", "on", "valid_until", "entered_at", "entered_by", "withdrawn_at")
_OWN = {"id", "person", "place", "path"}


def rows(name):
    """Person, appointment and journal entries of somebody, without what is each one's own."""
    person = Person.objects.get(name=name)
    office = Appointment.objects.get(person=person)
    entries = [
        (entry.verb, entry.to_state, {k: v for k, v in entry.data.items() if k != "appointment"})
        for entry in Entry.objects.filter(subject_id=person.pk).order_by("id")
    ]
    plain = {
        k: v
        for k, v in model_to_dict(person).items()
        if k not in {"name", "pinyin", "phone", "phone_index", "place", "path"}
    }
    return plain, {k: v for k, v in model_to_dict(office).items() if k not in _OWN}, entries


def test_the_same_rows_as_the_operations(world):
    first, second = world.places[f"{HOME}-B001"], world.places[f"{HOME}-B002"]
    take_on(
        name="张三", phone="10000012345", role="building_leader", kind="online", place=first, by=SYSTEM, at=world.at
    )
    office = Office("张四", "10000012346", "building_leader", "online", second, sole=True)
    assert take_on_many([office], by=SYSTEM, at=world.at) == 1
    assert rows("张三") == rows("张四")
    made = Person.objects.get(name="张四")
    assert made.phone.open() == "10000012346"
    assert made.pinyin == "zhangsi"
    # Found by the same index, so that nobody is entered twice.
    again = (
        take_on(
            name="张四",
            phone="10000012346",
            role="building_leader",
            kind="offline",
            place=second,
            by=SYSTEM,
            at=world.at,
        )
        if not Appointment.objects.filter(place=second, kind="offline", until__isnull=True).exists()
        else None
    )
    assert again is None or again[0].person_id == made.pk


def test_trainings_in_bulk_are_the_rows_of_the_operation(world):
    load_trainings(by=SYSTEM, at=world.at)
    flood, day = Training.objects.get(code="flood"), world.at.date()
    one, other = somebody(world, "张三"), somebody(world, "张四")
    enter_trainings(training=flood, persons=[one], on=day, by=SYSTEM, at=world.at)
    assert train_many([Session(flood, world.path(HOME), day, [other.pk])], by=SYSTEM, at=world.at) == 1
    rows = [PersonTraining.objects.filter(person=person).values(*_ROW).get() for person in (one, other)]
    assert rows[0] == rows[1]
    entries = [
        (entry.subject_type, entry.place_path, {**entry.data, "persons": len(entry.data["persons"])})
        for entry in Entry.objects.filter(verb="training.enter").order_by("id")
    ]
    assert entries[0] == entries[1]
    sessions = set(PersonTraining.objects.values_list("session", flat=True))
    assert {entry.subject_id for entry in Entry.objects.filter(verb="training.enter")} == sessions
