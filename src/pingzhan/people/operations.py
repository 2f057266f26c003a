"""Units, persons, appointments: an appointment issues the grant that lets its holder act."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from pingzhan.access import operations as access
from pingzhan.access.actors import SYSTEM, Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import get_grant, get_user
from pingzhan.core.errors import Invalid
from pingzhan.core.sealed import blind_index, normalise_phone
from pingzhan.journal.operations import record
from pingzhan.people.models import Appointment, Person, Unit

if TYPE_CHECKING:
    from pingzhan.access.models import User
    from pingzhan.places.models import Place


@transaction.atomic
def create_unit(
    *,
    code: str,
    name: str,
    kind: str,
    section: str,
    place: "Place",
    by: Actor,
    at: datetime,
    name_en: str = "",
    superior: Unit | None = None,
    phone: str = "",
) -> Unit:
    """A new unit that belongs to `place`."""
    access.require(by, Permission.APPOINT, place.path)
    if Unit.objects.filter(code=code).exists():
        raise Invalid(_("该单位编码已存在"), errors=[{"loc": ["code"], "msg": _("该单位编码已存在")}])
    unit = Unit.objects.create(
        code=code,
        name=name,
        name_en=name_en,
        kind=kind,
        section=section,
        place=place,
        path=place.path,
        superior=superior,
        phone=phone,
    )
    record(verb="unit.create", by=by, at=at, subject_type="unit", subject_id=unit.pk, place_path=place.path, kind=kind)
    return unit


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


@transaction.atomic
def appoint(
    *, person: Person, role: str, place: "Place", by: Actor, at: datetime, unit: Unit | None = None
) -> Appointment:
    """Give `person` the role at `place` from `at`; when they have an account, the grant comes with it."""
    access.require(by, Permission.APPOINT, place.path)
    grant_id = None
    if person.user_id:
        given = access.grant(
            user=get_user(person.user_id),
            role=role,
            path=place.path,
            by=by,
            at=at,
            unit_id=unit.pk if unit else None,
            reason="appointment",
        )
        grant_id = given.pk
    appointment = Appointment.objects.create(
        person=person, role=role, place=place, path=place.path, unit=unit, grant_id=grant_id, since=at
    )
    record(
        verb="person.appoint", by=by, at=at, subject_type="person", subject_id=person.pk, place_path=place.path,
        to_state=role, appointment=str(appointment.pk),
    )  # fmt: skip
    return appointment


@transaction.atomic
def dismiss(*, appointment: Appointment, by: Actor, at: datetime, reason: str) -> None:
    """End an appointment, and the grant with it."""
    access.require(by, Permission.APPOINT, appointment.path)
    ended = Appointment.objects.filter(pk=appointment.pk, until__isnull=True).update(until=at)
    if not ended:
        return
    if appointment.grant_id:
        access.revoke(grant=get_grant(appointment.grant_id), by=SYSTEM, at=at, reason=reason)
    record(
        verb="person.dismiss", by=by, at=at, subject_type="person", subject_id=appointment.person_id,
        place_path=appointment.path, from_state=appointment.role, appointment=str(appointment.pk),
    )  # fmt: skip
