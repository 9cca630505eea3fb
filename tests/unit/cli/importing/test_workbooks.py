"""Workbooks as offices make them: titles, hidden lists, merged cells, odd formats, and cells where nobody looks."""

from __future__ import annotations

import tracemalloc
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from services.cli.importing import shared_texts, workbook
from services.cli.importing.table import Table, TableRow, Unreadable, open_table
from tests.unit.cli.importing.files import changed, sheet_xml
from tests.unit.cli.importing.files import workbook as plain_workbook

HEADER = ("工单编号", "诉求内容", "受理时间")
CALL = ("1", "电梯停运", "2026-03-05 10:20:00")
SHEET = "xl/worksheets/sheet1.xml"
CELLS = "".join(f'<c r="{"ABC"[n]}1" t="inlineStr"><is><t>{name}</t></is></c>' for n, name in enumerate(HEADER))
HEADER_ROW = f'<row r="1">{CELLS}</row>'


def made(folder: Path, *fill: Callable[[Worksheet], None], names: Sequence[str] = ("一", "二", "三")) -> Path:
    """A workbook of one sheet for each function that fills one."""
    book = Workbook()
    del book["Sheet"]
    for name, one in zip(names, fill, strict=False):
        one(book.create_sheet(name))
    file = folder / "calls.xlsx"
    book.save(file)
    return file


def calls(sheet: Worksheet) -> None:
    sheet.append(HEADER)
    sheet.append(CALL)


def codes(sheet: Worksheet) -> None:
    sheet.append(["类型"])
    sheet.append(["漏水"])


def read(file: Path, sheet: str | None = None) -> tuple[Table, list[TableRow]]:
    table = open_table(file, sheet=sheet, is_header=set(HEADER).issubset)
    rows = list(table.rows())
    assert table.total == len(rows)
    return table, rows


def test_the_header_is_found_below_a_merged_title(tmp_path: Path) -> None:
    def titled(sheet: Worksheet) -> None:
        sheet.append(["三月工单明细"])
        sheet.merge_cells("A1:C2")
        sheet.append([])
        sheet.append([None, "制表人：张"])
        calls(sheet)

    table, rows = read(made(tmp_path, titled))
    assert table.header == HEADER
    assert [(row.number, row.cells) for row in rows] == [(5, CALL)]
    assert table.not_read[0].endswith("above the header in row 4 of sheet 一")


def test_a_hidden_sheet_is_not_the_first_and_every_other_sheet_is_named(tmp_path: Path) -> None:
    def hidden(sheet: Worksheet) -> None:
        calls(sheet)
        sheet.sheet_state = "hidden"

    table, rows = read(made(tmp_path, hidden, codes, calls, names=("旧", "代码", "工单")))
    assert table.not_read == ("other sheets: 旧 (hidden), 代码",)
    assert [row.cells for row in rows] == [CALL]
    assert read(tmp_path / "calls.xlsx", sheet="旧")[1][0].cells == CALL


def test_cells_merged_downwards_count_for_each_of_their_rows(tmp_path: Path) -> None:
    def grouped(sheet: Worksheet) -> None:
        sheet.append(HEADER)
        sheet.append(CALL)
        sheet.append(["2", "停水", None])
        sheet.append(["3", "停电", None])
        sheet.append(["4", "噪音", "2026-03-06"])
        sheet.merge_cells("C2:C4")

    assert [row.cells[2] for row in read(made(tmp_path, grouped))[1]] == [*[CALL[2]] * 3, "2026-03-06"]


def test_a_header_of_two_merged_rows_is_read_by_its_lower_names(tmp_path: Path) -> None:
    def two_rows(sheet: Worksheet) -> None:
        sheet.append(["工单编号", "诉求", None])
        sheet.append([None, "诉求内容", "受理时间"])
        sheet.merge_cells("A1:A2")
        sheet.merge_cells("B1:C1")
        sheet.append(CALL)

    table, rows = read(made(tmp_path, two_rows))
    assert table.header == HEADER
    assert [row.cells for row in rows] == [CALL]


def test_cells_far_from_the_table_cost_nothing_and_are_named(tmp_path: Path) -> None:
    def far(sheet: Worksheet) -> None:
        calls(sheet)
        sheet["XFD2"] = "x"
        sheet["XFD1048576"] = "x"
        sheet["A1048575"].number_format = "0.00"

    table, rows = read(made(tmp_path, far))
    assert [row.cells for row in rows] == [CALL]
    assert table.not_read == ("cells to the right of the header, in 2 rows",)


def test_numbers_and_times_are_shown_as_their_format_says(tmp_path: Path) -> None:
    def formatted(sheet: Worksheet) -> None:
        sheet.append(HEADER)
        sheet.append([17, 0.1, datetime(2026, 3, 5, 10, 20)])
        sheet.append([True, 1e15, 46086])
        sheet["A2"].number_format = "00000"
        sheet["C2"].number_format = 'yyyy"年"m"月"d"日" h:mm'
        sheet["C3"].number_format = "[$-804]yyyy/m/d;@"

    cells = [row.cells for row in read(made(tmp_path, formatted))[1]]
    assert cells == [("00017", "0.1", "2026-03-05 10:20:00"), ("TRUE", "1.00000000000000E+15", "2026-03-05")]


def test_a_workbook_that_counts_from_1904_has_its_own_days(tmp_path: Path) -> None:
    file = made(tmp_path, calls)
    row = '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c><c r="C2" t="d"><v>2026-03-05T10:20:00</v></c></row>'
    changed(file, {SHEET: sheet_xml(HEADER_ROW + row)})
    assert read(file)[1][0].cells[2] == "2026-03-05 10:20:00"


def test_what_only_some_programs_write_is_read(tmp_path: Path) -> None:
    """Cells without a place, rich and phonetic text, prefixes, escapes, a failed formula."""
    name = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    cells = "".join(f'<x:c t="inlineStr"><x:is><x:t>{one}</x:t></x:is></x:c>' for one in HEADER)
    rich = "<x:r><x:t>电梯 </x:t></x:r><x:r><x:t>停_x000D_运</x:t></x:r><x:rPh><x:t>dt</x:t></x:rPh>"
    row = f'<x:c><x:v>7</x:v></x:c><x:c t="inlineStr"><x:is>{rich}</x:is></x:c><x:c t="e"><x:v>#N/A</x:v></x:c>'
    rows = f"<x:row>{cells}</x:row><x:row>{row}</x:row>"
    content = f'<x:worksheet xmlns:x="{name}"><x:sheetData>{rows}</x:sheetData></x:worksheet>'
    file = changed(made(tmp_path, calls), {SHEET: content.encode()})
    assert read(file)[1][0].cells == ("7", "电梯 停\r运", "")


def test_a_cell_beyond_all_bounds_costs_its_own_row_alone(tmp_path: Path) -> None:
    def row(number: int, text: str) -> str:
        return f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>{text}</t></is></c></row>'

    file = changed(made(tmp_path, calls), {SHEET: sheet_xml(HEADER_ROW + row(2, "长" * 200_000) + row(3, "短"))})
    assert [row.fault is None for row in read(file)[1]] == [False, True]


@pytest.mark.parametrize(
    ("parts", "limit", "named"),
    [
        ({SHEET: sheet_xml('<row r="1048577"/>')}, None, "a sheet has 1,048,576 at most"),
        ({SHEET: sheet_xml('<row r="1"><c r="ZZZ1"/></row>')}, None, "a sheet has 16,384 at most"),
        ({SHEET: b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>'}, None, "document type definition"),
        ({SHEET: sheet_xml(f'<row r="1" a="{"a" * 3_000_000}"/>')}, None, "a tag of more than 1,048,576 bytes"),
        ({SHEET: sheet_xml("<row/>" * 300)}, (workbook, "LARGEST_PART", 1_000), "save the sheet as CSV, or divide it"),
        ({}, (workbook, "LARGEST_DIRECTORY", 10), "which no workbook has"),
        ({}, (workbook, "LARGEST_INDEX_PART", 10), "which no workbook has"),
    ],
)
def test_a_workbook_beyond_the_limits_is_refused_with_the_limit(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    parts: dict[str, bytes],
    limit: tuple[object, str, int] | None,
    named: str,
) -> None:
    if limit:
        monkeypatch.setattr(*limit)
    with pytest.raises(Unreadable, match=named):
        read(changed(made(tmp_path, calls), parts))


@pytest.mark.parametrize("name", ["xl/workbook.bin", "content.xml"])
def test_other_packages_are_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(Unreadable, match=r"(XLSB|ODS)\): save it as XLSX"):
        open_table(changed(plain_workbook(tmp_path, [HEADER]), {name: b""}))


def with_texts(file: Path, texts: Sequence[str], rows: Sequence[Sequence[int]]) -> Path:
    """Rows whose cells name shared texts by number."""
    relations = "xl/_rels/workbook.xml.rels"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    with zipfile.ZipFile(file) as package:
        listed = package.read(relations).decode()
    end = "</Relationships>"
    listed = listed.replace(end, f'<Relationship Id="texts" Type="{kind}" Target="/xl/Texts.xml"/>{end}')
    shared = "".join(f"<si><t>{one}</t></si>" for one in texts)
    cells = ("".join(f'<c t="s"><v>{number}</v></c>' for number in row) for row in rows)
    return changed(
        file,
        {
            SHEET: sheet_xml("".join(f"<row>{row}</row>" for row in cells)),
            relations: listed.encode(),
            "xl/texts.xml": f"<sst>{shared}</sst>".encode(),
        },
    )


def test_texts_are_shared_between_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = with_texts(made(tmp_path, calls), (*HEADER, "漏水", "2026-03-05"), [(0, 1, 2), (3, 3, 4), (4, 3, 4)])
    monkeypatch.setattr(shared_texts, "IN_MEMORY", 10)
    assert [row.cells[0] for row in read(file)[1]] == ["漏水", "2026-03-05"]
    monkeypatch.setattr(shared_texts, "MOST_TEXTS", 4)
    with pytest.raises(Unreadable, match="more than 4 different texts: save the sheet as CSV"):
        read(file)


@pytest.mark.parametrize("number", [3, -1])
def test_a_text_that_is_not_there_makes_no_workbook(tmp_path: Path, number: int) -> None:
    with pytest.raises(Unreadable, match="no whole workbook"):
        read(with_texts(made(tmp_path, calls), HEADER, [(0, 1, 2), (0, 1, number)]))


def test_a_small_file_of_many_long_rows_takes_little_memory(tmp_path: Path) -> None:
    """One long text, named by thousands of cells: some kilobytes that were gigabytes in memory."""
    file = with_texts(made(tmp_path, calls), (*HEADER, "长" * 30_000), [(0, 1, 2), *[(3, 3, 3)] * 1_500])
    assert file.stat().st_size < 50_000
    tracemalloc.start()
    try:
        assert open_table(file, is_header=set(HEADER).issubset).total == 1_500
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 50e6
