"""One import: sends the rows of a table to intake and counts the results."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from services.cli.importing.progress import Advance
from services.cli.importing.rejects import Rejects
from services.cli.importing.sending import Intake, in_batches
from services.cli.importing.table import Table, TableRow
from services.cli.importing.tickets import Faulty, TicketReader


@dataclass(slots=True)
class ImportOutcome:
    """`received`: new tickets; `repeated`: those that an earlier run or row had brought. Each row counts once.

    `first_number`, `last_number`: between them are the numbers of the new tickets.
    """

    rows: int = 0
    received: int = 0
    repeated: int = 0
    rejected: int = 0
    first_number: str | None = None
    last_number: str | None = None

    def receive(self, number: str | None) -> None:
        self.received += 1
        if number:
            self.first_number = min(self.first_number or number, number)
            self.last_number = max(self.last_number or number, number)


@dataclass(frozen=True, slots=True)
class _Read:
    row: TableRow
    ticket: bytes
    reason: str | None = None

    @property
    def size(self) -> int:
        """In memory, about: a row that cannot be read has no ticket and may be long."""
        return max(len(self.ticket), sum(map(len, self.row.cells)))


def send_rows(
    table: Table, tickets: TicketReader, intake: Intake, rejects: Rejects, advance: Advance, so_far: ImportOutcome
) -> None:
    """Counts into `so_far`, which is right, too, when Stopped is raised."""
    for batch in in_batches(_read(table, tickets), lambda one: one.size):
        answers = iter(intake.send([one.ticket for one in batch if one.reason is None]))
        for one in batch:
            reason = one.reason
            if reason is None:
                answer = next(answers)
                reason = answer.problem
                so_far.repeated += reason is None and answer.repeated
                if reason is None and not answer.repeated:
                    so_far.receive(answer.number)
            if reason is not None:
                rejects.add(one.row, tickets.source_id(one.row), reason)
                so_far.rejected += 1
        so_far.rows += len(batch)
        advance.by(len(batch))


def _read(table: Table, tickets: TicketReader) -> Iterator[_Read]:
    for row in table.rows():
        try:
            yield _Read(row, json.dumps(tickets.ticket(row), ensure_ascii=False).encode())
        except Faulty as fault:
            yield _Read(row, b"", str(fault))
