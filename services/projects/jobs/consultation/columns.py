"""Columns and values of the two files, by whatever names people use (data/consultation_words.yaml)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

from services.contracts.data_files import read_section
from services.contracts.writing import plain

FILE = Path(__file__).parents[2] / "data" / "consultation_words.yaml"
OPTIONAL = frozenset({"text_hash", "evidence", "proxy"})

MomentOf = Callable[[str], datetime]
"""Reads a time; raises ValueError, which says what to do."""


class ListedRow(NamedTuple):
    """`number` as a spreadsheet counts. `fault`: it could not be read. `cut`: the file ends within it."""

    number: int
    cells: Sequence[str]
    fault: str | None = None
    cut: bool = False


@dataclass(frozen=True, slots=True)
class ListedTable:
    name: str
    header: Sequence[str]
    rows: Iterable[ListedRow]


class TableFault(NamedTuple):
    """What is wrong as a code, for those who say it in other languages. `row` None: the file as a whole."""

    row: int | None
    column: str
    code: str


@dataclass(slots=True)
class Faults:
    """What is wrong in a file, row by row. Nothing of a file with a fault is counted."""

    file: str
    sentences: list[str] = field(default_factory=list)
    found: list[TableFault] = field(default_factory=list)

    def add(self, row: int | None, column: str, why: str, code: str) -> None:
        place = f"row {row}, " if row is not None else ""
        self.sentences.append(f"{self.file}: {place}{column}: {why}")
        self.found.append(TableFault(row, column, code))


class CountRefused(Exception):
    """The files cannot be counted. `faults` names file, row, field and remedy of each; `found` says the same in codes,
    where it was found in rows and columns."""

    def __init__(self, faults: Sequence[str], found: Sequence[TableFault] = ()) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults
        self.found = found


def word(written: str) -> str:
    """Case, blanks, width and script do not matter."""
    return re.sub(r"[\s_]+", "", plain(written)).casefold()


@cache
def meanings(section: str) -> Mapping[str, str]:
    """What each word of a section stands for."""
    found = read_section(FILE, section)
    named = found if isinstance(found, dict) else {section: found}
    return {word(one): name for name, words in named.items() for one in words}


def has_columns(kind: str) -> Callable[[Sequence[str]], bool]:
    """Whether a line is the header of a file of `parts` or `ballots`."""
    return lambda header: not missing_columns(kind, header)


def missing_columns(kind: str, header: Sequence[str]) -> list[str]:
    here = {meanings(kind).get(word(cell)) for cell in header}
    return [name for name in _columns(kind) if name not in here and name not in OPTIONAL]


def named_cells(kind: str, table: ListedTable, faults: Faults) -> Iterator[tuple[int, dict[str, str]]]:
    """The cells of each sound row by the names of their columns; what is wrong goes to `faults`."""
    at: dict[str, int] = {}
    for place, cell in enumerate(table.header):
        name = meanings(kind).get(word(cell))
        if name in at:
            faults.add(
                None, name, f"two columns are called so ({table.header[at[name]]}, {cell}): rename one", "column_twice"
            )
        elif name:
            at[name] = place
    missing = missing_columns(kind, table.header)
    if missing:
        columns = ", ".join(cell or "(blank)" for cell in table.header)
        faults.add(
            None,
            ", ".join(missing),
            f"there is no such column; the columns are {columns}: name the one that holds it so",
            "no_column",
        )
    if faults.sentences:
        return
    for row in table.rows:
        if row.fault is not None:
            faults.add(row.number, "the row", row.fault, "row")
        elif row.cut:
            why = "the file ends in the middle of it: it was cut short; copy or export it again"
            faults.add(row.number, "the row", why, "cut")
        else:
            yield row.number, {name: row.cells[place] for name, place in at.items()}


def _columns(kind: str) -> list[str]:
    return list(dict.fromkeys(meanings(kind).values()))
