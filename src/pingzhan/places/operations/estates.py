"""What is known of an estate beside its buildings: its address, and the other names that people use for it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.access.operations import require
from pingzhan.access.permissions import Permission
from pingzhan.core.errors import Invalid, NotFound
from pingzhan.journal.operations import digest_of, record
from pingzhan.places.models import Alias, Estate
from pingzhan.places.operations.imports import changed
from pingzhan.places.rules.codes import MOST_NAME, clean_name

MOST_ALIASES = 20


@transaction.atomic
def change_estate(*, estate: Estate, address: str, aliases: Iterable[str], by: Actor, at: datetime) -> Estate:
    """Set the address of an estate and all its other names: addresses that people write are found by them.

    What is said again changes nothing. Raises Invalid by field.
    """
    require(by, Permission.PLACE_EDIT, estate.path)
    held = Estate.objects.select_for_update().filter(pk=estate.pk, until__isnull=True).first()
    if held is None:
        raise NotFound(_("没有找到这个小区"))
    road = clean_name(address)
    names = [name for name in dict.fromkeys(clean_name(one) for one in aliases) if name and name != held.name]
    if len(road) > MOST_NAME:
        raise _invalid("address", _("名称不能超过 80 个字"))
    if len(names) > MOST_ALIASES or any(len(name) > MOST_NAME for name in names):
        raise _invalid("aliases", _("别名最多 %(most)s 个，每个不超过 80 个字") % {"most": MOST_ALIASES})
    present = set(Alias.objects.filter(estate=held).order_by("pk").values_list("name", flat=True))
    if road == held.address and set(names) == present:
        return held
    held.address = road
    held.save(update_fields=["address"])
    Alias.objects.filter(estate=held).exclude(name__in=names).delete()
    Alias.objects.bulk_create(
        [Alias(estate=held, name=name, created_at=at) for name in names if name not in present], ignore_conflicts=True
    )
    changed()
    record(
        verb="place.estate", by=by, at=at, subject_type="place", subject_id=held.community_id, place_path=held.path,
        estate=held.code, names=len(names), text_digest=digest_of("\n".join([road, *sorted(names)])),
    )  # fmt: skip
    return held


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(message, errors=[{"loc": [field], "msg": message}])
