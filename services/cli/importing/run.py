"""One import: a table's rows to intake, and what became of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from services.cli.importing.progress import Advance
from services.cli.importing.rejects import Rejects
from services.cli.importing.sending import Intake, in_batches
from services.cli.importing.table import Row, Table
from services.cli.importing.tickets import Faulty, Tickets


@dataclass(slots=True)
class Outcome:
    """`received` are new tickets, `repeated` those that an earlier run (or row) brought. Each row read counts once."""

    rows: int = 0
    received: int = 0
    repeated: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class _Read:
    row: Row
    ticket: bytes
    reason: str | None = None


def send_rows(
    table: Table, tickets: Tickets, intake: Intake, rejects: Rejects, advance: Advance, so_far: Outcome
) -> None:
    """Counts into `so_far`, which holds what is answered for when Stopped is raised."""
    for batch in in_batches(_read(table, tickets), lambda one: len(one.ticket)):
        answers = iter(intake.send([one.ticket for one in batch if one.reason is None]))
        for one in batch:
            reason = one.reason
            if reason is None:
                answer = next(answers)
                reason = answer.problem
                so_far.repeated += reason is None and answer.repeated
                so_far.received += reason is None and not answer.repeated
            if reason is not None:
                rejects.add(one.row, tickets.source_id(one.row), reason)
                so_far.rejected += 1
        so_far.rows += len(batch)
        advance.by(len(batch))


def _read(table: Table, tickets: Tickets) -> Iterator[_Read]:
    for row in table.rows():
        try:
            yield _Read(row, json.dumps(tickets.ticket(row), ensure_ascii=False).encode())
        except Faulty as fault:
            yield _Read(row, b"", str(fault))
