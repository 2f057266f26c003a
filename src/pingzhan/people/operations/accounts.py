"""Accounts of those who work here: made with a one-time link, by which they choose their own password."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from pingzhan.access import operations as access
from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import get_user, phone_is_taken
from pingzhan.core.errors import Invalid, StateConflict
from pingzhan.journal.operations import record
from pingzhan.people.models import Appointment, Person, Unit
from pingzhan.people.operations.appointments import appoint, issue_grants
from pingzhan.people.operations.persons import enter_person

if TYPE_CHECKING:
    from pingzhan.access.models import User
    from pingzhan.places.models import Place


@transaction.atomic
def open_account(*, person: Person, username: str, by: Actor, at: datetime) -> str:
    """An account of the person, with the rights of all their appointments; returns the token of the one-time link.

    Their phone becomes a way to sign in too, unless an account has it already: residents have accounts of their own,
    which nobody else may take over.
    """
    access.require(by, Permission.APPOINT, person.path)
    username = username.strip()
    if not username or len(username) > 64 or not username.replace("-", "").replace("_", "").replace(".", "").isalnum():
        message = _("账号用字母、数字、汉字、点、横线或下划线，最多 64 个字")
        raise Invalid(message, errors=[{"loc": ["username"], "msg": message}])
    phone = person.phone.open() if person.phone else ""
    user = access.create_user(
        username=username, name=person.name, by=by, at=at, path=person.path,
        phone="" if not phone or phone_is_taken(phone) else phone,
    )  # fmt: skip
    if not Person.objects.filter(pk=person.pk, user_id__isnull=True).update(user_id=user.pk):
        raise StateConflict(_("该人员已有账号，可以为其重新发登录链接。"))
    person.user_id = user.pk
    access.belongs_to(user=user, subject_id=person.pk)
    user.subject_id = person.pk
    issue_grants(person=person, by=by, at=at)
    record(
        verb="person.account", by=by, at=at, subject_type="person", subject_id=person.pk, place_path=person.path,
        user=str(user.pk),
    )  # fmt: skip
    return access.invite(user=user, path=person.path, by=by, at=at)


def renew_link(*, person: Person, by: Actor, at: datetime) -> str:
    """Another one-time link, for who lost the first one or forgot the password; returns its token."""
    return access.invite(user=_account(person), path=person.path, by=by, at=at)


def set_account(*, person: Person, active: bool, by: Actor, at: datetime) -> None:
    """Close the person's account, or open it again. Their appointments go on."""
    access.set_active(user=_account(person), active=active, path=person.path, by=by, at=at)


@transaction.atomic
def take_on(
    *,
    name: str,
    phone: str,
    role: str,
    place: "Place",
    by: Actor,
    at: datetime,
    unit: Unit | None = None,
    kind: str = "",
    username: str = "",
    acting: bool = False,
    term_until: datetime | None = None,
) -> tuple[Appointment, str]:
    """Enter somebody (once), appoint them and, with a username, open their account; the link's token, "" without."""
    person, _new = enter_person(name=name, phone=phone, place=place, by=by, at=at)
    appointment = appoint(
        person=person, role=role, kind=kind, place=place, unit=unit, acting=acting, term_until=term_until, by=by, at=at
    )
    token = open_account(person=person, username=username, by=by, at=at) if username.strip() else ""
    return appointment, token


def _account(person: Person) -> "User":
    if not person.user_id:
        raise StateConflict(_("该人员还没有账号，请先开通。"))
    return get_user(person.user_id)
