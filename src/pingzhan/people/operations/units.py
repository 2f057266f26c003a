"""Units come, change and go."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pingzhan.access import operations as access
from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.core.errors import Invalid, Stale, StateConflict
from pingzhan.journal.operations import record
from pingzhan.people import events
from pingzhan.people.choices import UnitKind
from pingzhan.people.models import Unit
from pingzhan.people.rules.units import check_unit

if TYPE_CHECKING:
    from pingzhan.places.models import Place


@transaction.atomic
def create_unit(
    *,
    code: str,
    name: str,
    kind: str,
    place: "Place",
    by: Actor,
    at: datetime,
    section: str = "",
    name_en: str = "",
    superior: Unit | None = None,
    phone: str = "",
    address: str = "",
) -> Unit:
    """A new unit that belongs to `place`; with a `section` it can be made responsible for matters."""
    access.require(by, Permission.APPOINT, place.path)
    check_unit(code=code, name=name, kind=kind, section=section, phone=phone, kinds=UnitKind.values)
    unit = Unit(
        code=code,
        name=name.strip(),
        name_en=name_en.strip(),
        kind=kind,
        section=section,
        place=place,
        path=place.path,
        superior=superior,
        phone=phone.strip(),
        address=address.strip(),
    )
    try:
        with transaction.atomic():
            unit.save(force_insert=True)
    except IntegrityError as error:
        raise Invalid(_("该单位编码已存在"), errors=[{"loc": ["code"], "msg": _("该单位编码已存在")}]) from error
    record(verb="unit.create", by=by, at=at, subject_type="unit", subject_id=unit.pk, place_path=place.path, kind=kind)
    return unit


@transaction.atomic
def change_unit(
    *,
    unit: Unit,
    by: Actor,
    at: datetime,
    name: str,
    kind: str,
    section: str,
    place: "Place",
    name_en: str = "",
    superior: Unit | None = None,
    phone: str = "",
    address: str = "",
    version: int | None = None,
) -> Unit:
    """Correct what is known of a unit; its code stays. `version` is the one that was seen; raises Stale when it is old.

    A unit is moved to another place only by who appoints at both.
    """
    access.require(by, Permission.APPOINT, unit.path)
    access.require(by, Permission.APPOINT, place.path)
    check_unit(code=unit.code, name=name, kind=kind, section=section, phone=phone, kinds=UnitKind.values)
    if superior is not None and superior.pk == unit.pk:
        message = _("上级单位不能是它自己")
        raise Invalid(message, errors=[{"loc": ["superior"], "msg": message}])
    seen = unit.version if version is None else version
    changed = Unit.objects.filter(pk=unit.pk, version=seen, until__isnull=True).update(
        name=name.strip(), name_en=name_en.strip(), kind=kind, section=section, place=place, path=place.path,
        superior=superior, phone=phone.strip(), address=address.strip(), version=seen + 1,
    )  # fmt: skip
    if not changed:
        raise Stale(_("这个单位刚刚被他人更改或注销，请重新打开后再改。"))
    record(verb="unit.change", by=by, at=at, subject_type="unit", subject_id=unit.pk, place_path=place.path, kind=kind)
    unit.refresh_from_db()
    return unit


@transaction.atomic
def end_unit(*, unit: Unit, reason: str, by: Actor, at: datetime) -> None:
    """The unit is no more. First those who serve in it leave or go elsewhere, so that nobody acts for nothing."""
    access.require(by, Permission.APPOINT, unit.path)
    if not reason.strip():
        message = _("请写明注销的原因")
        raise Invalid(message, errors=[{"loc": ["reason"], "msg": message}])
    if unit.appointments.filter(until__isnull=True).exists():
        raise StateConflict(_("该单位还有在任人员，请先免去或调到别的单位，再注销。"))
    if unit.subordinates.filter(until__isnull=True).exists():
        raise StateConflict(_("该单位还有下级单位，请先改它们的上级，再注销。"))
    events.publish(events.UnitEnds(unit_id=unit.pk, at=at))
    ended = Unit.objects.filter(pk=unit.pk, until__isnull=True).update(
        until=at, end_reason=reason.strip()[:200], version=unit.version + 1
    )
    if ended:
        record(verb="unit.end", by=by, at=at, subject_type="unit", subject_id=unit.pk, place_path=unit.path)
