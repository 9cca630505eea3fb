"""A workbook's sheet, and files that are no whole workbook."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from services.cli.importing.table import Unreadable, open_table
from tests.unit.cli.importing.files import csv_file, workbook

ROWS: list[list[str | float | datetime | None]] = [
    ["工单编号", "诉求内容", "受理时间", "联系电话"],
    [286572, "三楼漏水", datetime(2019, 1, 6, 12, 9, 38), 13800000000.0],
    [None, None, None, None],
    ["A-2", "停水", "2019-01-07", None],
]


def test_cells_are_written_as_the_sheet_shows_them(tmp_path: Path) -> None:
    table = open_table(workbook(tmp_path, ROWS))
    assert table.header == ("工单编号", "诉求内容", "受理时间", "联系电话")
    assert table.total == 2
    assert [(row.number, row.cells) for row in table.rows()] == [
        (2, ("286572", "三楼漏水", "2019-01-06 12:09:38", "13800000000")),
        (4, ("A-2", "停水", "2019-01-07", "")),
    ]


def test_a_number_that_the_workbook_has_rounded_does_not_look_exact(tmp_path: Path) -> None:
    table = open_table(workbook(tmp_path, [["id"], [20190106120938001234.0], [123456789012345678]]))
    assert [row.cells[0] for row in table.rows()] == ["2.01901061209380E+19", "1.23456789012346E+17"]


def test_a_sheet_is_chosen_by_name(tmp_path: Path) -> None:
    file = workbook(tmp_path, ROWS)
    assert open_table(file, sheet="calls").total == 2
    with pytest.raises(Unreadable, match=r"has no sheet 'tickets': there are calls, empty"):
        open_table(file, sheet="tickets")
    with pytest.raises(Unreadable, match="is empty"):
        open_table(file, sheet="empty")


def test_a_workbook_cut_off_anywhere_is_unreadable(tmp_path: Path) -> None:
    whole = workbook(tmp_path, ROWS).read_bytes()
    cut = tmp_path / "cut.xlsx"
    for size in (0, 1, 4, 8, *range(30, len(whole) - 1, 97), len(whole) - 1):
        cut.write_bytes(whole[:size])
        with pytest.raises(Unreadable):
            open_table(cut)


def test_a_workbook_with_a_damaged_byte_is_unreadable_or_reads_the_same(tmp_path: Path) -> None:
    file = workbook(tmp_path, ROWS)
    whole, expected = file.read_bytes(), [row.cells for row in open_table(file).rows()]
    for position in range(0, len(whole), 61):
        file.write_bytes(whole[:position] + bytes([whole[position] ^ 0xFF]) + whole[position + 1 :])
        try:
            found = [row.cells for row in open_table(file).rows()]
        except Unreadable:
            continue
        assert found == expected, position


def test_a_file_is_what_it_holds_and_not_what_it_is_called(tmp_path: Path) -> None:
    assert open_table(workbook(tmp_path, ROWS, name="calls.csv")).total == 2
    assert open_table(workbook(tmp_path, ROWS, name="calls.xls")).total == 2
    assert open_table(csv_file(tmp_path, "id,text\n1,one\n", name="calls.xlsx")).total == 1
    with pytest.raises(Unreadable, match="named as a workbook"):
        open_table(csv_file(tmp_path, "not a table\n", name="calls.xlsx"))
    old = tmp_path / "old.xls"
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(Unreadable, match="save it as XLSX or CSV"):
        open_table(old)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("<html><body><table><tr><td>工单编号</td></tr></table></body></html>", "web page"),
        ("\ufeff\n<!DOCTYPE html PUBLIC '-//W3C'>\n<html>", "web page"),
        ("<meta charset=gb2312><table>", "web page"),
        ('<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "XML document"),
        ("%PDF-1.7", "PDF document"),
    ],
)
@pytest.mark.parametrize("written", ["utf-8", "utf-16"])
def test_what_is_no_table_is_named_with_what_to_do(tmp_path: Path, content: str, what: str, written: str) -> None:
    if what.startswith("PDF") and written == "utf-16":
        pytest.skip("no such document")
    with pytest.raises(Unreadable, match=rf"{what}.*save it as XLSX"):
        open_table(csv_file(tmp_path, content, written, name="calls.xls"))


def test_a_zip_that_is_no_workbook_is_unreadable(tmp_path: Path) -> None:
    import zipfile

    file = tmp_path / "calls.xlsx"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("calls.csv", "id,text\n")
    with pytest.raises(Unreadable, match="an archive"):
        open_table(file)


def test_options_of_the_other_format_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="--encoding"):
        open_table(workbook(tmp_path, ROWS), encoding="gb18030")
    with pytest.raises(Unreadable, match="--sheet"):
        open_table(csv_file(tmp_path, "id,text\n1,one\n"), sheet="calls")


def test_a_file_that_is_empty_or_not_there_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="is empty"):
        open_table(csv_file(tmp_path, ""))
    with pytest.raises(Unreadable, match="cannot be read"):
        open_table(tmp_path / "missing.csv")
    with pytest.raises(Unreadable, match="cannot be read"):
        open_table(tmp_path)
