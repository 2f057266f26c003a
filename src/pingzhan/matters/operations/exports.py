"""Taking lists away as files: asked for, written in the background batch by batch, dropped after some days."""

import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import IO, Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.access.queries import actor_for, get_user
from pingzhan.core.clock import now
from pingzhan.core.errors import DomainError, Invalid, NotAllowed, TooMany
from pingzhan.core.files import drop, store_written
from pingzhan.core.ids import uuid7
from pingzhan.core.jobs import background
from pingzhan.core.sheets import CSV_TYPE, XLSX_TYPE, stream_csv, stream_workbook
from pingzhan.journal.operations import digest_of, record
from pingzhan.matters.choices import ExportFormat, ExportState
from pingzhan.matters.models import Export
from pingzhan.matters.queries.exports import (
    batches,
    columns,
    feature,
    filters_of,
    kept,
    reach_of,
    rows_to_export,
    table_row,
)
from pingzhan.matters.queries.lists import Filters
from pingzhan.matters.queries.reference import reference

KEPT_FOR = timedelta(days=3)
MOST_AT_ONCE = 3  # of one person, waiting or running
GEOJSON_TYPE = "application/geo+json"
TYPES = {ExportFormat.CSV: CSV_TYPE, ExportFormat.XLSX: XLSX_TYPE, ExportFormat.GEOJSON: GEOJSON_TYPE}
_UNFINISHED = (ExportState.WAITING, ExportState.RUNNING)


@transaction.atomic
def request_export(*, format: str, filters: Filters, by: Actor, at: datetime) -> Export:
    """Have what `filters` show to `by` written into a file in the background; on record.

    The file is for `by` alone. Raises NotAllowed, Invalid, or TooMany while three of theirs are under way.
    """
    reach = reach_of(by)
    if by.user_id is None or not reach:
        raise NotAllowed(_("您没有导出事项的权限。"))
    if format not in ExportFormat.values:
        raise Invalid(_("请选择导出格式"), errors=[{"loc": ["format"], "msg": _("请选择导出格式")}])
    if Export.objects.filter(by_id=by.user_id, state__in=_UNFINISHED).count() >= MOST_AT_ONCE:
        raise TooMany(_("已有 %(n)s 份正在导出，完成后再导出下一份。") % {"n": MOST_AT_ONCE}, retry_after=30)
    export = Export.objects.create(
        id=uuid7(at), by_id=by.user_id, at=at, format=format, language=translation.get_language() or "zh-hans",
        filters=kept(filters), reach=reach,
    )  # fmt: skip
    said = {name: value for name, value in asdict(filters).items() if value not in ("", None, False)}
    for words in ("q", "place", "category", "handler"):  # typed by people: the journal holds no words
        if words in said:
            said[f"{words}_digest"] = digest_of(str(said.pop(words)))
    record(
        verb="matter.export", by=by, at=at, subject_type="export", subject_id=export.pk, place_path=str(reach[0][0]),
        format=export.format, **said,
    )  # fmt: skip
    write_export.enqueue(str(export.pk))
    return export


def cancel_export(*, export: Export, by: Actor, at: datetime) -> Export:
    """Give up an export that is not finished; its job ends at the next batch."""
    if export.by_id != by.user_id:
        raise NotAllowed(_("只能取消自己的导出。"))
    changed = {"state": ExportState.CANCELLED, "finished_at": at}
    if Export.objects.filter(pk=export.pk, state__in=_UNFINISHED).update(**changed):
        export.state, export.finished_at = ExportState.CANCELLED, at
    return export


class _Cancelled(Exception):
    """Who asked for it does not want it any longer."""


@background(retries=3, timeout=4 * 3600, atomic=False)
def write_export(export_id: str) -> None:
    """Write the file; may run again from the start, and then writes the same file again."""
    export = Export.objects.filter(pk=export_id, state__in=_UNFINISHED).first()
    if export is None:
        return
    at = now()
    actor = actor_for(get_user(export.by_id), at=at)  # with the rights of today, not of when it was asked for
    reach = reach_of(actor)
    Export.objects.filter(pk=export.pk).update(state=ExportState.RUNNING, done=0, reach=reach)
    try:
        if not reach:
            raise NotAllowed(_("您已没有导出事项的权限。"))
        with translation.override(export.language), tempfile.TemporaryFile() as file:
            rows = rows_to_export(actor, filters_of(export), at=at)
            Export.objects.filter(pk=export.pk).update(total=rows.count())
            _write(file, export, _counted(export, batches(rows)), at=at)
            size = file.seek(0, 2)
            name = store_written(file, TYPES[ExportFormat(export.format)])
    except _Cancelled:
        return
    except DomainError as error:
        Export.objects.filter(pk=export.pk, state=ExportState.RUNNING).update(
            state=ExportState.FAILED, problem=str(error.detail)[:200], finished_at=now()
        )
        return
    ready = {"state": ExportState.READY, "name": name, "size": size, "finished_at": now(), "until": now() + KEPT_FOR}
    if not Export.objects.filter(pk=export.pk, state=ExportState.RUNNING).update(**ready):
        _drop_unnamed(name)


def _counted(export: Export, parts: Iterable[list[Any]]) -> Iterator[Any]:
    """The rows one by one; after each batch it is noted how far it is, which also tells whether it is still wanted."""
    done = 0
    for part in parts:
        yield from part
        done += len(part)
        if not Export.objects.filter(pk=export.pk, state=ExportState.RUNNING).update(done=done):
            raise _Cancelled


def _write(file: IO[bytes], export: Export, rows: Iterator[Any], *, at: datetime) -> None:
    known = reference()
    if export.format == ExportFormat.GEOJSON:
        file.write(b'{"type":"FeatureCollection","features":[')
        for count, (row, place, stars) in enumerate(rows):
            one = json.dumps(feature(row, place, stars, at=at, known=known), ensure_ascii=False, separators=(",", ":"))
            file.write((b",\n" if count else b"\n") + one.encode(errors="replace"))
        file.write(b"\n]}\n")
        return
    cells = (table_row(row, place, stars, at=at, known=known) for row, place, stars in rows)
    if export.format == ExportFormat.CSV:
        stream_csv(file, columns(), cells)  # type: ignore[arg-type]  # a temporary file is a binary one
    else:
        stream_workbook(file, _("事项清单"), columns(), cells)  # type: ignore[arg-type]


def forget_exports(*, at: datetime, limit: int = 100) -> int:
    """Drop the files whose time is over; returns how many exports expired."""
    expired = list(Export.objects.filter(state=ExportState.READY, until__lte=at).order_by("until", "id")[:limit])
    for export in expired:
        Export.objects.filter(pk=export.pk).update(state=ExportState.EXPIRED, name="")
        _drop_unnamed(export.name)
    return len(expired)


def _drop_unnamed(name: str) -> None:
    """Files are named by their content: two exports of the same rows share one."""
    if not Export.objects.filter(name=name).exists():
        drop(name)


def file_name(export: Export) -> str:
    """What the file is called where it is saved."""
    return f"matters-{export.at:%Y%m%d-%H%M}.{export.format}"


def media_type(export: Export) -> str:
    return TYPES[ExportFormat(export.format)]
