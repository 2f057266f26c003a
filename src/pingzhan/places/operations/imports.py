"""Writes to the area tree."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from shapely import Point

from pingzhan.access.actors import Actor
from pingzhan.access.operations import require
from pingzhan.access.permissions import Permission
from pingzhan.core.coordinates import gcj02_to_wgs84
from pingzhan.core.db import try_exclusive
from pingzhan.core.errors import Invalid, StateConflict
from pingzhan.core.ids import uuid7
from pingzhan.journal.operations import digest_of, draft, record, record_many
from pingzhan.places import locate
from pingzhan.places.choices import Level
from pingzhan.places.models import FormerName, Outline, Place, PlacesVersion
from pingzhan.places.rules import outlines
from pingzhan.places.rules.codes import (
    STATISTICAL_LEVELS,
    Fault,
    Planned,
    Refused,
    Row,
    level_of,
    plan_import,
    superiors_of,
)

_MOST_ERRORS = 100
_BATCH = 2000

_FAULTS: dict[Fault, Any] = {
    Fault.CODE: gettext_lazy("代码应为 2、4、6、9 或 12 位数字"),
    Fault.NAME: gettext_lazy("名称不能为空，且不超过 80 个字"),
    Fault.OUTSIDE: gettext_lazy("不在根区域之下"),
    Fault.TWICE: gettext_lazy("代码与前面的行重复"),
    Fault.ORPHAN: gettext_lazy("找不到上级区域"),
}


def changed() -> None:
    """Mark that places or outlines changed, so that every process looks again. Called inside of the transaction."""
    token = uuid7()
    PlacesVersion.objects.bulk_create(
        [PlacesVersion(pk=1, token=token)], update_conflicts=True, unique_fields=["id"], update_fields=["token"]
    )
    transaction.on_commit(locate.check_soon)


# --- the tree from the statistical codes ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Renamed:
    code: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ImportedPlaces:
    """What an import did. `absent` are codes of places under the root that exist and that the file does not have;
    they are told and left as they are."""

    root: Place
    created: tuple[str, ...]
    renamed: tuple[Renamed, ...]
    unchanged: int
    absent: tuple[str, ...]


@transaction.atomic
def import_places(*, rows: Iterable[Row], root: str, by: Actor, at: datetime) -> ImportedPlaces:
    """Bring the tree under `root` in line with the rows of national statistical codes.

    Adds what is missing and renames what is called otherwise; takes all rows or none. A second run changes nothing
    and leaves no trace. Raises Invalid with the lines that cannot be taken, StateConflict when a place would have to
    move, NotAllowed.
    """
    root = root.strip()
    if level_of(root) is None:
        raise Invalid(
            _("根区域代码应为 2、4、6、9 或 12 位数字"), errors=[{"loc": ["root"], "msg": _FAULTS[Fault.CODE]}]
        )
    rows = list(rows)
    if all(row.code.strip() != root for row in rows):
        raise Invalid(
            _("文件中没有根区域 %(root)s 这一行") % {"root": root},
            errors=[{"loc": ["root"], "msg": _("文件中没有这一行")}],
        )
    if not try_exclusive("places.import"):
        raise StateConflict(_("另一次区域导入正在进行，请稍后再试"))
    existing = _existing(root)
    planned, refused = plan_import(rows, root=root, paths={code: place.path for code, place in existing.items()})
    if refused:
        raise _refusal(refused, rows)
    require(by, Permission.PLACE_IMPORT, planned[0].path)
    _check_nothing_moves(planned, existing)

    made = _make(planned, existing, at)
    renamed = _rename(planned, existing, at)
    top = existing.get(root) or made[root]
    if made or renamed:
        changed()
        digest = digest_of("\n".join(f"{row.code},{row.name}" for row in planned))
        record(
            verb="place.import", by=by, at=at, subject_type="place", subject_id=top.pk, place_path=top.path,
            created=len(made), renamed=len(renamed), rows=len(planned), digest=digest,
        )  # fmt: skip
        record_many(
            draft(
                verb="place.rename", by=by, at=at, subject_type="place", subject_id=existing[change.code].pk,
                place_path=existing[change.code].path, before=digest_of(change.before), after=digest_of(change.after),
            )
            for change in renamed
        )  # fmt: skip
    named = {row.code for row in planned}
    return ImportedPlaces(
        root=top,
        created=tuple(made),
        renamed=tuple(renamed),
        unchanged=len(planned) - len(made) - len(renamed),
        absent=tuple(sorted(code for code in existing if code.startswith(root) and code not in named)),
    )


def _existing(root: str) -> dict[str, Place]:
    """The places with statistical codes under `root`, and its superiors."""
    below = Q(code__gte=root, code__lt=root + ":")  # ":" follows "9"
    rows = Place.objects.filter(
        below | Q(code__in=superiors_of(root)), level__in=STATISTICAL_LEVELS, until__isnull=True
    ).order_by("path")
    return {place.code: place for place in rows}


def _refusal(refused: Sequence[Refused], rows: Sequence[Row]) -> Invalid:
    first = refused[0]
    detail = _("共 %(count)d 行不能导入，未作任何改动；第 %(line)d 行（%(code)s）：%(why)s") % {
        "count": len(refused),
        "line": first.line,
        "code": first.code,
        "why": _FAULTS[first.fault],
    }
    return Invalid(
        detail,
        errors=[{"loc": ["rows", row.line], "msg": str(_FAULTS[row.fault])} for row in refused[:_MOST_ERRORS]],
    )


def _check_nothing_moves(planned: Sequence[Planned], existing: dict[str, Place]) -> None:
    """Rights, matters and units know places by their paths: an import never moves what exists."""
    paths = {row.code: row.path for row in planned} | {code: place.path for code, place in existing.items()}
    for row in planned:
        if row.path != f"{paths.get(row.parent, '')}{row.code}/":
            raise StateConflict(
                _("%(name)s（%(code)s）已作为独立的根区域导入，不能移到 %(root)s 之下；请以 %(code)s 为根单独导入")
                % {"name": row.name, "code": row.code, "root": row.parent}
            )


def _make(planned: Sequence[Planned], existing: dict[str, Place], at: datetime) -> dict[str, Place]:
    made: dict[str, Place] = {}
    for row in planned:  # superiors first
        if row.code not in existing:
            parent = existing.get(row.parent) or made.get(row.parent)
            made[row.code] = Place(
                id=uuid7(at), code=row.code, name=row.name, level=row.level, path=row.path, parent=parent, created_at=at
            )
    Place.objects.bulk_create(made.values(), batch_size=_BATCH)
    return made


def _rename(planned: Sequence[Planned], existing: dict[str, Place], at: datetime) -> list[Renamed]:
    renamed = []
    for row in planned:
        place = existing.get(row.code)
        if place is not None and place.name != row.name:
            renamed.append(Renamed(row.code, place.name, row.name))
            place.name = row.name
    Place.objects.bulk_update([existing[change.code] for change in renamed], ["name"], batch_size=_BATCH)
    FormerName.objects.bulk_create(
        FormerName(place=existing[change.code], name=change.before, until=at) for change in renamed
    )
    return renamed


# --- outlines -------------------------------------------------------------------------------------------------------


class Unmatched(Enum):
    """Why a feature was left out."""

    UNKNOWN = gettext_lazy("没有对应的区域")
    AMBIGUOUS = gettext_lazy("有多个同名区域，请写明代码")
    TWICE = gettext_lazy("与前面的要素对应同一区域")
    BAD = gettext_lazy("几何数据有误")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A feature that no outline was made of; `detail` says more where there is more to say."""

    feature: str
    why: Unmatched
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ImportedBoundaries:
    created: tuple[str, ...]  # codes
    changed: tuple[str, ...]
    unchanged: int
    left_out: tuple[LeftOut, ...]


@transaction.atomic
def import_boundaries(*, document: Any, by: Actor, at: datetime, gcj02: bool = False) -> ImportedBoundaries:
    """Set the outlines of existing places from a GeoJSON FeatureCollection, also one compressed for ECharts.

    A feature is matched by its code (`id`, or `id`, `adcode` or `code` among its properties), else by its name among
    cities and districts. Coordinates are longitude and latitude in degrees, WGS-84, or GCJ-02 with `gcj02`. Features
    that match nothing are told and left out. A second run changes nothing and leaves no trace. Raises Invalid when
    the document is no such collection, NotAllowed.
    """
    try:
        features = outlines.features_of(document)
    except outlines.BadOutline as error:
        raise Invalid(_("边界文件无法读取：%(error)s") % {"error": error}) from error
    if not try_exclusive("places.import"):
        raise StateConflict(_("另一次区域导入正在进行，请稍后再试"))
    matched, left_out = _matched(features)
    present = {
        outline.place_id: outline
        for outline in Outline.objects.filter(pk__in=[place.pk for place, _feature in matched]).order_by("pk")
    }
    created: list[str] = []
    changed_: list[str] = []
    unchanged = 0
    for place, feature in matched:
        require(by, Permission.PLACE_IMPORT, place.path)
        try:
            area = outlines.area_of(feature.geometry, transform=gcj02_to_wgs84 if gcj02 else None)
        except outlines.BadOutline as error:
            left_out.append(LeftOut(feature.label, Unmatched.BAD, str(error)))
            continue
        outline = present.get(place.pk)
        geometry = outlines.as_text(area)
        if outline is not None and outline.geometry == geometry and not outline.is_demo:
            unchanged += 1
            continue
        (created if outline is None else changed_).append(place.code)
        _set_outline(place, area, geometry)
        record(
            verb="place.outline", by=by, at=at, subject_type="place", subject_id=place.pk, place_path=place.path,
            digest=digest_of(geometry),
        )  # fmt: skip
    if created or changed_:
        changed()
    return ImportedBoundaries(tuple(created), tuple(changed_), unchanged, tuple(left_out))


def _matched(features: Sequence[outlines.Feature]) -> tuple[list[tuple[Place, outlines.Feature]], list[LeftOut]]:
    """Each feature's place; two statements at most, however many features."""
    by_code = {
        place.code: place
        for place in Place.objects.filter(
            code__in={code for feature in features for code in feature.codes}, until__isnull=True
        ).order_by("code")
    }
    by_name: dict[str, list[Place]] = {}
    for place in Place.objects.filter(
        name__in={feature.name for feature in features if feature.name},
        level__in=(Level.CITY, Level.DISTRICT),
        until__isnull=True,
    ).order_by("code"):
        by_name.setdefault(place.name, []).append(place)

    matched: list[tuple[Place, outlines.Feature]] = []
    left_out: list[LeftOut] = []
    taken: set[str] = set()
    for feature in features:
        coded = [by_code[code] for code in feature.codes if code in by_code]
        # A feature with an official code that is not here is another place, even if one here has the same name.
        foreign = any(level_of(code) for code in feature.codes)
        candidates = coded[:1] or ([] if foreign else by_name.get(feature.name, []))
        if len(candidates) != 1:
            left_out.append(LeftOut(feature.label, Unmatched.AMBIGUOUS if candidates else Unmatched.UNKNOWN))
        elif candidates[0].code in taken:
            left_out.append(LeftOut(feature.label, Unmatched.TWICE))
        else:
            taken.add(candidates[0].code)
            matched.append((candidates[0], feature))
    return matched, left_out


def _set_outline(place: Place, area: outlines.Area, geometry: str) -> None:
    Outline.objects.update_or_create(place=place, defaults={"geometry": geometry, "is_demo": False})
    if place.lon is None or place.lat is None or not area.intersects(Point(place.lon, place.lat)):
        place.lon, place.lat = outlines.inner_point(area)
        place.save(update_fields=["lon", "lat"])
