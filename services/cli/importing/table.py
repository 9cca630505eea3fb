"""A table in a file, whatever the file's format: a header and rows of text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from services.cli.importing.header import IsHeader

LONGEST_CELL = 100_000
LONGEST_ROW = 1_000_000
"""Characters. A cell or a row beyond is a faulty row, so that no file takes more memory than another."""

_PAGE = re.compile(r"<(?:!doctype html|html|head|body|table|meta|div|style)\b", re.IGNORECASE)
_KINDS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is a workbook of the old kind (XLS) or locked with a password"),
    (b"%PDF", "is a PDF document"),
)


class Unreadable(ValueError):
    """A file that cannot be read at all, and what to do about it."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """`number` counts as a spreadsheet does: the first line is 1, blank rows count.

    `fault` says why the cells cannot be trusted; they then hold what could be read, for a person. `cut`: the file ends
    here, before the last column and without a line end, as a file does that was not copied to its end.
    """

    number: int
    cells: tuple[str, ...]
    fault: str | None = None
    cut: bool = False


class Table(Protocol):
    """`total` rows below the header that are not blank; each call of `rows` reads them from the beginning.

    `not_read` names what the file holds besides: other sheets, lines above the header.
    """

    header: tuple[str, ...]
    total: int
    not_read: tuple[str, ...]

    def rows(self) -> Iterator[TableRow]: ...


def open_table(
    path: Path, *, encoding: str | None = None, sheet: str | None = None, is_header: IsHeader | None = None
) -> Table:
    """The file's content decides its format, not its name. Reads it to the end once, so that a broken file is found
    before any row of it is used. The header is the first of the top lines that `is_header` accepts. Raises Unreadable.
    """
    from services.cli.importing.csv_table import CsvTable
    from services.cli.importing.xlsx_table import XlsxTable

    try:
        with path.open("rb") as file:
            head = file.read(1024)
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror or error}") from None
    if not head:
        raise Unreadable("is empty")
    if head.startswith(b"PK\x03\x04"):
        if encoding is not None:
            raise Unreadable("is a workbook, which needs no --encoding: leave it out")
        return XlsxTable(path, sheet, is_header)
    _refuse_other_kinds(head)
    if sheet is not None:
        raise Unreadable("is no workbook, so it has no --sheet: leave it out")
    table = CsvTable(path, encoding, is_header)
    if path.suffix.lower() in (".xlsx", ".xlsm") and len(table.header) < 2:
        raise Unreadable("is named as a workbook (XLSX) and is none: save or download it again")
    return table


def _refuse_other_kinds(head: bytes) -> None:
    for magic, what in _KINDS:
        if head.startswith(magic):
            raise Unreadable(f"{what}: save it as XLSX or CSV")
    text = head.replace(b"\0", b"").decode("latin-1").lstrip("\xef\xbb\xbf\xff\xfe \t\r\n")
    if text.startswith("<?xml") or "urn:schemas-microsoft-com:office:spreadsheet" in text:
        raise Unreadable("is an XML document: open it in a spreadsheet and save it as XLSX")
    if _PAGE.match(text) or text.startswith(("<!--", "MIME-Version:")):
        raise Unreadable("is a web page, whatever its name says: open it in a spreadsheet and save it as XLSX")
