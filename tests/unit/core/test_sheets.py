"""Lists as offices write them come in; lists go out without a formula in them."""

import csv
import io
import random
import string
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from pingzhan.core import sheets
from pingzhan.core.errors import Invalid
from pingzhan.core.sealed import Sealed, mask_phone
from pingzhan.core.sheets import plain, read_rows, write_csv, write_workbook

COLUMNS = {"编号": "code", "姓名": "name", "联系电话": "phone", "手机": "phone", "备注": "note"}
NEEDED = ["code", "name"]


def workbook(fill: Callable[[Any, Any], None]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        fill(book, book.add_worksheet("名单"))
    return out.getvalue()


def table(*rows: list[Any]) -> bytes:
    def fill(book: Any, sheet: Any) -> None:
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)

    return workbook(fill)


def read(source: bytes, **options: Any) -> list[tuple[int, dict[str, str]]]:
    return list(read_rows(source, **{"columns": COLUMNS, "required": NEEDED, **options}))


def values(source: bytes, key: str = "note") -> list[str]:
    return [row[key] for _, row in read(source)]


# --- workbooks ------------------------------------------------------------------------------------------------------


def test_a_list_with_titles_above_and_gaps_between() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.merge_range("A1:D1", "曹杨新村街道楼组长名单（姓名、编号）")
        sheet.merge_range("A2:D2", "填报单位：            2026年3月")
        sheet.write_row(3, 0, ["序号", "编号*", "姓 名（必填）", "手机"])
        sheet.write_row(4, 0, [1, "L001", "王小明", 10012345678])
        sheet.write_row(7, 0, [2, "L002", "李红", "100 1234 5679"])

    assert read(workbook(fill)) == [
        (5, {"code": "L001", "name": "王小明", "phone": "10012345678", "note": ""}),
        (8, {"code": "L002", "name": "李红", "phone": "100 1234 5679", "note": ""}),
    ]


def test_numbers_dates_and_formulas_come_as_a_person_would_type_them() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["编号", "姓名", "备注"])
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": 'yyyy"年"m"月"d"日" hh:mm'})
        cells: list[tuple[Any, ...]] = [
            (sheet.write_number, 310107001),
            (sheet.write_number, 1.5),
            (sheet.write_number, 0.00001),
            (sheet.write_number, -3),
            (sheet.write_datetime, date(2026, 3, 1), day),
            (sheet.write_datetime, datetime(2026, 3, 1, 8, 30), moment),  # noqa: DTZ001  workbooks know no zones
            (sheet.write_datetime, time(8, 5), book.add_format({"num_format": "hh:mm"})),
            (sheet.write_boolean, True),
            (sheet.write_formula, "=1+1", None, 2),
            (sheet.write_formula, '="a"&"b"', None, "ab"),
            (sheet.write_string, "  007 "),
            (sheet.write_string, "一行\n又一行"),
        ]
        for row, (write, *content) in enumerate(cells, 1):
            sheet.write_row(row, 0, ["x", "y"])
            write(row, 2, *content)

    assert values(workbook(fill)) == [
        "310107001",
        "1.5",
        "0.00001",
        "-3",
        "2026-03-01",
        "2026-03-01 08:30:00",
        "08:05",
        "TRUE",
        "2",
        "ab",
        "007",
        "一行\n又一行",
    ]


def test_digits_that_the_workbook_lost_are_told_by_row() -> None:
    data = table(["编号", "姓名"], ["1", "王"], [310107198001011234, "李"], ["310107198001011234", "张"])
    problems: list[dict[str, Any]] = []
    assert [row["name"] for _, row in read(data, problems=problems)] == ["王", "张"]
    assert [problem["loc"] for problem in problems] == [["row", 3, "code"]]
    with pytest.raises(Invalid, match="第 3 行"):
        read(data)


def test_a_formula_that_came_to_an_error_is_told_and_not_taken_for_empty() -> None:
    def fill(book: Any, sheet: Any) -> None:
        book.add_worksheet("第二张").write_formula("A3", "=1/0", None, "#DIV/0!")  # of no concern to the first
        sheet.write_row("B2", ["编号", "姓名", "备注"])
        sheet.write_row("B3", ["1", "王"])
        sheet.write_formula("D3", "=1/0", None, "#DIV/0!")
        sheet.write_row("B4", ["2", "李", "#N/A"])  # typed by somebody
        sheet.merge_range("B5:B6", "")
        sheet.write_formula("B5", "=VLOOKUP(1,A1:B1,2)", None, "#N/A")
        sheet.write_row("C5", ["张"])
        sheet.write_row("C6", ["赵"])
        sheet.write_row("B7", ["3", "钱"])

    problems: list[dict[str, Any]] = []
    assert [row["name"] for _, row in read(workbook(fill), problems=problems)] == ["李", "钱"]
    assert [problem["loc"] for problem in problems] == [
        ["row", 3, "note"], ["row", 5, "code"], ["row", 6, "code"],
    ]  # fmt: skip
    assert "公式" in problems[0]["msg"]
    with pytest.raises(Invalid, match="第 3 行：公式"):
        read(workbook(fill))


def test_merged_cells_count_in_each_of_their_rows() -> None:
    def fill(book: Any, sheet: Any) -> None:
        # Two lines of header, as offices like it.
        sheet.merge_range("A1:A2", "编号")
        sheet.merge_range("B1:B2", "姓名")
        sheet.merge_range("C1:D1", "联系方式")
        sheet.write_row("C2", ["联系电话", "备注"])
        sheet.merge_range("A3:A5", "1号楼")
        sheet.write_column("B3", ["王", "李", "张"])
        sheet.write_row("A6", ["2号楼", "赵"])

    found = [(number, row["code"], row["name"]) for number, row in read(workbook(fill))]
    assert found == [(3, "1号楼", "王"), (4, "1号楼", "李"), (5, "1号楼", "张"), (6, "2号楼", "赵")]


def test_a_header_merged_over_two_rows_is_no_row() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.merge_range("B4:B5", "编号")
        sheet.merge_range("C4:C5", "姓名")
        sheet.write_row("B6", ["1", "王"])

    assert [number for number, _ in read(workbook(fill))] == [6]


def test_the_first_visible_sheet_with_content_is_read() -> None:
    def fill(book: Any, sheet: Any) -> None:
        hidden = book.add_worksheet("隐藏")
        hidden.write_row(0, 0, ["编号", "姓名"])
        hidden.write_row(1, 0, ["旧", "旧"])
        hidden.hide()
        shown = book.add_worksheet("正文")
        shown.write_row(0, 0, ["编号", "姓名"])
        shown.write_row(1, 0, ["新", "新"])

    assert [row["code"] for _, row in read(workbook(fill))] == ["新"]


def test_a_missing_or_repeated_header_is_named() -> None:
    with pytest.raises(Invalid, match="姓名") as missing:
        read(table(["编号", "电话"], ["1", "2"]))
    assert missing.value.errors[0]["loc"] == ["header", "姓名"]
    with pytest.raises(Invalid, match="编号、姓名"):
        read(table(["说明"], ["请填写"]))
    with pytest.raises(Invalid, match="联系电话"):
        read(table(["编号", "姓名", "手机", "联系电话"], ["1", "2", "3", "4"]))
    with pytest.raises(Invalid, match="编号、姓名"):
        read(table())


# --- what must not get in -------------------------------------------------------------------------------------------


def repacked(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with its sheet's XML changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, change(part) if name.endswith("sheet1.xml") else part)
    return out.getvalue()


@pytest.fixture
def _little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A smaller limit needs smaller bombs."""
    monkeypatch.setattr(sheets, "_WORKER_MEMORY", 192 << 20)


@pytest.mark.usefixtures("_little_memory")
def test_a_few_kilobytes_that_unpack_to_hundreds_of_megabytes_end_politely() -> None:
    small = table(["编号", "姓名"], ["1", "王"])
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(small)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for name in old.namelist():
            with new.open(name, "w", force_zip64=True) as part:
                part.write(old.read(name).replace(b"</sst>", b""))
                if name.endswith("sharedStrings.xml"):
                    part.write(b"<si><t>")
                    for _ in range(220):
                        part.write(b"x" * (1 << 20))
                    part.write(b"</t></si></sst>")
    assert len(out.getvalue()) < 2 << 20
    with pytest.raises(Invalid, match="无法读取"):
        read(out.getvalue())


def test_a_cell_at_the_end_of_the_world_ends_politely() -> None:
    data = repacked(
        table(["编号", "姓名"], ["1", "王"]),
        lambda xml: xml.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
    )
    with pytest.raises(Invalid, match="无法读取"):
        read(data)


@pytest.mark.usefixtures("_little_memory")
def test_one_long_text_repeated_without_end_ends_politely() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(2, 40_000))
    data = repacked(
        table(["编号" + "长" * 30_000, "姓名"]),
        lambda xml: xml.replace(b"</sheetData>", rows.encode() + b"</sheetData>"),
    )
    with pytest.raises(Invalid, match="无法读取|过多"):
        read(data)


def test_too_large_or_too_long_is_said() -> None:
    data = table(["编号", "姓名"], *[[str(n), "王"] for n in range(20)])
    assert len(read(data, max_rows=20)) == 20
    with pytest.raises(Invalid, match="最多导入 19 行"):
        read(data, max_rows=19)
    with pytest.raises(Invalid, match="过多"):
        read(table(["编号", "姓名"], *[[str(n), "王"] for n in range(100)]), max_rows=10)
    with pytest.raises(Invalid, match="不能超过"):
        read(data, max_bytes=len(data) - 1)
    assert read(data, max_bytes=len(data))
    with pytest.raises(Invalid, match="不能超过"):
        list(read_rows(io.BytesIO(data), columns=COLUMNS, max_bytes=100))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 not a workbook",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old",
        b"%PDF-1.7\n%\xff\xff\xff\xff\x00",
        '编号,姓名\n1,"没有关上'.encode(),
    ],
)
def test_what_is_no_list_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        read(data)


def test_damaged_workbooks_are_refused_and_never_break_anything() -> None:
    whole = table(["编号", "姓名"], ["1", "王"])
    dice = random.Random(7)
    for _ in range(12):
        damaged = bytearray(whole)
        for _ in range(6):
            damaged[dice.randrange(4, len(damaged))] = dice.randrange(256)
        with suppress(Invalid):
            read(bytes(damaged))


# --- CSV ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_of_every_office(encoding: str, delimiter: str) -> None:
    lines = ["楼组长名单", "", "编号,姓名,手机,备注", '1,王小明,10012345678,"一,二\n三"', ",,,", "2,李红,,", ""]
    text = "\r\n".join(lines)
    data = text.replace(",", delimiter).encode(encoding)
    assert read(data) == [
        (4, {"code": "1", "name": "王小明", "phone": "10012345678", "note": f"一{delimiter}二\n三"}),
        (6, {"code": "2", "name": "李红", "phone": "", "note": ""}),
    ]


def test_a_phone_that_a_spreadsheet_shortened_is_told() -> None:
    problems: list[dict[str, Any]] = []
    data = "编号,姓名,手机\n1,王,1.0012E+10\n2,李,10012345678\n".encode()
    assert [row["code"] for _, row in read(data, problems=problems)] == ["2"]
    assert problems[0]["loc"] == ["row", 2, "phone"]


# --- writing --------------------------------------------------------------------------------------------------------

HEADERS = ["编号", "姓名", "备注"]
DANGEROUS = ["=1+1", "+86", "-1+2", "@SUM(A1)", "\tx", "\r=1", "=cmd|' /C calc'!A0", "＝1+1"]


def cells_of(data: bytes) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return book.get_sheet_by_index(0).to_python()


def test_a_workbook_keeps_what_things_are() -> None:
    at = datetime(2026, 3, 1, 16, 30, 5, tzinfo=UTC)  # after midnight in Shanghai
    row = ["007", 42, Decimal("12.50"), date(2026, 3, 1), at, None, True, time(8, 5), 310107198001011234]
    data = write_workbook("导出：3月/名单", [f"第{n}列" for n in range(9)], [row])
    title, header, cells = cells_of(data)
    assert title[0] == "导出：3月/名单"
    assert header == [f"第{n}列" for n in range(9)]
    assert cells == [
        "007",
        42,
        12.5,
        date(2026, 3, 1),
        datetime(2026, 3, 2, 0, 30, 5),  # noqa: DTZ001
        "",
        "是",
        "08:05",
        "310107198001011234",
    ]


def test_a_sealed_value_goes_out_masked() -> None:
    sealed = Sealed(context="a.b.c", text="10012345678", mask=mask_phone)
    assert cells_of(write_workbook("名单", ["手机"], [[sealed]]))[-1] == ["100****5678"]
    assert "100****5678" in write_csv(["手机"], [[sealed]]).decode()


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_formula_gets_out(text: str) -> None:
    with zipfile.ZipFile(io.BytesIO(write_workbook(text, [text], [[text]]))) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    for cells in csv.reader(io.StringIO(write_csv([text], [[text]]).decode("utf-8-sig"), newline="")):
        assert cells[0] == "'" + text
    title, header, cells = cells_of(write_workbook(text, [text], [[text]]))
    assert {title[0][0], header[0][0], cells[0][0]} == {"'"}


def test_what_goes_out_comes_in_again() -> None:
    rows = [["007", "=1+1", "+86 100"], ["008", "'引号", "-"], ["009", "王", ""]]
    for data in (write_workbook("名单", HEADERS, rows), write_csv(HEADERS, rows)):
        assert [[row["code"], row["name"], row["note"]] for _, row in read(data)] == rows


def test_awkward_titles_and_texts() -> None:
    for title in ("", "'", "a" * 60, "[x]:*?/\\", "History"):
        assert write_workbook(title, HEADERS, [["a" * 40_000, "\x00\x07", "x"]])
    with pytest.raises(Invalid):
        write_workbook("长", ["x"], ([] for _ in range(1_048_580)))


@given(st.lists(st.lists(st.text(string.printable + "编号王＝", max_size=8), min_size=3, max_size=3), max_size=5))
def test_every_text_survives_csv(rows: list[list[str]]) -> None:
    back = list(csv.reader(io.StringIO(write_csv(HEADERS, rows).decode("utf-8-sig"), newline="")))
    assert back == [HEADERS, *[[plain(cell) for cell in row] for row in rows]]


def test_a_long_export_takes_little_memory_and_time() -> None:
    started = datetime.now(tz=UTC)
    data = write_workbook("长表", HEADERS, ([str(n), "王小明", n] for n in range(20_000)))
    assert len(read(data)) == 20_000
    assert datetime.now(tz=UTC) - started < timedelta(seconds=20)
