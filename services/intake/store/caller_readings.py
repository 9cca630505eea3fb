"""The log of who asked who a caller is. The limits are counted from it, so that they hold over all processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, bindparam, case, func, insert, select, text, tuple_

from services.chassis.clock import Clock
from services.chassis.database.gauges import Gauging
from services.chassis.database.rows import rows_by_name
from services.chassis.database.work import Work
from services.chassis.metrics import CALLER_READINGS, CALLER_READINGS_OF_ONE
from services.intake.app.caller_reading_ports import CallerReading
from services.intake.domain.caller_access import ReadingLimit, ReadingOutcome, ReadingPurpose
from services.intake.domain.scope import TicketScope
from services.intake.store.tables import caller_readings, tickets
from services.intake.store.ticket_scope import open_to

_R = caller_readings.c
AN_HOUR = timedelta(hours=1)

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('caller readings of ' || :reader, 0))")
_COUNTS = _R.outcome != ReadingOutcome.TOO_OFTEN
_NTH_LAST = (
    select(_R.at)
    .where(_R.reader == bindparam("reader"), _COUNTS)
    .order_by(_R.at.desc())
    .offset(bindparam("before"))
    .limit(1)
)
_OF_TICKET = (
    select(*(column for column in _R if column.name not in ("id", "ticket_id", "caller_ref")))
    .where(_R.ticket_id == bindparam("ticket_id"))
    .order_by(_R.at, _R.id)
)
_BUSIEST = (
    select(func.count().label("readings"))
    .where(_R.at > bindparam("since"), _COUNTS)
    .group_by(_R.reader)
    .order_by(func.count().desc())
    .limit(1)
)


class SqlCallerReadings:
    """Implements the port CallerReadings."""

    def next_allowed(self, work: Work, reader: str, limits: Sequence[ReadingLimit]) -> datetime | None:
        work.connection.execute(_ONE_AT_A_TIME, {"reader": reader})
        free = [
            nth_last + limit.within
            for limit in limits
            if (nth_last := work.connection.execute(_NTH_LAST, {"reader": reader, "before": limit.times - 1}).scalar())
        ]
        return max((at for at in free if at > work.clock.now()), default=None)

    def add(self, work: Work, reading: CallerReading) -> None:
        row = {"id": str(uuid4()), "at": work.clock.now(), **asdict(reading)}
        work.connection.execute(insert(caller_readings), row)
        labels = (reading.role or "none", reading.purpose, reading.outcome)
        work.after_commit(CALLER_READINGS.labels(*labels).inc)


def readings_of(connection: Connection, ticket_id: str) -> list[dict[str, Any]]:
    """Of a ticket, the oldest first."""
    return rows_by_name(connection.execute(_OF_TICKET, {"ticket_id": ticket_id}))


def code_was_given(connection: Connection, ticket_id: str, reader: str) -> bool:
    """Whether this person was given the code for /status of this ticket."""
    given = (_R.ticket_id == ticket_id) & (_R.reader == reader) & (_R.outcome == ReadingOutcome.READ)
    asked = select(_R.id).where(given, _R.purpose == ReadingPurpose.STATUS_CODE).limit(1)
    return connection.execute(asked).scalar_one_or_none() is not None


def page_of_readings(
    connection: Connection,
    scope: TicketScope | None,
    asked: Mapping[str, Any],
    since: datetime | None,
    until: datetime | None,
    before: tuple[datetime, str] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """The newest first. `asked` gives the values of columns that are looked for; None: any.

    Each reading is there for whoever reads the log, but the id of a ticket is None where it is not for them.
    """
    shown = case((open_to(scope), _R.ticket_id), else_=None).label("ticket_id")
    columns = [column for column in _R if column.name not in ("ticket_id", "caller_ref")]
    query = select(*columns, shown).outerjoin(tickets, tickets.c.id == _R.ticket_id)
    for name, value in asked.items():
        if value is not None:
            query = query.where((shown if name == "ticket_id" else _R[name]) == value)
    if since:
        query = query.where(_R.at >= since)
    if until:
        query = query.where(_R.at < until)
    if before:
        place = (_R.at, _R.id)
        query = query.where(tuple_(*place) < tuple_(*before, types=[column.type for column in place]))
    return rows_by_name(connection.execute(query.order_by(_R.at.desc(), _R.id.desc()).limit(limit)))


def readings_gauge(clock: Clock) -> Gauging:
    """Shows how many readings the busiest person has had within the last hour."""

    def measure(connection: Connection) -> None:
        found = connection.execute(_BUSIEST, {"since": clock.now() - AN_HOUR}).scalar()
        CALLER_READINGS_OF_ONE.set(found or 0)

    return measure
