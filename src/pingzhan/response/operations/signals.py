"""Figures that come from outside: a warning received, alarms, for how many days a stock lasts."""

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from pingzhan.access import operations as access
from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.core.errors import Invalid
from pingzhan.journal.operations import record
from pingzhan.response.models import Signal
from pingzhan.response.operations.proposals import consider
from pingzhan.response.queries.conditions import OUTSIDE

if TYPE_CHECKING:
    from pingzhan.places.models import Place

NAME = re.compile(rf"^({'|'.join(OUTSIDE)})\.[a-z][a-z0-9_]{{0,39}}$")
LONGEST = timedelta(days=30)
HIGHEST_WARNING = 4
MOST = 1_000_000


@transaction.atomic
def take_signal(*, name: str, place: "Place", value: float, until: datetime, by: Actor, at: datetime) -> Signal:
    """Note the newest figure of this name at this place, good until `until`, and consider the plans that it concerns.

    Raises Invalid, NotAllowed.
    """
    access.require(by, Permission.PLAN_EDIT, place.path)
    if not NAME.match(name):
        raise _invalid("name", _("名称以 alarm.、warning. 或 stock. 开头，后面用小写字母、数字和下划线"))
    most = HIGHEST_WARNING if name.startswith("warning.") else MOST
    if not 0 <= value <= most:
        raise _invalid("value", _("数字在 0 到 %(most)s 之间") % {"most": most})
    if not at < until <= at + LONGEST:
        raise _invalid("until", _("有效期须晚于现在，最长 30 天"))
    row, _made = Signal.objects.update_or_create(
        place=place, name=name,
        defaults={"path": place.path, "value": value, "at": at, "until": until, "by_name": by.name},
    )  # fmt: skip
    record(
        verb="signal.take", by=by, at=at, subject_type="signal", subject_id=row.pk, place_path=place.path, name=name,
        value=str(value),
    )  # fmt: skip
    consider(at=at, around=place.path)
    return row


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(message, errors=[{"loc": [field], "msg": message}])
