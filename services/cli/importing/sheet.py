"""The rows of one sheet: the displayed value of each cell, in all columns."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

from services.cli.importing.shared_texts import SharedTexts
from services.cli.importing.sheet_reader import SheetReader, SheetRow, column_of
from services.cli.importing.table import Unreadable
from services.cli.importing.workbook import SheetEntry, Workbook
from services.cli.importing.xml_stream import CHUNK, parse

MOST_MERGED = 100_000

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+)(\d+):[A-Z]+(\d+)"')


class Sheet:
    """Cells merged downwards show their text in each of their rows."""

    def __init__(self, book: Workbook, entry: SheetEntry, texts: SharedTexts) -> None:
        self.name = entry.name
        self._book, self._part, self._texts = book, entry.part, texts
        self._merged = self._merged_downwards()

    def rows(self) -> Iterator[SheetRow]:
        """Those that are not blank. Raises Unreadable."""
        reader = SheetReader(self._book, self._texts)
        waiting, open_ones = deque(self._merged), list[tuple[int, int, str]]()
        with self._book.open(self._part) as stream:
            for _ in parse(stream, reader):
                for number, cells, fault in reader.take():
                    open_ones = [one for one in open_ones if one[1] >= number]
                    for column, _, text in open_ones:
                        cells.setdefault(column, text)
                    while waiting and waiting[0][0] <= number:
                        first, last, column = waiting.popleft()
                        if first == number and column in cells:
                            open_ones.append((column, last, cells[column]))
                    if cells or fault:
                        yield number, cells, fault

    def _merged_downwards(self) -> list[tuple[int, int, int]]:
        """(first row, last row, column). They stand behind the rows that they are about, so the part is read twice."""
        found: list[tuple[int, int, int]] = []
        with self._book.open(self._part) as stream:
            rest = b""
            while piece := stream.read(CHUNK):
                text = rest + piece
                end = 0
                for one in _MERGED.finditer(text):
                    end = one.end()
                    first, last = int(one[2]), int(one[3])
                    if last > first:
                        found.append((first, last, column_of(one[1].decode())))
                if len(found) > MOST_MERGED:
                    raise Unreadable(f"has more than {MOST_MERGED:,} merged cells in sheet {self.name!r}: unmerge them")
                rest = text[max(end, len(text) - 200) :]
        return sorted(found)
