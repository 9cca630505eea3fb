"""The deadlines of tickets in PostgreSQL, and the timers behind them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Row, any_, bindparam, literal, select

from services.chassis.database.rows import by_column, insert_rows
from services.chassis.database.work import Work
from services.chassis.messaging import timers
from services.intake.app.fire_deadlines import DEADLINE
from services.intake.domain.deadline import Deadline, DeadlineOutcome
from services.intake.domain.limits import DeadlineKind
from services.intake.store.tables import clocks, tickets

_RUNNING = (
    select(clocks)
    .where(clocks.c.ticket_id == any_(bindparam("ids", type_=ARRAY(tickets.c.id.type))), clocks.c.stopped_at.is_(None))
    .order_by(clocks.c.ticket_id, clocks.c.since, clocks.c.kind)
)
# As a literal: with a parameter the planner would not see that the index holds just these.
_LATE = clocks.c.outcome == literal(DeadlineOutcome.LATE.value, literal_execute=True)
_IN_DOUBT = ~clocks.c.calendar_known & (clocks.c.stopped_at.is_(None) | _LATE)
_TICKETS_IN_DOUBT = (
    select(clocks.c.ticket_id)
    .distinct()
    .where(_IN_DOUBT, clocks.c.due_at - clocks.c.paused <= bindparam("until"), clocks.c.ticket_id > bindparam("after"))
    .order_by(clocks.c.ticket_id)
    .limit(bindparam("most"))
)
_IN_DOUBT_OF = (
    select(clocks)
    .where(_IN_DOUBT, clocks.c.ticket_id == any_(bindparam("ids", type_=ARRAY(tickets.c.id.type))))
    .order_by(clocks.c.ticket_id, clocks.c.since, clocks.c.kind)
)
_BEFORE_ALL = str(UUID(int=0))
_COLUMNS = tuple(clocks.c.keys())
"""The fields of a deadline, which have the same names."""
_ADD = insert_rows(clocks, *_COLUMNS)
_SAVE = _ADD.on_conflict_do_update(
    index_elements=list(clocks.primary_key),
    set_={column.name: _ADD.excluded[column.name] for column in clocks.c if not column.primary_key},
)


class SqlDeadlines:
    """Implements the port Deadlines."""

    def running(self, work: Work, ticket_ids: Collection[str]) -> list[Deadline]:
        if not ticket_ids:
            return []
        return [_deadline_of(row) for row in work.connection.execute(_RUNNING, {"ids": list(ticket_ids)})]

    def in_doubt(self, work: Work, until: datetime, after: str | None, most: int) -> list[str]:
        asked = {"until": until, "after": after or _BEFORE_ALL, "most": most}
        return list(work.connection.execute(_TICKETS_IN_DOUBT, asked).scalars())

    def in_doubt_of(self, work: Work, ticket_ids: Collection[str]) -> list[Deadline]:
        return [_deadline_of(row) for row in work.connection.execute(_IN_DOUBT_OF, {"ids": list(ticket_ids)})]

    def save(self, work: Work, deadlines: Sequence[Deadline]) -> None:
        if not deadlines:
            return
        work.connection.execute(
            _SAVE, by_column([{name: getattr(one, name) for name in _COLUMNS} for one in deadlines])
        )
        timers.start_all(work, DEADLINE, [(one.ticket_id, at) for one in deadlines for at in one.moments()])


def _deadline_of(row: Row[Any]) -> Deadline:
    known = dict(row._mapping)
    outcome = DeadlineOutcome(row.outcome) if row.outcome else None
    return Deadline(**known | {"kind": DeadlineKind(row.kind), "outcome": outcome})
