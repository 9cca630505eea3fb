"""The clocks of tickets in PostgreSQL, and the timers behind them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, bindparam, select

from services.chassis import timers
from services.chassis.rows import by_column, insert_rows
from services.chassis.work import Work
from services.intake.adapters.tables import clocks
from services.intake.app.clocks import CLOCK
from services.intake.domain.clock import Clock, Outcome
from services.intake.domain.limits import ClockKind

_RUNNING = (
    select(clocks)
    .where(clocks.c.ticket_id.in_(bindparam("ids", expanding=True)), clocks.c.stopped_at.is_(None))
    .order_by(clocks.c.ticket_id, clocks.c.since)
)
_ADD = insert_rows(clocks, *clocks.c.keys())
_SAVE = _ADD.on_conflict_do_update(
    index_elements=list(clocks.primary_key),
    set_={column.name: _ADD.excluded[column.name] for column in clocks.c if not column.primary_key},
)


class SqlClocks:
    """Implements the port Clocks."""

    def running(self, work: Work, ticket_ids: Collection[str]) -> list[Clock]:
        if not ticket_ids:
            return []
        return [_clock_of(row) for row in work.connection.execute(_RUNNING, {"ids": list(ticket_ids)})]

    def save(self, work: Work, changed: Sequence[Clock]) -> None:
        if not changed:
            return
        # A clock may be warned and breached in one go.
        rows = {(clock.ticket_id, clock.kind, clock.since): asdict(clock) for clock in changed}
        work.connection.execute(_SAVE, by_column(list(rows.values())))
        timers.start_all(work, CLOCK, [(clock.ticket_id, at) for clock in changed for at in clock.moments()])


def _clock_of(row: Row[Any]) -> Clock:
    known = dict(row._mapping)
    outcome = Outcome(row.outcome) if row.outcome else None
    return Clock(**known | {"kind": ClockKind(row.kind), "outcome": outcome})
