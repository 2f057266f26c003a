"""Keeping the lists: a new version takes the place of the one in force; old ones stay readable."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.access.operations import require
from pingzhan.access.permissions import Permission
from pingzhan.core.errors import Invalid, StateConflict
from pingzhan.journal.operations import digest_of, record
from pingzhan.people.choices import ListKind
from pingzhan.people.models import ListItem, ListVersion
from pingzhan.places.choices import Level

if TYPE_CHECKING:
    from pingzhan.places.models import Place

MOST_ITEMS = 500
# Where a list of each kind is kept.
LIST_LEVELS = {
    ListKind.PASS_DOWN: (Level.CITY, Level.DISTRICT, Level.STREET),
    ListKind.POWERS: (Level.CITY, Level.DISTRICT, Level.STREET),
    ListKind.OFFERS: (Level.COMMUNITY,),
}
# What a team offers is its community's own business.


def list_right(kind: str) -> Permission:
    """What whoever publishes a list of this kind must hold."""
    return Permission.TEAM_MANAGE if kind == ListKind.OFFERS else Permission.LIST_KEEP


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: `code` names a category where the list is of categories."""

    name: str
    code: str = ""
    limits: str = ""


@transaction.atomic
def publish_list(*, kind: str, place: "Place", lines: Sequence[Line], by: Actor, at: datetime) -> ListVersion:
    """The next version, in force from now on; of two who publish at once one is told."""
    if kind not in ListKind.values:
        raise _invalid("kind", _("没有这种清单"))
    require(by, list_right(kind), place.path)
    if place.level not in LIST_LEVELS[ListKind(kind)]:
        raise _invalid("place", _("这种清单不放在这一级"))
    kept = [line for line in lines if line.name.strip()]
    if not 1 <= len(kept) <= MOST_ITEMS or any("\x00" in line.name + line.limits for line in kept):
        raise _invalid("items", _("清单至少一条，最多 %(most)s 条") % {"most": MOST_ITEMS})
    present = ListVersion.objects.filter(place=place, kind=kind, until__isnull=True)
    numbers = ListVersion.objects.filter(place=place, kind=kind).order_by("-number").values_list("number", flat=True)
    number = (numbers.first() or 0) + 1
    try:
        with transaction.atomic():
            present.update(until=at)
            version = ListVersion.objects.create(
                kind=kind, place=place, path=place.path, number=number, by_name=by.name[:80], since=at
            )
    except IntegrityError:
        raise StateConflict(_("别人刚刚发布了新的一版，请刷新后再改。")) from None
    ListItem.objects.bulk_create(
        [
            ListItem(
                version=version, position=position, code=line.code[:60], name=line.name.strip()[:120],
                limits=line.limits.strip()[:300],
            )
            for position, line in enumerate(kept)
        ]
    )  # fmt: skip
    said = "\n".join(f"{line.code}|{line.name}|{line.limits}" for line in kept)
    record(
        verb="list.publish", by=by, at=at, subject_type="list", subject_id=version.pk, place_path=place.path,
        kind=kind, number=number, items=len(kept), text_digest=digest_of(said),
    )  # fmt: skip
    return version


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(message, errors=[{"loc": [field], "msg": message}])
