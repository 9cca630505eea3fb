"""A sheet of a workbook (XLSX). The sheet is held in memory: a million rows of messages need some gigabytes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from services.cli.importing.table import Row, Unreadable


class XlsxTable:
    def __init__(self, path: Path, sheet: str | None = None) -> None:
        self._sheet = _sheet(path, sheet)
        self._first_row = (self._sheet.start or (0, 0))[0] + 1
        self.header = next(self._cells(), ())
        if not any(self.header):
            raise Unreadable(f"sheet {self._sheet.name!r} is empty: name another with --sheet")
        self.total = sum(1 for _ in self.rows())

    def rows(self) -> Iterator[Row]:
        records = self._cells()
        next(records)
        for number, cells in enumerate(records, start=self._first_row + 1):
            if any(cells):
                yield Row(number, cells)

    def _cells(self) -> Iterator[tuple[str, ...]]:
        for cells in self._sheet.iter_rows():
            yield tuple(_written(cell) for cell in cells)


def _sheet(path: Path, name: str | None) -> CalamineSheet:
    try:
        workbook = CalamineWorkbook.from_path(path)
        names = workbook.sheet_names
        if name is not None and name not in names:
            raise Unreadable(f"has no sheet {name!r}: there are {', '.join(names)}")
        return workbook.get_sheet_by_name(name or names[0])
    except CalamineError as error:
        raise Unreadable(f"is no whole workbook (XLSX), cut off perhaps: save or download it again ({error})") from None


def _written(cell: object) -> str:
    """As the sheet shows it. A workbook keeps 15 digits of a number: a longer one is shown as what it is, rounded."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) >= 10**15:
        return f"{cell:.14E}"
    if isinstance(cell, float) and abs(cell) >= 1e15:
        return f"{cell:.14E}"
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return str(cell).strip()
