"""Rows of a table by the names of their columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from services.cli.importing.table import Table, Unreadable, open_table


class Columns:
    """The `wanted` columns of a file, which may have others. Raises Unreadable with the remedy."""

    def __init__(self, file: Path, wanted: Sequence[str]) -> None:
        try:
            self._table: Table = open_table(file, is_header=set(wanted).issubset)
        except Unreadable as error:
            raise Unreadable(f"{file}: {error}") from None
        header = self._table.header
        missing = [name for name in wanted if name not in header]
        if missing:
            raise Unreadable(f"{file}: no column {', '.join(missing)}; the columns are {', '.join(header)}")
        self._at = [header.index(name) for name in wanted]
        self.total = self._table.total

    def rows(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yields the row number (as a spreadsheet counts) and the cells in the order of `wanted`. Raises Unreadable."""
        for row in self._table.rows():
            if row.fault is not None:
                raise Unreadable(f"row {row.number} {row.fault}")
            yield row.number, tuple(row.cells[at] for at in self._at)
