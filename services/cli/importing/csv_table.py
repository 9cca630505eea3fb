"""CSV as people export it: any of four delimiters, titles above the header, mixed line ends, line breaks in quotes."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TextIO

from services.cli.importing.cells import unsafe
from services.cli.importing.encoding import DAMAGED, DAMAGED_SIGN, encoding_of
from services.cli.importing.header import TOP_LINES, IsHeader, find_header, likeliest_header
from services.cli.importing.table import LONGEST_ROW, TableRow, Unreadable

_DELIMITERS = ",\t;|"
_SEP = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
"""Excel's first line, which names the delimiter."""


class CsvTable:
    """A line that is no CSV (a quote that is never closed, a damaged character) costs itself alone."""

    def __init__(self, path: Path, encoding: str | None = None, is_header: IsHeader | None = None) -> None:
        self._path = path
        self._encoding = encoding_of(path, encoding)
        self._delimiter, top, place = self._layout(is_header)
        self.header, self._above = top[place].cells, place + 1
        self.total = sum(1 for _ in self.rows())
        above = f"{place} lines above the header in line {top[place].number}"
        self.not_read: tuple[str, ...] = (above,) if place else ()

    def rows(self) -> Iterator[TableRow]:
        width = len(self.header)
        for record in islice(self._filled(self._delimiter), self._above, None):
            cells = record.cells
            if record.fault is None and any(cells[width:]):
                fault = (
                    f"has {len(cells)} cells and the header {width}: put quotes round a cell that holds the delimiter"
                )
                yield TableRow(record.number, cells, fault)
            elif record.fault is None:
                # Exports leave out empty cells at a row's end, or add some.
                padded = (*cells[:width], *[""] * (width - len(cells)))
                yield TableRow(record.number, padded, cut=record.cut and len(cells) < width)
            else:
                yield record

    def _layout(self, is_header: IsHeader | None) -> tuple[str, list[TableRow], int]:
        """The delimiter, the top lines by it, and the place of the header among them."""
        named = self._named_delimiter()
        tops = {one: list(islice(self._filled(one), TOP_LINES)) for one in (named or _DELIMITERS)}
        if not any(tops.values()):
            raise Unreadable("holds nothing but blank lines")
        for delimiter, top in tops.items():
            place = find_header([row.cells for row in top], is_header) if is_header else None
            if place is not None:
                return delimiter, top, place
        delimiter = max(tops, key=lambda one: len(tops[one][0].cells))
        if len(tops[delimiter][0].cells) < 2:
            delimiter = max(tops, key=lambda one: max(len(row.cells) for row in tops[one]))
        top = tops[delimiter]
        return delimiter, top, 0 if is_header is None else likeliest_header([row.cells for row in top])

    def _named_delimiter(self) -> str | None:
        with self._open() as file:
            first = next((line for line in _Lines(file) if line.strip()), "")
        sep = _SEP.fullmatch(first)
        return sep[1] if sep else None

    def _filled(self, delimiter: str) -> Iterator[TableRow]:
        """The records that are not blank, without Excel's line that names the delimiter."""
        first = True
        for record in self._records(delimiter):
            if any(record.cells):
                if not (first and _SEP.fullmatch(delimiter.join(record.cells))):
                    yield record
                first = False

    def _open(self) -> TextIO:
        return self._path.open(encoding=self._encoding, errors=DAMAGED, newline="")

    def _records(self, delimiter: str) -> Iterator[TableRow]:
        with self._open() as file:
            lines = _Lines(file)
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            number = 0
            while True:
                number += 1
                lines.taken.clear()
                try:
                    cells = tuple(unsafe(cell.strip()) for cell in next(reader))
                except StopIteration:
                    return
                except csv.Error as error:
                    raw = lines.give_back_all_but_the_first().replace(DAMAGED_SIGN, "\ufffd")
                    fault = f"is not CSV ({error}): check the quotes in this line"
                    yield TableRow(number, (raw.rstrip("\r\n"),), fault)
                    continue
                if any(DAMAGED_SIGN in line for line in lines.taken):
                    whole = tuple(cell.replace(DAMAGED_SIGN, "\ufffd") for cell in cells)
                    fault = f"holds bytes that are no {self._encoding}: write the character at � again"
                    yield TableRow(number, whole, fault)
                else:
                    yield TableRow(number, cells, cut=not lines.taken[-1].endswith(("\n", "\r")))


class _Lines:
    """The lines of a file without byte order marks at its beginning; those of the current record can be given back."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._again: deque[str] = deque()
        self._count = 0
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._read()
        self.taken.append(line)
        return line

    def _read(self) -> str:
        line = self._file.readline(LONGEST_ROW + 1)
        self._count += 1
        if not line:
            raise StopIteration
        if len(line) > LONGEST_ROW:
            raise Unreadable(f"line {self._count} is longer than {LONGEST_ROW:,} characters: is it a table at all?")
        return line.lstrip("\ufeff") if self._count == 1 else line

    def give_back_all_but_the_first(self) -> str:
        first, *rest = self.taken
        self._again.extendleft(reversed(rest))
        return first
