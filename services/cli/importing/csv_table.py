"""CSV as people export it: any of four delimiters, mixed line ends, line breaks in quotes."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

from services.cli.importing.encoding import encoding_of
from services.cli.importing.table import Row, Unreadable

_DELIMITERS = ",\t;|"


class CsvTable:
    """A line that is no CSV (a quote that is never closed) costs itself alone: the next one is read again."""

    def __init__(self, path: Path, encoding: str | None = None) -> None:
        self._path = path
        self._encoding = encoding_of(path, encoding)
        self._delimiter = max(_DELIMITERS, key=lambda delimiter: len(self._first(delimiter)))
        self.header = self._first(self._delimiter)
        if not self.header:
            raise Unreadable("holds nothing but blank lines")
        self.total = sum(1 for _ in self.rows())

    def rows(self) -> Iterator[Row]:
        records = self._records(self._delimiter)
        next(record for record in records if any(record.cells))
        for record in records:
            if not any(record.cells):
                continue
            found, wanted = len(record.cells), len(self.header)
            if record.fault is None and found != wanted:
                fault = f"has {found} cells and the header {wanted}: put quotes round a cell that holds the delimiter"
                yield Row(record.number, record.cells, fault)
            else:
                yield record

    def _first(self, delimiter: str) -> tuple[str, ...]:
        """The cells of the first line that is not blank."""
        records = self._records(delimiter)
        return next((record.cells for record in records if any(record.cells)), ())

    def _records(self, delimiter: str) -> Iterator[Row]:
        with self._path.open(encoding=self._encoding, newline="") as file:
            lines = _Lines(file)
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            number = 0
            while True:
                number += 1
                lines.taken.clear()
                try:
                    yield Row(number, tuple(cell.strip() for cell in next(reader)))
                except StopIteration:
                    return
                except csv.Error as error:
                    raw = lines.give_back_all_but_the_first()
                    fault = f"is not CSV ({error}): check the quotes in this line"
                    yield Row(number, (raw.rstrip("\r\n"),), fault)


class _Lines:
    """The lines of a file without its byte order mark; those of the current record can be taken back."""

    def __init__(self, file: Iterable[str]) -> None:
        self._file = iter(file)
        self._again: deque[str] = deque()
        self._begun = False
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._file)
        if not self._begun:
            line, self._begun = line.removeprefix("\ufeff"), True
        self.taken.append(line)
        return line

    def give_back_all_but_the_first(self) -> str:
        first, *rest = self.taken
        self._again.extendleft(reversed(rest))
        return first
