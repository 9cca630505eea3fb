"""CSV in the shapes that sources export, and what a broken line costs."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.cli.importing.csv_table import CsvTable
from services.cli.importing.table import TableRow, Unreadable
from tests.unit.cli.importing.files import HEADER, csv_file


def read(file: Path) -> list[TableRow]:
    table = CsvTable(file)
    rows = list(table.rows())
    assert table.total == len(rows) == len(list(table.rows()))
    return rows


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("written", ["utf-8-sig", "gb18030", "utf-16"])
def test_header_and_cells_are_read_in_every_shape(tmp_path: Path, delimiter: str, written: str) -> None:
    content = f'{HEADER}\n1,"漏水",三楼,2019-01-06\n'.replace(",", delimiter)
    table = CsvTable(csv_file(tmp_path, content, written))
    assert table.header == ("工单编号", "标题", "诉求内容", "受理时间")
    assert [row.cells for row in table.rows()] == [("1", "漏水", "三楼", "2019-01-06")]


def test_a_byte_order_mark_before_a_quoted_header_is_no_part_of_it(tmp_path: Path) -> None:
    for written in ("utf-8-sig", "gb18030", "utf-16"):
        mark = "\ufeff" if written == "gb18030" else ""
        table = CsvTable(csv_file(tmp_path, f'{mark}"工单编号","诉求内容"\n1,漏水\n', written))
        assert table.header == ("工单编号", "诉求内容")


def test_line_ends_may_be_mixed_and_stand_in_quotes(tmp_path: Path) -> None:
    content = 'id,text\r\n1,one\n2,"two\r\nlines\nand\rmore"\r3,three\n\r\n4,four'
    assert [(row.number, row.cells) for row in read(csv_file(tmp_path, content))] == [
        (2, ("1", "one")),
        (3, ("2", "two\r\nlines\nand\rmore")),
        (4, ("3", "three")),
        (6, ("4", "four")),
    ]


def test_blank_rows_count_in_numbers_and_are_no_rows(tmp_path: Path) -> None:
    rows = read(csv_file(tmp_path, "\nid,text\n\n,\n1,one\n , \n2,two\n"))
    assert [(row.number, row.cells[0]) for row in rows] == [(5, "1"), (7, "2")]


def test_a_row_with_more_than_the_header_is_faulty_and_kept(tmp_path: Path) -> None:
    long, good = read(csv_file(tmp_path, "id,text,time\n2,two,2019,more\n3,three,2019\n"))
    assert long.fault is not None
    assert "4 cells and the header 3" in long.fault
    assert long.cells == ("2", "two", "2019", "more")
    assert good.fault is None


def test_empty_cells_too_many_or_too_few_cost_nothing(tmp_path: Path) -> None:
    rows = read(csv_file(tmp_path, "id,text,time\n1,one\n2,two,2019,, \n3,three,2019\n"))
    assert [row.cells for row in rows] == [("1", "one", ""), ("2", "two", "2019"), ("3", "three", "2019")]
    assert not any(row.fault for row in rows)


@pytest.mark.parametrize(
    ("end", "cut"),
    [("3,漏", True), ("3,漏水,三楼,2019-01-06", False), ("3,漏\n", False), ("3,漏水,三楼,2019\r", False)],
)
def test_a_file_that_ends_within_a_row_says_so_of_that_row(tmp_path: Path, end: str, cut: bool) -> None:
    rows = read(csv_file(tmp_path, f"{HEADER}\n1,漏\n{end}"))
    assert [row.cut for row in rows] == [False, cut]


@pytest.mark.parametrize(("written", "broken"), [("utf-8", b"\xe6"), ("gb18030", b"\x81"), ("utf-16-le", b"\x00\xd8")])
def test_a_damaged_character_costs_its_own_row_alone(tmp_path: Path, written: str, broken: bytes) -> None:
    lines = [f"{HEADER}\n", *(f"{n},漏水,三楼漏水，墙面发霉,2019-01-06\n" for n in range(8))]
    whole = [line.encode(written) for line in lines]
    whole[4] = whole[4].replace("霉".encode(written), broken)
    file = tmp_path / "calls.csv"
    file.write_bytes(b"".join(whole))
    rows = read(file)
    assert [row.number for row in rows if row.fault] == [5]
    assert "3,漏水,三楼漏水，墙面发\ufffd" in ",".join(rows[3].cells)
    assert len(rows) == 8


def test_a_line_without_end_is_refused_before_it_is_held(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="line 2 is longer than 1,000,000 characters"):
        CsvTable(csv_file(tmp_path, f"id,text\n1,{'a' * 1_100_000}\n"))


IS_HEADER = {"工单编号", "诉求内容"}.issubset


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_header_is_found_below_titles(tmp_path: Path, delimiter: str) -> None:
    content = "三月工单，共2件,,\n\n单位：某街道,制表：张\n工单编号,诉求内容,受理时间\n1,漏水,2019-01-06\n"
    table = CsvTable(csv_file(tmp_path, content.replace(",", delimiter)), is_header=IS_HEADER)
    assert table.header[:3] == ("工单编号", "诉求内容", "受理时间")
    assert [(row.number, row.cells[0]) for row in table.rows()] == [(5, "1")]
    assert table.not_read == ("2 lines above the header in line 4",)


@pytest.mark.parametrize("first", ["sep=;\n", '"sep=;"\r\n', "\ufeff\ufeffSEP=;\n", "\ufeff\nsep=;\n"])
def test_the_line_that_names_the_delimiter_is_no_row(tmp_path: Path, first: str) -> None:
    table = CsvTable(csv_file(tmp_path, f"{first}id;text\n1;a,b,c,d\n"))
    assert table.header == ("id", "text")
    assert [row.cells for row in table.rows()] == [("1", "a,b,c,d")]


@pytest.mark.parametrize("written", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_byte_order_mark_at_the_beginning_is_dropped(tmp_path: Path, written: str) -> None:
    table = CsvTable(csv_file(tmp_path, "\ufeff\ufeff\ufeffid,text\n1,漏水漏水漏水漏水漏水\n", written))
    assert table.header == ("id", "text")


def test_a_quote_that_is_never_closed_costs_its_own_line_alone(tmp_path: Path) -> None:
    rows = read(csv_file(tmp_path, 'id,text\n1,one\n2,"two\n3,three\n4,"fo""ur"\n5,five\n'))
    assert [row.cells for row in rows] == [("1", "one"), ('2,"two',), ("3", "three"), ("4", 'fo"ur'), ("5", "five")]
    assert [row.number for row in rows if row.fault] == [3]


def test_a_cell_beyond_all_bounds_costs_its_own_row_alone(tmp_path: Path) -> None:
    rows = read(csv_file(tmp_path, f"id,text\n1,{'长' * 200_000}\n2,two\n"))
    assert [row.fault is None for row in rows] == [False, True]


def test_nothing_but_blank_lines_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="blank"):
        CsvTable(csv_file(tmp_path, "\n\n \n"))


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff"), max_size=20)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=8), st.sampled_from(["\n", "\r\n", "\r"]))
def test_what_a_writer_writes_is_read_again(tmp_path: Path, rows: list[tuple[str, str, str]], end: str) -> None:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in [("a", "b", "c"), *rows]]
    stripped = [tuple(cell.strip() for cell in row) for row in rows]
    found = read(csv_file(tmp_path, end.join(quoted) + end))
    assert [row.cells for row in found] == [row for row in stripped if any(row)]
    assert all(row.fault is None for row in found)
