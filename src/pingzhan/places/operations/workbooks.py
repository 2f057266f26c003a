"""Workbooks of buildings and homes: taken in, checked, written or given up."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.access.operations import require
from pingzhan.access.permissions import Permission
from pingzhan.core.errors import Invalid, NotAllowed, StateConflict
from pingzhan.core.ids import uuid7
from pingzhan.core.sheets import read_rows
from pingzhan.journal.operations import record
from pingzhan.places.choices import ImportKind, ImportState
from pingzhan.places.models import PlaceImport
from pingzhan.places.operations.buildings import FAULTS, Entered, enter_buildings, enter_household_rows
from pingzhan.places.rules.rows import (
    BUILDING_COLUMNS,
    BUILDING_REQUIRED,
    HOUSEHOLD_COLUMNS,
    HOUSEHOLD_REQUIRED,
    RowFault,
)

MOST_ROWS = 20_000
MOST_ERRORS = 1000  # told one by one
_COLUMNS = {
    ImportKind.BUILDINGS: (BUILDING_COLUMNS, BUILDING_REQUIRED),
    ImportKind.HOUSEHOLDS: (HOUSEHOLD_COLUMNS, HOUSEHOLD_REQUIRED),
}


@transaction.atomic
def take_workbook(*, kind: str, name: str, content: bytes, path: str, by: Actor, at: datetime) -> PlaceImport:
    """Read a workbook or CSV file and keep its rows for the check; nothing under `path` changes yet.

    Raises Invalid for what cannot be read, NotAllowed.
    """
    require(by, Permission.PLACE_EDIT, path)
    if by.user_id is None:
        raise NotAllowed
    if kind not in ImportKind.values:
        raise Invalid(_("请选择表格的种类"), errors=[{"loc": ["kind"], "msg": _("请选择表格的种类")}])
    columns, required = _COLUMNS[ImportKind(kind)]
    problems: list[dict[str, Any]] = []
    try:
        rows = list(read_rows(content, columns=columns, required=required, max_rows=MOST_ROWS, problems=problems))
    except Invalid as error:
        raise Invalid(error.detail, errors=[*error.errors, {"loc": ["file"], "msg": str(error.detail)}]) from error
    if not rows and not problems:
        raise Invalid(_("表格里没有数据"), errors=[{"loc": ["file"], "msg": _("表格里没有数据")}])
    lost = [{"row": problem["loc"][1], "msg": problem["msg"]} for problem in problems]
    taken = PlaceImport.objects.create(
        id=uuid7(at), kind=kind, path=path, file_name=name[-120:], rows=rows, report={"lost": lost},
        total=len(rows), by_id=by.user_id, created_at=at,
    )  # fmt: skip
    record(
        verb="place.upload", by=by, at=at, subject_type="import", subject_id=taken.pk, place_path=path, rows=len(rows)
    )
    return taken


def check_workbook(*, import_id: UUID, by: Actor, at: datetime) -> PlaceImport:
    """A trial run: what the rows would do. Changes the import only; a second run finds the same."""
    taken = PlaceImport.objects.get(pk=import_id)
    if taken.state == ImportState.CHECKING:
        found = _enter(taken, by=by, at=at, trial=True)
        PlaceImport.objects.filter(pk=import_id, state=ImportState.CHECKING).update(
            state=ImportState.CHECKED, report=_report(taken, found), done=0
        )
    taken.refresh_from_db()
    return taken


@transaction.atomic
def start_writing(*, taken: PlaceImport, by: Actor, at: datetime) -> None:
    """Let the checked rows be written. Of two who press at once one starts it; raises StateConflict otherwise."""
    require(by, Permission.PLACE_EDIT, taken.path)
    started = PlaceImport.objects.filter(pk=taken.pk, state=ImportState.CHECKED).update(state=ImportState.WRITING)
    if not started:
        raise StateConflict(_("这张表已经在导入或已导入，请刷新查看"), current=taken.state)


@transaction.atomic
def drop_workbook(*, taken: PlaceImport, by: Actor, at: datetime) -> None:
    """Give a workbook up before it is written."""
    require(by, Permission.PLACE_EDIT, taken.path)
    dropped = PlaceImport.objects.filter(pk=taken.pk, state=ImportState.CHECKED).update(
        state=ImportState.DROPPED, finished_at=at, rows=[]
    )
    if not dropped:
        raise StateConflict(_("这张表已经在导入或已导入，请刷新查看"), current=taken.state)


def write_workbook_rows(*, import_id: UUID, by: Actor, at: datetime) -> PlaceImport:
    """Write the rows, a transaction a community. Run again after a crash it goes on: what is there is left alone."""
    taken = PlaceImport.objects.get(pk=import_id)
    if taken.state == ImportState.WRITING:
        found = _enter(taken, by=by, at=at, trial=False)
        with transaction.atomic():
            written = PlaceImport.objects.filter(pk=import_id, state=ImportState.WRITING).update(
                state=ImportState.WRITTEN, report=_report(taken, found), finished_at=at, rows=[], done=taken.total
            )
            if written:
                record(
                    verb="place.written", by=by, at=at, subject_type="import", subject_id=taken.pk,
                    place_path=taken.path, counts=found.counts,
                )  # fmt: skip
    taken.refresh_from_db()
    return taken


def _enter(taken: PlaceImport, *, by: Actor, at: datetime, trial: bool) -> Entered:
    enter = enter_buildings if taken.kind == ImportKind.BUILDINGS else enter_household_rows
    rows = [(int(number), dict(cells)) for number, cells in taken.rows]

    def told(done: int) -> None:
        PlaceImport.objects.filter(pk=taken.pk).update(done=done)

    return enter(rows=rows, root=taken.path, by=by, at=at, trial=trial, told=told)


def _report(taken: PlaceImport, found: Entered) -> dict[str, Any]:
    """Figures and the bad rows; those whose digits the file has lost are among them."""
    lost = taken.report.get("lost", [])
    errors = [{"row": number, "fault": fault.value} for number, fault in found.errors]
    counts = found.counts | {"errors": len(errors) + len(lost)}
    return {"counts": counts, "errors": errors[:MOST_ERRORS], "lost": lost[:MOST_ERRORS]}


def told_errors(taken: PlaceImport) -> list[tuple[int, str]]:
    """The bad rows with the reason in words, in the language of the page."""
    found = [(int(one["row"]), str(FAULTS[RowFault(one["fault"])])) for one in taken.report.get("errors", [])]
    found += [(int(one["row"]), str(one["msg"])) for one in taken.report.get("lost", [])]
    return sorted(found)
