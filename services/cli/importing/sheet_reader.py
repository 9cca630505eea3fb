"""Gathers the rows of a sheet out of its XML, and what each cell shows."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.cli.importing.shared_texts import SharedTexts, unescaped
from services.cli.importing.table import LONGEST_CELL, LONGEST_ROW, Unreadable
from services.cli.importing.workbook import Workbook
from services.cli.importing.workbook_parts import NumberFormat

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
"""The limits of every spreadsheet."""
EXACT = 1e15
"""A workbook keeps 15 digits of a number: a longer one was rounded."""

_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")

SheetRow = tuple[int, dict[int, str], str | None]
"""The row's number, its cells that are not blank by column (from 0), and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class _Cell:
    """As it is written: a shared text is looked up when its row is taken, for a few bytes may name a long one."""

    kind: str
    style: int
    value: str


class SheetReader:
    """Gathers complete rows."""

    def __init__(self, book: Workbook, texts: SharedTexts) -> None:
        self._texts = texts
        self._formats = book.formats
        self._epoch = datetime(1904, 1, 1) if book.since_1904 else datetime(1899, 12, 30)
        self._done: deque[tuple[int, dict[int, _Cell]]] = deque()
        self._row = 0
        self._cells: dict[int, _Cell] = {}
        self._column = -1
        self._kind, self._style = "n", 0
        self._parts: list[str] = []
        self._length = 0
        self._in_value = self._in_phonetic = False

    def take(self) -> Iterator[SheetRow]:
        while self._done:
            number, written = self._done.popleft()
            cells, length, fault = dict[int, str](), 0, None
            for column, cell in written.items():
                shown = self._shown(cell).strip()
                if len(shown) > LONGEST_CELL:
                    fault, shown = f"holds a cell of more than {LONGEST_CELL:,} characters", shown[:LONGEST_CELL]
                length += len(shown)
                if length > LONGEST_ROW:
                    fault = f"holds more than {LONGEST_ROW:,} characters"
                    break
                if shown:
                    cells[column] = shown
            yield number, cells, fault and f"{fault}: shorten it"

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "c":
            self._start_cell(attributes)
        elif name == "row":
            self._row = int(attributes.get("r", self._row + 1))
            if not 0 < self._row <= MOST_ROWS:
                raise Unreadable(f"names row {self._row}: a sheet has {MOST_ROWS:,} at most; save it again")
            self._cells, self._column = {}, -1
        elif name == "rPh":
            self._in_phonetic = True
        self._in_value = (name == "v" or (name == "t" and not self._in_phonetic)) and self._column >= 0

    def end(self, name: str) -> None:
        self._in_value = False
        if name == "c":
            self._end_cell()
        elif name == "row":
            self._done.append((self._row, self._cells))
        elif name == "rPh":
            self._in_phonetic = False

    def text(self, data: str) -> None:
        if self._in_value and self._length <= LONGEST_CELL:
            self._parts.append(data[: LONGEST_CELL + 1 - self._length])
            self._length += len(data)

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
        else:
            found = _REFERENCE.fullmatch(reference)
            if found is None:
                raise ValueError(f"{reference} is no cell")
            self._column = column_of(found[1])
        if self._column >= MOST_COLUMNS:
            raise Unreadable(f"names column {self._column + 1}: a sheet has {MOST_COLUMNS:,} at most; save it again")
        self._kind, self._style = attributes.get("t", "n"), int(attributes.get("s", "0"))
        self._parts, self._length = [], 0

    def _end_cell(self) -> None:
        if self._parts:
            self._cells[self._column] = _Cell(self._kind, self._style, "".join(self._parts))

    def _shown(self, cell: _Cell) -> str:
        match cell.kind:
            case "s":
                return self._texts[int(cell.value)]
            case "str" | "inlineStr":
                return unescaped(cell.value)
            case "b":
                return "TRUE" if cell.value.strip() == "1" else "FALSE"
            case "e":
                return ""  # a formula that failed, such as #N/A
            case "d":
                return cell.value.replace("T", " ")
        style = self._formats[cell.style] if cell.style < len(self._formats) else NumberFormat()
        return _number(cell.value.strip(), style, self._epoch)


def _number(value: str, style: NumberFormat, epoch: datetime) -> str:
    if not value:
        return ""
    number = float(value)
    if style.date and 0 <= number < 2_958_466:
        return _moment(number, epoch)
    if number.is_integer() and abs(number) < EXACT:
        return str(int(number)).zfill(style.digits)
    return f"{number:.14E}" if abs(number) >= EXACT else repr(number)


def _moment(days: float, epoch: datetime) -> str:
    seconds = int(days * 86400 + 0.5)
    moment = epoch + timedelta(seconds=seconds)
    if seconds < 86400:
        return f"{moment:%H:%M:%S}"
    return f"{moment:%Y-%m-%d}" if seconds % 86400 == 0 else moment.isoformat(" ")


def column_of(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1
