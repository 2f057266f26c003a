"""Reads one workbook in a process of its own: `python sheet_worker.py MAX_ROWS MAX_MEMORY < workbook > rows`.

A workbook comes from a stranger. A few kilobytes of it can unpack to gigabytes, name a cell in row 1,048,576 of column
XFD or repeat one text a million times, and the reading library then takes the memory of the whole process with it. Here
only this process ends, and its parent says politely that the file cannot be read. Imports nothing of Pingzhan.

Writes one JSON document a line: [row number, [cell, …]], where a cell is text, null when the workbook itself has lost
what was typed there, or false where a formula came to an error; at the end one word: "end", or "more" when there are
over MAX_ROWS rows or too much text.
"""

import json
import re
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import IO, Any
from zipfile import ZipFile

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

CPU_SECONDS = 60
MAX_TEXT = 64 << 20  # characters of a whole sheet
MAX_CELL = 32_767  # characters; the limit of the format itself
# A workbook keeps 15 digits of a number: of a longer code or identity number the last ones are gone.
EXACT_BELOW = 10**15
CHUNK = 1 << 20  # bytes of a sheet's XML that are looked through at once
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^>]*?\br?:?id=[\"']([^\"']+)[\"']", re.IGNORECASE)
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_CELL = re.compile(rb"<(?:\w+:)?c\b[^<>]*>")
_ERROR = re.compile(rb"""\bt=["']e["']""")
_WHERE = re.compile(rb"""\br=["']([A-Z]{1,3})(\d{1,7})["']""")

Cell = str | bool | None


def main() -> None:
    """Limit this process, then read standard input."""
    max_rows, max_memory = int(sys.argv[1]), int(sys.argv[2])  # memory in bytes
    for kind, most in (
        (resource.RLIMIT_AS, max_memory),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # not every system knows each of them
            resource.setrlimit(kind, (most, most))
    data = BytesIO(sys.stdin.buffer.read())
    with CalamineWorkbook.from_filelike(data) as workbook:
        print(json.dumps(write_rows(workbook, data, max_rows)))


def write_rows(workbook: CalamineWorkbook, data: IO[bytes], max_rows: int) -> str:
    """Print the rows of the first visible sheet that has any; returns the last word."""
    text = rows = 0
    for position, meta in enumerate(workbook.sheets_metadata):
        if meta.typ != SheetTypeEnum.WorkSheet or meta.visible != SheetVisibleEnum.Visible:
            continue
        for number, cells in sheet_rows(workbook.get_sheet_by_name(meta.name), error_cells(data, position)):
            if not any(cell != "" for cell in cells):
                continue
            rows += 1
            text += sum(len(str(cell or "")) for cell in cells)
            if rows > max_rows or text > MAX_TEXT:
                return "more"
            print(json.dumps([number, cells], ensure_ascii=False))
        if rows:
            break
    return "end"


def error_cells(data: IO[bytes], position: int) -> dict[int, set[int]]:
    """The cells of a sheet in which a formula came to an error such as #N/A: row → columns, both from 0.

    The library gives them as empty ones, and what could not be looked up would go in as if nobody had known it.
    """
    found: dict[int, set[int]] = {}
    with ZipFile(data) as archive:
        name = sheet_file(archive, position)
        if name is None:
            return found
        with archive.open(name) as xml:
            rest = b""
            while chunk := xml.read(CHUNK):
                part = rest + chunk
                end = part.rfind(b">") + 1  # a cell that is cut in two is looked at with the next part
                for tag in _CELL.findall(part[:end]) if _ERROR.search(part) else ():
                    where = _WHERE.search(tag) if _ERROR.search(tag) else None
                    if where is not None:
                        found.setdefault(int(where[2]) - 1, set()).add(column_of(where[1].decode()))
                rest = part[end:]
    return found


def sheet_file(archive: ZipFile, position: int) -> str | None:
    """The name of a sheet's file in the archive, by its position in the workbook."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return None
    ids = _SHEET.findall(archive.read("xl/workbook.xml"))
    for relation in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")):
        own = dict(re.findall(rb"""\b(Id|Target)=["']([^"']+)["']""", relation))
        if position < len(ids) and own.get(b"Id") == ids[position]:
            target = own.get(b"Target", b"").decode()
            name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            return name if name in names else None
    return None


def column_of(letters: str) -> int:
    """A column's number from 0: "A" → 0, "AB" → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def sheet_rows(sheet: CalamineSheet, errors: dict[int, set[int]]) -> Iterator[tuple[int, list[Cell]]]:
    """(row number as the workbook shows it, cells); a cell merged over several rows counts in each of them."""
    if sheet.start is None:
        return
    top, left = sheet.start
    below: dict[int, list[tuple[int, int]]] = {}  # first row of a merged range → its last row and its column
    for (first, column), (last, _) in sheet.merged_cell_ranges or []:
        if last > first and column >= left:
            below.setdefault(first - top, []).append((last - top, column - left))
    held: dict[int, tuple[int, Cell]] = {}  # column → until which row, what
    for index, values in enumerate(iter_from_start(sheet, top)):
        cells: list[Cell] = [as_text(value) for value in values]
        for column in errors.get(top + index, ()):
            if left <= column < left + len(cells):
                cells[column - left] = False
        for column, (last, content) in list(held.items()):
            if index > last:
                del held[column]
            elif column < len(cells) and cells[column] == "":
                cells[column] = content
        for last, column in below.get(index, []):
            if column < len(cells):
                held[column] = (last, cells[column])
        yield top + index + 1, cells


def iter_from_start(sheet: CalamineSheet, top: int) -> Iterator[list[Any]]:
    """The rows from the first one that holds anything; the library gives the empty ones above as well."""
    rows = sheet.iter_rows()
    for _ in range(top):
        next(rows)
    return rows


def as_text(value: Any) -> str | None:
    """A cell as a person would type it: codes without ".0", dates as 2026-03-01; None for digits that are lost."""
    if isinstance(value, str):
        return value[:MAX_CELL].strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        if value == int(value):
            return str(int(value)) if abs(value) < EXACT_BELOW else None
        return format(Decimal(repr(value)), "f")
    if isinstance(value, datetime):
        return (value + timedelta(microseconds=500_000)).isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat(timespec="minutes" if not value.second else "seconds")
    return str(value)


if __name__ == "__main__":
    main()
