"""An appointment issues the grant that lets its holder act."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from pingzhan.access import operations as access
from pingzhan.access.actors import SYSTEM, Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import get_grant, get_user
from pingzhan.journal.operations import record
from pingzhan.people.models import Appointment, Person, Unit

if TYPE_CHECKING:
    from pingzhan.places.models import Place


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
