"""Thousands of appointments and trainings at once, as a migration from another system writes them.

They are the rows of the operations: a test holds the two together (tests/unit/demo/test_organisation.py).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from pingzhan.access.actors import Actor
from pingzhan.core.db import insert_many
from pingzhan.core.ids import uuid7
from pingzhan.core.sealed import blind_index
from pingzhan.journal.operations import draft, record_load
from pingzhan.people.models import Appointment, Person, PersonTraining, Training
from pingzhan.people.rules.names import spelling
from pingzhan.people.rules.trainings import good_until
from pingzhan.places.models import Place

_PERSON = (
    "id", "name", "pinyin", "initials", "phone", "phone_index", "contact_confirmed_at",
    "contact_confirmed_by", "place_id", "path", "created_at",
)  # fmt: skip
_APPOINTMENT = (
    "id", "person_id", "role", "kind", "place_id", "path", "level", "unit_id", "sole", "acting", "since", "end_reason",
)  # fmt: skip
_TRAINING = ("id", "person_id", "training_id", "session", "on", "valid_until", "entered_at", "entered_by")


@dataclass(frozen=True, slots=True)
class Office:
    """Somebody new, without an account, and the office that they hold."""

    name: str
    phone: str
    role: str
    kind: str
    place: Place
    sole: bool
    unit_id: UUID | None = None
    acting: bool = False
    confirmed: datetime | None = None  # when they were last reached by the phone; when they are entered unless given


@transaction.atomic
def take_on_many(offices: Iterable[Office], *, by: Actor, at: datetime) -> int:
    """Enter and appoint all of them; how many. Nobody of them may be on file, nor any of the posts taken."""
    made = [(uuid7(at), uuid7(at), office) for office in offices]
    insert_many(Person, _PERSON, (_person(person, office, at) for person, _id, office in made))
    insert_many(Appointment, _APPOINTMENT, (_appointment(key, person, office, at) for person, key, office in made))
    record_load(_entries(made, by=by, at=at))
    return len(made)


def _person(person: UUID, office: Office, at: datetime) -> tuple[Any, ...]:
    sound = spelling(office.name)
    index = blind_index(office.phone, purpose="person.phone")
    return (
        person, office.name, sound.pinyin, sound.initials, office.phone, index, office.confirmed or at, "",
        office.place.pk, office.place.path, at,
    )  # fmt: skip


def _appointment(key: UUID, person: UUID, office: Office, at: datetime) -> tuple[Any, ...]:
    place = office.place
    return (
        key, person, office.role, office.kind, place.pk, place.path, place.level, office.unit_id, office.sole,
        office.acting, at, "",
    )  # fmt: skip


def _entries(made: list[tuple[UUID, UUID, Office]], *, by: Actor, at: datetime) -> Iterator[Any]:
    for person, key, office in made:
        yield draft(
            verb="person.create", by=by, at=at, subject_type="person", subject_id=person, place_path=office.place.path
        )
        yield draft(
            verb="person.appoint", by=by, at=at, subject_type="person", subject_id=person,
            place_path=office.place.path, to_state=office.role, appointment=str(key), kind=office.kind,
            acting=office.acting,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Session:
    """Who took part in a training at a place on a day; not more than the operation takes at once."""

    training: Training
    path: str
    on: date
    persons: list[Any]


@transaction.atomic
def train_many(sessions: Iterable[Session], *, by: Actor, at: datetime) -> int:
    """Enter all who took part; how many. Nobody of them may be entered for the day already."""
    held = [(uuid7(at), good_until(one.on, one.training.months), one) for one in sessions if one.persons]
    record_load(
        draft(
            verb="training.enter", by=by, at=at, subject_type="training", subject_id=key, place_path=one.path,
            training=one.training.pk, on=one.on, until=until, persons=one.persons,
        )
        for key, until, one in held
    )  # fmt: skip
    rows = (
        (uuid7(at), person, one.training.pk, key, one.on, until, at, by.name)
        for key, until, one in held
        for person in one.persons
    )
    return insert_many(PersonTraining, _TRAINING, rows)
