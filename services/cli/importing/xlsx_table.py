"""A sheet of a workbook (XLSX) as a table. Read in pieces: no sheet takes more memory than another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from services.cli.importing.cells import unsafe
from services.cli.importing.header import TOP_LINES, IsHeader, find_header, likeliest_header
from services.cli.importing.shared_texts import SharedTexts
from services.cli.importing.sheet import Sheet
from services.cli.importing.sheet_reader import SheetRow
from services.cli.importing.table import TableRow, Unreadable
from services.cli.importing.workbook import SheetEntry, Workbook, open_workbook

WIDEST_HEADER = 1_000


class XlsxTable:
    """The named sheet, or else the first visible one with a header that fits."""

    def __init__(self, path: Path, sheet: str | None = None, is_header: IsHeader | None = None) -> None:
        book = open_workbook(path)
        texts = SharedTexts(book)
        entry, self._sheet, top, place = _choose(book, texts, sheet, is_header)
        number, cells, _ = top[place]
        if max(cells) >= WIDEST_HEADER:
            raise Unreadable(f"has a header of {max(cells) + 1} columns; {WIDEST_HEADER} are the most: remove some")
        self.header = _cells(cells, max(cells) + 1)
        self._header_row = number
        self.total = beyond = 0
        for at, found, fault in self._sheet.rows():
            if at > number:
                self.total += bool(fault) or min(found) < len(self.header)
                beyond += max(found, default=0) >= len(self.header)
        self.not_read = tuple(_not_read(book, entry, number, place, beyond))

    def rows(self) -> Iterator[TableRow]:
        width = len(self.header)
        for number, found, fault in self._sheet.rows():
            if number > self._header_row:
                cells = _cells(found, width)
                if fault or any(cells):
                    yield TableRow(number, cells, fault)


def _choose(
    book: Workbook, texts: SharedTexts, name: str | None, is_header: IsHeader | None
) -> tuple[SheetEntry, Sheet, list[SheetRow], int]:
    """The sheet, its top lines, and the place of the header among them."""
    if name is not None:
        asked = [entry for entry in book.sheets if entry.name == name]
        if not asked:
            raise Unreadable(f"has no sheet {name!r}: there are {', '.join(entry.name for entry in book.sheets)}")
    else:
        asked = sorted(book.sheets, key=lambda entry: entry.hidden)
    filled: list[tuple[SheetEntry, Sheet, list[SheetRow]]] = []
    for entry in asked:
        sheet = Sheet(book, entry, texts)
        top = list(islice((row for row in sheet.rows() if row[1]), TOP_LINES))
        place = find_header([_cells(cells, max(cells) + 1) for _, cells, _ in top], is_header)
        if place is not None:
            return entry, sheet, top, place
        if top:
            filled.append((entry, sheet, top))
    if not filled:
        names = ", ".join(repr(entry.name) for entry in asked)
        raise Unreadable(f"sheet {names} is empty" + (": name another with --sheet" if name else ""))
    entry, sheet, top = filled[0]
    return entry, sheet, top, likeliest_header([tuple(cells.values()) for _, cells, _ in top])


def _cells(cells: dict[int, str], width: int) -> tuple[str, ...]:
    return tuple(unsafe(cells.get(column, "")) for column in range(width))


def _not_read(book: Workbook, entry: SheetEntry, header_row: int, place: int, beyond: int) -> Iterator[str]:
    if place:
        yield f"{place} lines above the header in row {header_row} of sheet {entry.name}"
    if beyond:
        yield f"cells to the right of the header, in {beyond:,} rows"
    others = [f"{one.name} (hidden)" if one.hidden else one.name for one in book.sheets if one is not entry]
    if others:
        yield f"other sheets: {', '.join(others)}"
