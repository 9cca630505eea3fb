"""A table of a file, whatever the file's format: a header and rows of text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class Unreadable(ValueError):
    """A file that cannot be read at all, and what to do about it."""


@dataclass(frozen=True, slots=True)
class Row:
    """`number` is counted as a spreadsheet does: the header's row is 1, blank rows count.

    `fault` says why the cells are not to be trusted; they then hold what could be made out, for a person.
    """

    number: int
    cells: tuple[str, ...]
    fault: str | None = None


class Table(Protocol):
    """`total` rows that are not blank; each call of `rows` reads them from the beginning."""

    header: tuple[str, ...]
    total: int

    def rows(self) -> Iterator[Row]: ...


def open_table(path: Path, *, encoding: str | None = None, sheet: str | None = None) -> Table:
    """The file's content tells its format, not its name. Reads it to the end once, so that a broken file is found
    before any row of it is used. Raises Unreadable.
    """
    from services.cli.importing.csv_table import CsvTable
    from services.cli.importing.xlsx_table import XlsxTable

    try:
        with path.open("rb") as file:
            magic = file.read(8)
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror or error}") from None
    if not magic:
        raise Unreadable("is empty")
    if magic.startswith(b"PK\x03\x04"):
        if encoding is not None:
            raise Unreadable("is a workbook, which needs no --encoding: leave it out")
        return XlsxTable(path, sheet)
    if magic == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise Unreadable("is a workbook of the old kind (XLS) or locked with a password: save it as plain XLSX or CSV")
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        raise Unreadable("is named as a workbook (XLSX) and is none: save or download it again, or name it .csv")
    if sheet is not None:
        raise Unreadable("is no workbook, so it has no --sheet: leave it out")
    return CsvTable(path, encoding)
