"""A row of a file as a ticket for intake's batch route."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.cli.importing.cells import LONGEST_ID, id_of, plain
from services.cli.importing.columns import REQUIRED, TicketField
from services.cli.importing.table import TableRow
from services.cli.importing.times import moment_of
from services.contracts.callers import EMAIL, LONGEST_EMAIL, is_nobody, is_nobodys_phone, normalise_phone, phone_in
from services.contracts.departments import department_codes, departments

_ROUNDED = re.compile(r"[0-9](?:\.[0-9]+)?E\+[0-9]+", re.IGNORECASE)
_EMAIL = re.compile(EMAIL)
_LONGEST_PLACEHOLDER = 20
_YES, _NO = ("是", "保密", "要求保密", "yes", "y", "true", "1"), ("", "否", "不保密", "公开", "no", "n", "false", "0")


class Faulty(ValueError):
    """A row that makes no ticket: the column and the remedy."""


class TicketReader:
    """Reads rows by a mapping of fields to columns. `time_layout` is as strptime takes it.

    `nobody` counts the placeholders that stood in the place of a caller; `unreadable` the cells for a phone in which no
    whole number could be read, such as a masked one. Neither proves a caller.
    """

    def __init__(
        self, header: Sequence[str], columns: Mapping[TicketField, int], time_layout: str | None = None
    ) -> None:
        self._header = header
        self._columns = columns
        self._time_layout = time_layout
        self.nobody: Counter[str] = Counter()
        self.unreadable = 0

    def source_id(self, row: TableRow) -> str:
        """The row's id as far as it can be read; for people."""
        column = self._columns[TicketField.SOURCE_ID]
        return row.cells[column] if column < len(row.cells) else ""

    def time_fault(self, rows: Iterable[TableRow]) -> str | None:
        """Why the first time cannot be read, if no row has one that can."""
        first = None
        for row in rows:
            cell = "" if row.fault else row.cells[self._columns[TicketField.OCCURRED_AT]]
            if cell:
                try:
                    moment_of(cell, self._time_layout)
                except ValueError as error:
                    first = (
                        first or f"row {row.number}: {self._header[self._columns[TicketField.OCCURRED_AT]]}: {error}"
                    )
                else:
                    return None
        return first

    def ticket(self, row: TableRow) -> dict[str, Any]:
        """Raises Faulty. What intake itself checks (lengths, the future) is left to intake."""
        if row.fault is not None:
            raise Faulty(row.fault)
        cells = {field: row.cells[column] for field, column in self._columns.items()}
        cells[TicketField.SOURCE_ID] = id_of(cells[TicketField.SOURCE_ID])
        for field, cell in cells.items():
            if "\0" in cell:
                raise self._faulty(field, "holds the character NUL: leave it out")
            if not cell and field in REQUIRED:
                raise self._faulty(field, "is empty: fill it in")
        if _ROUNDED.fullmatch(cells[TicketField.SOURCE_ID]):
            raise self._faulty(
                TicketField.SOURCE_ID, "was rounded by a spreadsheet: format the column as text and export again"
            )
        try:
            occurred_at = moment_of(cells[TicketField.OCCURRED_AT], self._time_layout)
        except ValueError as error:
            raise self._faulty(TicketField.OCCURRED_AT, str(error)) from None
        ticket = {
            "source_id": cells[TicketField.SOURCE_ID],
            "text": _with_title(cells.get(TicketField.TITLE, ""), cells[TicketField.TEXT]),
            "address": cells.get(TicketField.ADDRESS),
            "channel": "file",
            "occurred_at": occurred_at.isoformat(),
            "caller": self._caller(cells),
            "about_unit": _department(cells.get(TicketField.ABOUT_UNIT, "")),
            "confidential": self._confidential(cells.get(TicketField.CONFIDENTIAL, "")),
        }
        return {name: value for name, value in ticket.items() if value}

    def _confidential(self, cell: str) -> bool:
        """A wish that cannot be read must not be lost: the row is refused."""
        said = plain(cell).lower()
        if said in _YES or said in _NO:
            return said in _YES
        raise self._faulty(TicketField.CONFIDENTIAL, "is neither yes nor no: write 是 or 否, or leave it empty")

    def _caller(self, cells: Mapping[TicketField, str]) -> dict[str, str]:
        phone, caller = cells.get(TicketField.PHONE, ""), id_of(cells.get(TicketField.CALLER_ID, ""))
        number = phone_in(phone)
        if phone and number is None:
            if _is_placeholder(phone):
                self._note(phone)
            else:
                self.unreadable += 1
        if caller and is_nobody(caller):
            self._note(caller)
            caller = ""
        name = cells.get(TicketField.NAME, "")
        email = self._email(cells.get(TicketField.EMAIL, ""))
        parts = {"id": caller, "phone": number, "name": "" if is_nobody(name) else name, "email": email}
        return {part: value for part, value in parts.items() if value}

    def _email(self, cell: str) -> str:
        """An address that is wrong in one sign reaches somebody else or nobody: the row is refused."""
        said = plain(cell).removeprefix("mailto:")
        if is_nobody(said):
            return ""
        if len(said) > LONGEST_EMAIL or not _EMAIL.fullmatch(said):
            raise self._faulty(TicketField.EMAIL, "is not one e-mail address: correct it, or leave it empty")
        return said

    def _note(self, cell: str) -> None:
        """Names the placeholder; one with other digits than 0 may be a part of somebody's number."""
        self.nobody[plain(cell[:LONGEST_ID])[:_LONGEST_PLACEHOLDER] if _is_placeholder(cell) else "masked"] += 1

    def _faulty(self, field: TicketField, why: str) -> Faulty:
        return Faulty(f"{self._header[self._columns[field]]}: {why}")


def _is_placeholder(cell: str) -> bool:
    """Whether a cell says that there is no caller (无, 00000000, 12345); a masked number says that there is one."""
    try:
        return is_nobodys_phone(normalise_phone(cell))
    except ValueError:
        return is_nobody(cell) and not re.search(r"[1-9]", plain(cell))


def _department(cell: str) -> str | None:
    named = plain(cell)
    return named if named in departments() else department_codes().get(named)


def _with_title(title: str, text: str) -> str:
    return text if text.startswith(title) else f"{title}\n{text}"
