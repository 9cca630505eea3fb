"""The reject file: rejected rows with the reason and everything they held, to be corrected and imported again."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from services.cli.importing.cells import safe
from services.cli.importing.table import TableRow

COLUMNS = ("rejected_row", "rejected_source_id", "rejected_reason")
"""Before the file's own columns, which keep their names: the corrected file can be imported as it is."""


class Rejects:
    """CSV that spreadsheets open in Chinese. No cell runs as a formula there (see `safe`).

    Readable by its owner only, since it holds personal data. Deleted at the end if it is empty.
    """

    def __init__(self, path: Path, header: Sequence[str]) -> None:
        """Replaces the file of an earlier run. Raises OSError when it cannot be written."""
        self.path = path
        self.count = 0
        self._width = len(header)
        self._file: IO[str] = open(  # noqa: SIM115
            os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8-sig", newline=""
        )
        self._writer = csv.writer(self._file)
        self._writer.writerow((*COLUMNS, *map(safe, header)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        if not self.count:
            self.path.unlink(missing_ok=True)

    def add(self, row: TableRow, source_id: str, reason: str) -> None:
        cells = (*row.cells, *[""] * (self._width - len(row.cells)))
        self._writer.writerow((row.number, *map(safe, (source_id, reason, *cells))))
        self.count += 1
