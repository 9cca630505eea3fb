"""A row of a file as a ticket for intake's batch route."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from services.cli.importing.columns import REQUIRED, Field
from services.cli.importing.table import Row
from services.cli.importing.times import moment_of

_ROUNDED = re.compile(r"[0-9](?:\.[0-9]+)?E\+[0-9]+", re.IGNORECASE)


class Faulty(ValueError):
    """A row that makes no ticket: the column and the remedy."""


class Tickets:
    """Reads rows by a mapping of fields to columns."""

    def __init__(self, header: Sequence[str], columns: Mapping[Field, int]) -> None:
        self._header = header
        self._columns = columns

    def source_id(self, row: Row) -> str:
        """What the row calls itself, as far as it can be made out; for people."""
        column = self._columns[Field.SOURCE_ID]
        return row.cells[column] if column < len(row.cells) else ""

    def ticket(self, row: Row) -> dict[str, Any]:
        """Raises Faulty. What intake itself judges (lengths, phones, the future) is left to intake."""
        if row.fault is not None:
            raise Faulty(row.fault)
        cells = {field: row.cells[column] for field, column in self._columns.items()}
        for field, cell in cells.items():
            if "\0" in cell:
                raise self._faulty(field, "holds the character NUL: leave it out")
            if not cell and field in REQUIRED:
                raise self._faulty(field, "is empty: fill it in")
        if _ROUNDED.fullmatch(cells[Field.SOURCE_ID]):
            raise self._faulty(
                Field.SOURCE_ID, "was rounded by a spreadsheet: format the column as text and export again"
            )
        try:
            occurred_at = moment_of(cells[Field.OCCURRED_AT])
        except ValueError as error:
            raise self._faulty(Field.OCCURRED_AT, str(error)) from None
        caller = {"id": cells.get(Field.CALLER_ID), "phone": cells.get(Field.PHONE), "name": cells.get(Field.NAME)}
        told = {
            "source_id": cells[Field.SOURCE_ID],
            "text": _with_title(cells.get(Field.TITLE, ""), cells[Field.TEXT]),
            "address": cells.get(Field.ADDRESS),
            "channel": "file",
            "occurred_at": occurred_at.isoformat(),
            "caller": {part: value for part, value in caller.items() if value},
        }
        return {name: value for name, value in told.items() if value}

    def _faulty(self, field: Field, why: str) -> Faulty:
        return Faulty(f"{self._header[self._columns[field]]}: {why}")


def _with_title(title: str, text: str) -> str:
    return text if text.startswith(title) else f"{title}\n{text}"
