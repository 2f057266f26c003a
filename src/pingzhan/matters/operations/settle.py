"""Settled on the spot: what a worker saw and put right at once is reported and closed in one press."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from pingzhan.access.actors import SYSTEM, Actor
from pingzhan.access.permissions import Permission
from pingzhan.core.errors import NotAllowed
from pingzhan.core.wording import for_others
from pingzhan.matters.choices import Source
from pingzhan.matters.operations.advance import needed
from pingzhan.matters.operations.handling import complete, sign
from pingzhan.matters.operations.intake import accept, dispatch
from pingzhan.matters.operations.pictures import StoredPicture
from pingzhan.matters.operations.report import Location, report
from pingzhan.matters.queries.reference import reference

if TYPE_CHECKING:
    from pingzhan.matters.models import Matter


@transaction.atomic
def settle_on_spot(
    *,
    text: str,
    location: Location,
    result: str,
    by: Actor,
    at: datetime,
    category: str = "",
    urgency: str = "",
    contact_name: str = "",
    contact_phone: str = "",
    pictures: tuple[StoredPicture, ...] = (),
) -> "Matter":
    """Report, take on, sign for and complete at one moment, for the actor's own unit; the receiver still verifies.

    Accepting and dispatching are done by the system, since nobody waits for them: the worker is there and it is done.
    Raises what reporting raises, and NotAllowed for who handles no matters there.
    """
    result = needed(result, "result", _("请写明怎么解决的"))
    matter = report(
        text=text, location=location, source=Source.FIELD, by=by, at=at, category=category, urgency=urgency,
        contact_name=contact_name, contact_phone=contact_phone,
    )  # fmt: skip
    known = reference().units
    unit = next(
        (
            known[held.unit_id]
            for held in by.holding(Permission.MATTER_HANDLE)
            if held.unit_id in known and matter.path.startswith(held.path)
        ),
        None,
    )
    if unit is None:
        raise NotAllowed(_("您在这里不办理事项，请只上报，由承办单位来办。"))
    accept(matter=matter, by=SYSTEM, at=at, note=for_others("当场已解决，自动受理。"))
    dispatch(matter=matter, by=SYSTEM, at=at, unit=unit.code)
    sign(matter=matter, by=by, at=at)
    return complete(matter=matter, by=by, at=at, result=result, pictures=pictures)
