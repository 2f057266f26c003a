"""Units come and go."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from pingzhan.access import operations as access
from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.core.errors import Invalid
from pingzhan.journal.operations import record
from pingzhan.people.models import Unit

if TYPE_CHECKING:
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
