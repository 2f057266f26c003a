"""Persons are entered once."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from pingzhan.access import operations as access
from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.core.sealed import blind_index, normalise_phone
from pingzhan.journal.operations import record
from pingzhan.people.models import Person

if TYPE_CHECKING:
    from pingzhan.access.models import User


@transaction.atomic
def create_person(*, name: str, phone: str, path: str, by: Actor, at: datetime, user: "User | None" = None) -> Person:
    """Somebody who works here; `path` is where the creator must hold the right to appoint."""
    access.require(by, Permission.APPOINT, path)
    person = Person(name=name, created_at=at, user_id=user.pk if user else None)
    if phone:
        person.phone = normalise_phone(phone)
        person.phone_index = blind_index(normalise_phone(phone), purpose="person.phone")
    person.save(force_insert=True)
    if user:
        access.belongs_to(user=user, subject_id=person.pk)
    record(verb="person.create", by=by, at=at, subject_type="person", subject_id=person.pk, place_path=path)
    return person
