"""Communities that the state merges, or gives another code: one takes over from the other, and history stays linked."""

from datetime import datetime

import shapely
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.access.following import move_grants
from pingzhan.access.operations import require
from pingzhan.access.permissions import Permission
from pingzhan.core.db import under
from pingzhan.core.errors import Invalid, NotFound
from pingzhan.core.ids import uuid7
from pingzhan.journal.operations import record
from pingzhan.places.choices import Level, ProposalState
from pingzhan.places.events import Move, PlacesMoved, places_moved
from pingzhan.places.models import Estate, FormerName, GridProposal, Outline, PastOutline, Place
from pingzhan.places.operations.buildings import count_households
from pingzhan.places.operations.imports import changed
from pingzhan.places.rules.addresses import plain, short
from pingzhan.places.rules.codes import MOST_NAME, clean_name, level_of, superiors_of
from pingzhan.places.rules.outlines import as_text, inner_point
from pingzhan.places.rules.redrawing import joined


@transaction.atomic
def take_over(*, old: str, new: str, by: Actor, at: datetime, name: str = "") -> Place:
    """Let the community with the code `new` take over all of the community `old`, which ends.

    `new` exists already (a merger), or is made with `name` (another code; by default the old name) in its street.
    Grids, buildings and homes keep their codes for life and get new paths; matters, also closed ones, appointments and
    grants follow; the old name still finds the place, and the old one says what it was merged into. Raises Invalid,
    NotFound, NotAllowed.
    """
    gone = _community(old)
    require(by, Permission.PLACE_IMPORT, gone.path)
    into = Place.objects.select_for_update().filter(code=new).first() if new != old else None
    if into is None:
        into = _made(gone, new, name, at)
    elif into.level != Level.COMMUNITY or into.until is not None:
        raise _invalid("new", _("接收的居村不存在或已撤销"))
    elif clean_name(name) and clean_name(name) != into.name:
        FormerName.objects.create(place=into, name=into.name, until=at)
        into.name = _checked(name)
    require(by, Permission.PLACE_IMPORT, into.path)
    _tell_apart(gone, into, at)
    _move_below(gone, into)
    _join_outlines(gone, into, at)
    _count(gone, into)
    FormerName.objects.create(place=into, name=gone.name, until=at)
    GridProposal.objects.filter(community__in=(gone, into), state=ProposalState.OPEN).update(
        state=ProposalState.REPLACED, decided_at=at
    )
    gone.until, gone.merged_into = at, into
    gone.save(update_fields=["until", "merged_into"])
    into.save(update_fields=["name", "lon", "lat"])
    changed()
    event = PlacesMoved(gone.path, (Move(gone.pk, gone.path, into.path, into.pk),), by, at)
    grants = move_grants(root=event.root, after=event.after, ended=[gone.path], by=by, at=at)
    places_moved.tell(PlacesMoved(event.root, event.moves, by, at, grants=grants))
    record(
        verb="place.take_over", by=by, at=at, subject_type="place", subject_id=into.pk, place_path=into.path,
        old=gone.code,
    )  # fmt: skip
    record(
        verb="place.taken_over", by=by, at=at, subject_type="place", subject_id=gone.pk, place_path=gone.path,
        new=into.code,
    )  # fmt: skip
    return into


def _community(code: str) -> Place:
    found = Place.objects.select_for_update().filter(code=code, until__isnull=True).first()
    if found is None or found.level != Level.COMMUNITY:
        raise NotFound(_("没有找到这个居村"))
    return found


def _checked(name: str) -> str:
    name = clean_name(name)
    if not name or len(name) > MOST_NAME:
        raise _invalid("name", _("名称不能为空，且不超过 80 个字"))
    return name


def _made(gone: Place, new: str, name: str, at: datetime) -> Place:
    """The community under its new code, in the street that the code names."""
    if level_of(new) != Level.COMMUNITY or new == gone.code:
        raise _invalid("new", _("新代码应为 12 位数字，且与原代码不同"))
    street = Place.objects.filter(code__in=superiors_of(new), until__isnull=True).first()
    if street is None:
        raise _invalid("new", _("新代码所属的街镇不存在，请先导入区域代码"))
    return Place.objects.create(
        id=uuid7(at), code=new, name=_checked(name or gone.name), level=Level.COMMUNITY, parent=street,
        path=f"{street.path}{new}/", lon=gone.lon, lat=gone.lat, is_demo=gone.is_demo, created_at=at,
    )  # fmt: skip


def _tell_apart(gone: Place, into: Place, at: datetime) -> None:
    """Grids and estates that are called alike get the name of their old community before it."""
    before = short(plain(gone.name))
    taken = set(Place.objects.filter(parent=into, until__isnull=True).order_by("pk").values_list("name", flat=True))
    for grid in Place.objects.filter(parent=gone, until__isnull=True, name__in=taken).order_by("code"):
        FormerName.objects.create(place=grid, name=grid.name, until=at)
        Place.objects.filter(pk=grid.pk).update(name=f"{before}{grid.name}"[:MOST_NAME])
    known = set(Estate.objects.filter(community=into, until__isnull=True).order_by("pk").values_list("name", flat=True))
    for estate in Estate.objects.filter(community=gone, until__isnull=True, name__in=known).order_by("code"):
        Estate.objects.filter(pk=estate.pk).update(name=f"{before}{estate.name}"[:MOST_NAME])


def _move_below(gone: Place, into: Place) -> None:
    path = Concat(Value(into.path), Substr("path", len(gone.path) + 1))
    Place.objects.filter(under("path", gone.path)).exclude(pk=gone.pk).update(path=path)
    Place.objects.filter(parent=gone).update(parent=into)
    Estate.objects.filter(community=gone).update(community=into, path=into.path)


def _join_outlines(gone: Place, into: Place, at: datetime) -> None:
    """The outline of what took over is both together; the former ones stay readable."""
    outlines = {one.place_id: one for one in Outline.objects.filter(place__in=(gone, into)).order_by("pk")}
    PastOutline.objects.bulk_create(
        PastOutline(id=uuid7(at), place_id=one.place_id, geometry=one.geometry, until=at) for one in outlines.values()
    )
    if gone.pk not in outlines:
        return
    area = joined(shapely.from_geojson([one.geometry for one in outlines.values()]))
    demo = any(one.is_demo for one in outlines.values())
    Outline.objects.update_or_create(place=into, defaults={"geometry": as_text(area), "is_demo": demo})
    Outline.objects.filter(place=gone).delete()
    into.lon, into.lat = inner_point(area)


def _count(gone: Place, into: Place) -> None:
    """Households go from one to the other, and from street to street where it is another."""
    if gone.households:
        below = f"{gone.path}x/"
        count_households(below, -gone.households)
        count_households(f"{into.path}x/", gone.households)


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(message, errors=[{"loc": [field], "msg": message}])
