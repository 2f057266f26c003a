"""Units by workbook: each row for itself; what is wrong is named, the rest is done; a second run changes nothing."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import roots
from pingzhan.core.errors import DomainError, Invalid
from pingzhan.core.sheets import read_rows
from pingzhan.people.choices import UnitKind
from pingzhan.people.models import Unit
from pingzhan.people.operations.units import change_unit, create_unit
from pingzhan.people.rules.imports import Imported, RowProblem
from pingzhan.places.queries import get_place

COLUMNS: Mapping[str, str] = {  # untranslated: headers of the workbook, the English ones beside them
    "单位编码": "code", "Code": "code",
    "单位名称": "name", "Name": "name",
    "英文名称": "name_en", "English name": "name_en",
    "单位类型": "kind", "Kind": "kind",
    "工作领域": "section", "Section": "section",
    "所在区域编码": "place", "Place": "place",
    "上级单位编码": "superior", "Superior": "superior",
    "电话": "phone", "Phone": "phone",
    "地址": "address", "Address": "address",
}  # fmt: skip
HEADERS = tuple(COLUMNS)[::2]
_REQUIRED = ("code", "name", "kind", "place")


def import_units(*, source: bytes | BinaryIO, by: Actor, at: datetime, dry: bool) -> Imported:
    """Enter or change the units of a workbook; `dry` does the same and keeps nothing."""
    told = Imported(dry)
    lost: list[dict[str, object]] = []
    rows = read_rows(source, columns=COLUMNS, required=_REQUIRED, problems=lost)
    with transaction.atomic():
        _take_all(rows, told, by=by, at=at)
        if dry:
            transaction.set_rollback(True)
    told.problems += lost_rows(lost)
    told.problems.sort(key=lambda problem: problem.row)
    return told


def lost_rows(lost: Iterable[Mapping[str, object]]) -> list[RowProblem]:
    """What `read_rows` could not read, as problems."""
    return [RowProblem(row["loc"][1], str(row["loc"][2]), str(row["msg"])) for row in lost]  # type: ignore[index]


def problem_of(number: int, error: DomainError) -> list[RowProblem]:
    """What an operation refused, for one row."""
    errors = error.errors if isinstance(error, Invalid) else []
    found = [RowProblem(number, str(one["loc"][-1]) if one.get("loc") else "", str(one["msg"])) for one in errors]
    return found or [RowProblem(number, "", str(error.detail))]


def _take_all(rows: Iterable[tuple[int, dict[str, str]]], told: Imported, *, by: Actor, at: datetime) -> None:
    seen: dict[str, int] = {}
    for number, row in rows:
        first = seen.setdefault(row["code"], number)
        if first != number:
            message = _("与第 %(row)s 行的单位编码相同") % {"row": first}
            told.problems.append(RowProblem(number, "code", message))
            continue
        try:
            with transaction.atomic():
                done = _take(row, by=by, at=at)
        except DomainError as error:
            told.problems += problem_of(number, error)
        else:
            setattr(told, done, getattr(told, done) + 1)


def _take(row: dict[str, str], *, by: Actor, at: datetime) -> str:
    """One row; which count it belongs to."""
    within = None if by.kind == "system" else roots(by, Permission.APPOINT)
    try:
        place = get_place(row["place"], within=within)
    except DomainError as error:
        message = _("没有这个区域，或不在您的管理范围内")
        raise Invalid(message, errors=[{"loc": ["place"], "msg": message}]) from error
    values = {
        "name": row["name"],
        "name_en": row["name_en"],
        "kind": kind_of(row["kind"]),
        "section": row["section"],
        "phone": row["phone"],
        "address": row["address"],
        "superior": _superior(row["superior"]),
    }
    unit = Unit.objects.filter(code=row["code"]).select_related("superior").first()
    if unit is None:
        create_unit(code=row["code"], place=place, by=by, at=at, **values)  # type: ignore[arg-type]
        return "created"
    if unit.until is not None:
        message = _("该编码的单位已注销，请换一个编码")
        raise Invalid(message, errors=[{"loc": ["code"], "msg": message}])
    if unit.place_id == place.pk and all(getattr(unit, name) == value for name, value in values.items()):
        return "unchanged"
    change_unit(unit=unit, place=place, by=by, at=at, **values)  # type: ignore[arg-type]
    return "changed"


def kind_of(text: str) -> str:
    """The kind by its code or by its name in either language as the page shows it; unknown text as it is."""
    return next((str(kind) for kind in UnitKind if text in (kind.value, str(kind.label))), text)


def _superior(code: str) -> Unit | None:
    if not code:
        return None
    found = Unit.objects.filter(code=code, until__isnull=True).first()
    if found is None:
        message = _("没有这个上级单位；上级单位须先登记，或排在前面的行")
        raise Invalid(message, errors=[{"loc": ["superior"], "msg": message}])
    return found
