"""Workbooks and CSV files, in and out: the way in which offices exchange lists.

What comes in is text, cell by cell, whatever the program that wrote the file took it for; what it means is for the
operation that imports it. What goes out never holds a formula, so that a name typed by a stranger stays a name when an
official opens the list.
"""

import csv
import io
import json
import logging
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain, islice
from math import isfinite
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from pingzhan.core.errors import Invalid

log = logging.getLogger(__name__)

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv"

Cell = str | bool | None  # None: digits that the file itself no longer has; False: a formula that came to an error
Rows = Iterator[tuple[int, list[Cell]]]

_WORKER = Path(__file__).with_name("sheet_worker.py")
_WORKER_SECONDS = 90
_WORKER_MEMORY = 1 << 30  # bytes
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"  # the old .xls, and an .xlsx with a password
_HEADER_WITHIN = 30  # rows: titles, the department's name and remarks stand above the header
# A number that a spreadsheet program wrote into a CSV file in short: "1.38E+10" was a phone.
_SHORTENED = re.compile(r"[+-]?\d(\.\d+)?[Ee]\+\d{2,}")
# Characters that make a cell a formula, in half and full width (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_MAX_CELL = 32_767
_EXACT_DIGITS = 15
_MAX_SHEET_ROWS = 1_048_576


# --- reading --------------------------------------------------------------------------------------------------------


def read_rows(
    source: bytes | BinaryIO,
    *,
    columns: Mapping[str, str],
    required: Iterable[str] | None = None,
    max_rows: int = 50_000,
    max_bytes: int | None = None,
    problems: list[dict[str, Any]] | None = None,
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows below the header as (row number in the file, {key: text}); empty ones are left out.

    `columns` maps headers to keys; several headers may name one key. `required` are the keys whose columns must be
    there, all by default; a column that is not there gives "". Reads .xlsx (the first visible sheet with content; the
    values of formulas; dates as 2026-03-01, moments as "2026-03-01 08:30:00"; merged cells count in each of their rows)
    and CSV (UTF-8, UTF-16 with its mark, or GB 18030; separated by comma, semicolon or tab).

    A row with a cell whose digits the file has lost (more than 15 in a workbook, "1.38E+10" in CSV), or in which a
    formula came to an error (#N/A, #REF!), is left out and told in `problems` as {"loc": ["row", number, key],
    "msg": …}; without such a list it raises Invalid.
    Raises Invalid for anything that cannot be read, has no such header, or is larger than `max_bytes` (by default the
    limit of uploads) or `max_rows`.
    """
    data = _take(source, settings.UPLOAD_MAX_BYTES if max_bytes is None else max_bytes)
    if data.startswith(_ZIP):
        rows = _workbook_rows(data, max_rows + _HEADER_WITHIN)
    elif data.startswith(_OLE):
        raise Invalid(_("不支持旧版 .xls 表格或加密的表格，请取消密码并另存为 .xlsx 后再导入"))
    else:
        rows = _csv_rows(data)
    wanted = set(columns.values()) if required is None else set(required)
    return _Table(rows, columns=columns, wanted=wanted).values(max_rows=max_rows, problems=problems)


def _take(source: bytes | BinaryIO, max_bytes: int) -> bytes:
    data = source if isinstance(source, bytes) else source.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise Invalid(_("表格文件不能超过 %(limit)s MB，请拆分后再导入") % {"limit": max_bytes // (1024 * 1024)})
    if not data:
        raise Invalid(_("表格文件是空的"))
    return data


def _workbook_rows(data: bytes, max_rows: int) -> Rows:
    """Read by a process of its own, which may die of what it is given; see sheet_worker."""
    unreadable = Invalid(_("表格无法读取：文件已损坏，或内容过大"))
    try:
        worker = subprocess.run(  # noqa: S603  our own program, by its full path
            [sys.executable, "-I", "-X", "utf8", str(_WORKER), str(max_rows), str(_WORKER_MEMORY)],
            input=data,
            capture_output=True,
            timeout=_WORKER_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise unreadable from None
    lines = worker.stdout.decode().rstrip("\n").split("\n")
    if worker.returncode != 0:
        log.info("a workbook of %d bytes was not read: exit %d", len(data), worker.returncode)
        raise unreadable
    if json.loads(lines.pop()) == "more":
        raise Invalid(_("表格内容过多，请拆分后再导入"))
    return ((number, cells) for number, cells in map(json.loads, lines))


def _csv_rows(data: bytes) -> Rows:
    text = _decode(data)
    delimiter = max(",;\t", key=text[:4096].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise Invalid(_("第 %(row)s 行无法读取，请检查引号是否成对") % {"row": number}) from None
        yield number, [None if _SHORTENED.fullmatch(cell.strip()) else cell.strip() for cell in cells]


def _decode(data: bytes) -> str:
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if marked else ["utf-8-sig", "gb18030"]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Invalid(_("无法识别的文件，请上传 .xlsx 或 CSV 表格"))


def _plain_header(text: str) -> str:
    """A header without what differs between offices: width, spaces, the star and the note of a required column."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\s|\*|\((必填|选填|required|optional)\)", "", text)  # untranslated: a column of a national form


class _Table:
    """The header that was found, and the rows below it."""

    def __init__(self, rows: Rows, *, columns: Mapping[str, str], wanted: set[str]) -> None:
        self.columns = columns
        above = list(islice(rows, _HEADER_WITHIN))
        keys = {_plain_header(header): key for header, key in columns.items()}
        # Titles above it may hold one of the words; the header holds most of them.
        index = max(range(len(above)), key=lambda row: len(_positions(above[row][1], keys)), default=0)
        found = _positions(above[index][1], keys) if above else []
        self._check(found, wanted)
        self.places = dict(found)
        self.header = {position: _plain_header(_shown(above[index][1][position])) for position, _key in found}
        self.rows = chain(above[index + 1 :], rows)

    def _check(self, found: list[tuple[int, str]], wanted: set[str]) -> None:
        present = [key for _position, key in found]
        names: dict[str, str] = {}
        for header, key in self.columns.items():
            names.setdefault(key, header)  # of several spellings the first is the one that people are told
        if missing := [name for key, name in names.items() if key in wanted.difference(present)]:
            raise Invalid(
                _("没有找到表头：%(headers)s。请使用模板，不要改动表头文字") % {"headers": "、".join(missing)},
                errors=[{"loc": ["header", name], "msg": _("缺少这一列")} for name in missing],
            )
        if twice := [name for key, name in names.items() if present.count(key) > 1]:
            raise Invalid(
                _("表头重复：%(headers)s。每一列只能出现一次") % {"headers": "、".join(twice)},
                errors=[{"loc": ["header", name], "msg": _("这一列出现了多次")} for name in twice],
            )

    def values(self, *, max_rows: int, problems: list[dict[str, Any]] | None) -> Iterator[tuple[int, dict[str, str]]]:
        """The rows, as read_rows gives them."""
        empty = dict.fromkeys(self.columns.values(), "")
        count = 0
        for number, cells in self.rows:
            row: dict[str, Cell] = {key: cells[at] for at, key in self.places.items() if at < len(cells)}
            if not any(value != "" for value in row.values()) or self._is_header(cells):
                continue
            count += 1
            if count > max_rows:
                raise Invalid(_("最多导入 %(limit)s 行，请拆分后再导入") % {"limit": max_rows})
            if lost := {key: value for key, value in row.items() if not isinstance(value, str)}:
                _tell_lost(number, lost, problems)
            else:
                yield number, empty | {key: _typed(str(value)) for key, value in row.items()}

    def _is_header(self, cells: list[Cell]) -> bool:
        """The header once more: of a cell merged over two rows, or at the top of a printed page."""
        return all(at < len(cells) and _plain_header(_shown(cells[at])) == name for at, name in self.header.items())


def _positions(cells: list[Cell], keys: Mapping[str, str]) -> list[tuple[int, str]]:
    named = ((position, keys.get(_plain_header(_shown(cell)))) for position, cell in enumerate(cells))
    return [(position, key) for position, key in named if key is not None]


def _shown(cell: Cell) -> str:
    return cell if isinstance(cell, str) else ""


def _tell_lost(number: int, lost: Mapping[str, Cell], problems: list[dict[str, Any]] | None) -> None:
    digits = _("数字过长，文件中已丢失部分位数；请把这一列设为文本格式后重新填写")
    error = _("公式的结果是错误值；请改好公式，或直接填写结果")
    told = [{"loc": ["row", number, key], "msg": digits if cell is None else error} for key, cell in lost.items()]
    if problems is None:
        raise Invalid(_("第 %(row)s 行：%(problem)s") % {"row": number, "problem": told[0]["msg"]}, errors=told)
    problems.extend(told)


def _typed(text: str) -> str:
    """What was typed, without the mark that `plain` put before it when the list went out."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


# --- writing --------------------------------------------------------------------------------------------------------


def write_workbook(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """An .xlsx in memory: see stream_workbook."""
    out = io.BytesIO()
    stream_workbook(out, title, columns, rows)
    return out.getvalue()


def stream_workbook(out: BinaryIO, title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write an .xlsx with `title` over the header `columns` and the rows below into `out`.

    Texts stay text (codes keep their zeros), numbers are numbers, dates are dates, moments are shown in the
    installation's time zone, None is empty; anything else is written as its str(), so that a sealed value comes out
    masked. Rows are taken one by one and not held. Raises Invalid for more rows than a sheet can have.
    """
    with xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False}) as book:
        bold = book.add_format({"bold": True, "font_size": 14, "align": "center"})
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        formats = {
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        sheet = book.add_worksheet(_sheet_name(title))
        for column, header in enumerate(columns):
            sheet.set_column(column, column, min(40, max(10, 2 * len(header) + 4)))
        if len(columns) > 1:
            sheet.merge_range(0, 0, 0, len(columns) - 1, plain(title), bold)
        else:
            sheet.write_string(0, 0, plain(title), bold)
        for column, header in enumerate(columns):
            sheet.write_string(1, column, plain(header), head)
        sheet.freeze_panes(2, 0)
        for number, row in enumerate(rows, 2):
            if number >= _MAX_SHEET_ROWS:
                raise Invalid(_("导出的行数超过表格上限，请缩小范围"))
            for column, value in enumerate(row):
                _write_cell(sheet, number, column, value, formats)


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """The same as CSV in memory: see stream_csv."""
    out = io.BytesIO()
    stream_csv(out, columns, rows)
    return out.getvalue()


def stream_csv(out: BinaryIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write CSV into `out`, row by row: UTF-8 with its mark, which spreadsheet programs need to show Chinese."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", errors="replace", newline="", write_through=False)
    writer = csv.writer(text)
    writer.writerow([plain(header) for header in columns])
    for row in rows:
        writer.writerow([_csv_cell(value) for value in row])
    text.flush()
    text.detach()


def plain(text: str) -> str:
    """`text` so that no spreadsheet program takes it for a formula: an apostrophe before what would make it one."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _sheet_name(title: str) -> str:
    # What the format forbids in a sheet's name, and its 31 characters.
    return re.sub(r"[\[\]:*?/\\]", " ", title).strip("' ")[:31].rstrip("' ") or "Sheet1"


def _as_cell(value: Any) -> Any:
    """None, numbers and dates as they are, moments by the wall clock, the rest as text."""
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).replace(tzinfo=None, microsecond=0)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if value is None or isinstance(value, int | float | Decimal | date):
        return value
    if isinstance(value, time):
        return value.isoformat(timespec="minutes")
    return plain(str(value))


def _write_cell(sheet: Any, row: int, column: int, value: Any, formats: Mapping[type[date], Any]) -> None:
    cell = _as_cell(value)
    if cell is None or cell == "":
        return
    if isinstance(cell, date):
        sheet.write_datetime(row, column, cell, formats[type(cell)])
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell[:_MAX_CELL])
    elif isfinite(cell) and len(Decimal(str(cell)).as_tuple().digits) <= _EXACT_DIGITS:
        sheet.write_number(row, column, cell)
    else:  # more digits than a workbook keeps
        sheet.write_string(row, column, plain(str(cell)))


def _csv_cell(value: Any) -> str:
    cell = _as_cell(value)
    return "" if cell is None else str(cell)
