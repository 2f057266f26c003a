"""Seeing a member's phone and home: for a stated purpose, and on record."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import can
from pingzhan.core.errors import Invalid, NotAllowed
from pingzhan.journal.operations import opened
from pingzhan.people.models import CheckIn
from pingzhan.people.queries.check_ins import may_open


@dataclass(frozen=True, slots=True)
class Opened:
    """What is sealed of a check-in, in the clear."""

    phone: str
    home: str
    standing: str


@transaction.atomic
def open_check_in(*, check_in: CheckIn, purpose: str, by: Actor, at: datetime) -> Opened:
    """Phone, home and standing in the clear; the opening is logged and the member can see it.

    A captain is shown the phone only.
    """
    if not may_open(by, check_in):
        raise NotAllowed(_("只有本居村的工作人员和队长可以查看联系方式。"))
    if not purpose.strip() or "\x00" in purpose:
        message = _("请写明查看联系方式的用途")
        raise Invalid(message, errors=[{"loc": ["purpose"], "msg": message}])
    whole = can(by, Permission.MEMBER_VET, check_in.path)
    opened(
        by=by, at=at, subject_type="check_in", subject_id=check_in.pk, field="all" if whole else "phone",
        purpose=purpose.strip()[:200], person_id=check_in.person.user_id if check_in.person else None,
    )  # fmt: skip
    return Opened(
        check_in.phone.open(),
        check_in.home.open() if whole else "",
        check_in.standing.open() if whole else "",
    )
