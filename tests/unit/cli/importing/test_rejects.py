"""The reject file says why, and is a file to import again."""

from __future__ import annotations

import stat
from pathlib import Path

from services.cli.importing.columns import map_columns
from services.cli.importing.csv_table import CsvTable
from services.cli.importing.rejects import Rejects
from services.cli.importing.table import TableRow
from services.cli.importing.tickets import TicketReader

HEADER = ("工单编号", "诉求内容", "受理时间")


def test_a_rejected_row_keeps_all_it_held_and_is_imported_again_once_corrected(tmp_path: Path) -> None:
    file = tmp_path / "calls.rejected.csv"
    with Rejects(file, HEADER) as rejects:
        rejects.add(TableRow(7, ("17", '他说"漏"\n水', "2019-02-30")), "17", "受理时间: is no time")
        rejects.add(TableRow(9, ('18,"坏',)), "", "is not CSV")
    table = CsvTable(file)
    first, second = table.rows()
    assert first.cells == ("7", "17", "受理时间: is no time", "17", '他说"漏"\n水', "2019-02-30")
    assert second.cells == ("9", "", "is not CSV", '18,"坏', "", "")
    file.write_text(file.read_text("utf-8-sig").replace("2019-02-30", "2019-02-28"), "utf-8-sig")
    table = CsvTable(file)
    corrected = TicketReader(table.header, map_columns(table.header)).ticket(next(table.rows()))
    assert (corrected["source_id"], corrected["occurred_at"]) == ("17", "2019-02-28T00:00:00+08:00")


def test_an_empty_reject_file_goes_and_one_of_an_earlier_run_with_it(tmp_path: Path) -> None:
    file = tmp_path / "calls.rejected.csv"
    file.write_text("of an earlier run")
    with Rejects(file, HEADER):
        pass
    assert not file.exists()


def test_it_is_for_its_owner_alone(tmp_path: Path) -> None:
    with Rejects(tmp_path / "rejected.csv", HEADER) as rejects:
        rejects.add(TableRow(2, ("17", "漏水", "")), "17", "受理时间: is empty")
    assert stat.S_IMODE(rejects.path.stat().st_mode) == 0o600
