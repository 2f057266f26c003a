"""Persons are entered once."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pingzhan.access import operations as access
from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import can
from pingzhan.core.errors import Invalid, NotAllowed
from pingzhan.core.sealed import blind_index, normalise_phone
from pingzhan.journal.operations import opened, record
from pingzhan.people.models import Person
from pingzhan.people.rules.names import clean_name, spelling

if TYPE_CHECKING:
    from pingzhan.access.models import User
    from pingzhan.places.models import Place

PHONE = "person.phone"  # the purpose of the blind index


def phone_index(phone: str) -> str:
    """By which a person's phone is found without being stored."""
    return blind_index(normalise_phone(phone), purpose=PHONE)


def checked_phone(phone: str) -> str:
    """A phone in its one spelling, "" for none. Raises Invalid for what is no number."""
    number = normalise_phone(phone)
    if number and not (number.lstrip("+").isdigit() and 7 <= len(number.lstrip("+")) <= 15):
        raise Invalid(_("请输入正确的手机号码"), errors=[{"loc": ["phone"], "msg": _("请输入正确的手机号码")}])
    return number


@transaction.atomic
def create_person(
    *, name: str, phone: str, place: "Place", by: Actor, at: datetime, user: "User | None" = None
) -> Person:
    """Somebody who works here; their file is kept at `place`, where the creator must hold the right to appoint.

    Raises Invalid when somebody of this name and phone is there already.
    """
    access.require(by, Permission.APPOINT, place.path)
    person = Person(place=place, path=place.path, created_at=at, user_id=user.pk if user else None)
    _name(person, name)
    _phone(person, phone, by=by, at=at)
    _save(person, new=True)
    if user:
        access.belongs_to(user=user, subject_id=person.pk)
    record(verb="person.create", by=by, at=at, subject_type="person", subject_id=person.pk, place_path=place.path)
    return person


def enter_person(*, name: str, phone: str, place: "Place", by: Actor, at: datetime) -> tuple[Person, bool]:
    """The person of this name and phone, and whether they had to be created: nobody is entered twice.

    Who enters the full name and the full phone of somebody who is known elsewhere knows that person; nothing else of
    them is shown by it.
    """
    access.require(by, Permission.APPOINT, place.path)
    number = checked_phone(phone)
    known = _known(clean_name(name), number) if number else None
    if known is not None:
        return known, False
    try:
        return create_person(name=name, phone=number, place=place, by=by, at=at), True
    except Invalid:
        known = _known(clean_name(name), number) if number else None  # somebody was quicker
        if known is None:
            raise
        return known, False


@transaction.atomic
def change_person(*, person: Person, name: str, phone: str | None, by: Actor, at: datetime) -> Person:
    """Correct a name or a phone; None leaves the phone as it is, "" takes it away, any other is confirmed by it."""
    access.require(by, Permission.APPOINT, person.path)
    _name(person, name)
    if phone is not None:
        _phone(person, phone, by=by, at=at)
    _save(person, new=False)
    record(
        verb="person.change", by=by, at=at, subject_type="person", subject_id=person.pk, place_path=person.path,
        phone=phone is not None,
    )  # fmt: skip
    return person


@transaction.atomic
def move_file(*, person: Person, place: "Place", by: Actor, at: datetime) -> Person:
    """Keep the person's file at another place; the mover must hold the right to appoint at both."""
    access.require(by, Permission.APPOINT, person.path)
    access.require(by, Permission.APPOINT, place.path)
    before = person.path
    person.place, person.path = place, place.path
    person.save(update_fields=["place", "path"])
    record(
        verb="person.move", by=by, at=at, subject_type="person", subject_id=person.pk, place_path=place.path,
        came_from=before,
    )  # fmt: skip
    return person


@transaction.atomic
def open_phone(*, person: Person, purpose: str, paths: list[str], by: Actor, at: datetime) -> str:
    """The phone in the clear, for a stated purpose, on record and visible to the person.

    `paths`: where the person works or is filed; the right to open is needed at one of them.
    """
    if not any(can(by, Permission.PERSON_OPEN, path) for path in paths):
        raise NotAllowed(_("只有该人员所在区域的负责人可以查看完整号码。"))
    purpose = purpose.strip()
    if not purpose:
        message = _("请写明查看联系方式的用途")
        raise Invalid(message, errors=[{"loc": ["purpose"], "msg": message}])
    opened(
        by=by, at=at, subject_type="person", subject_id=person.pk, field="phone", purpose=purpose[:200],
        person_id=person.user_id or person.pk,
    )  # fmt: skip
    return person.phone.open()


def _name(person: Person, name: str) -> None:
    person.name = clean_name(name)
    if not person.name:
        raise Invalid(_("请填写姓名"), errors=[{"loc": ["name"], "msg": _("请填写姓名")}])
    person.pinyin, person.initials = spelling(person.name).pinyin, spelling(person.name).initials


def _phone(person: Person, phone: str, *, by: Actor, at: datetime) -> None:
    number = checked_phone(phone)
    person.phone = number
    person.phone_index = phone_index(number) if number else None
    person.contact_confirmed_at, person.contact_confirmed_by = (at, who_confirmed(by)) if number else (None, "")


def who_confirmed(by: Actor) -> str:
    """The name that stands with a confirmed phone; "" where no colleague entered it."""
    return by.name[:80] if by.kind == "user" else ""


def _known(name: str, number: str) -> Person | None:
    return Person.objects.filter(phone_index=phone_index(number), name=name, merged_into__isnull=True).first()


def _save(person: Person, *, new: bool) -> None:
    try:
        with transaction.atomic():
            person.save(force_insert=new)
    except IntegrityError as error:
        message = _("系统里已有同名同号码的人员，请直接使用，不要重复登记")
        raise Invalid(message, errors=[{"loc": ["phone"], "msg": message}]) from error
