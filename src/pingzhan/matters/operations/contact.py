"""Seeing who reported: for a stated purpose, and on record."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.core.errors import NotAllowed
from pingzhan.journal.operations import opened
from pingzhan.matters.models import Matter
from pingzhan.matters.operations.advance import needed
from pingzhan.matters.queries.rights import may_open_contact


@dataclass(frozen=True, slots=True)
class Contact:
    name: str
    phone: str


@transaction.atomic
def open_contact(*, matter: Matter, purpose: str, by: Actor, at: datetime) -> Contact:
    """The reporter's name and phone in the clear; the opening is logged and the reporter can see it."""
    if not may_open_contact(by, matter):
        raise NotAllowed(_("只有受理单位和承办单位可以查看联系方式。"))
    purpose = needed(purpose, "purpose", _("请写明查看联系方式的用途"))
    opened(
        by=by, at=at, subject_type="matter", subject_id=matter.pk, field="contact", purpose=purpose[:200],
        person_id=matter.reporter_id,
    )  # fmt: skip
    return Contact(str_of(matter.contact_name), str_of(matter.contact_phone))


def str_of(sealed: object) -> str:
    """The clear text of a sealed field, "" when empty."""
    return sealed.open() if hasattr(sealed, "open") else str(sealed)
