"""The delivery log: who was notified of what, when, by which channel, and whether it was read.

Its rows come from several tables; each is a `_Source`, and a further one is a further entry of `_SOURCES`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Row, Select, Text, case, cast, null, select, tuple_, union_all
from sqlalchemy.types import Integer, Uuid

from services.chassis.database.work import Work
from services.notifier.domain.delivery import PARTIES, recipient_of
from services.notifier.store.closed_tickets import open_to_its_unit
from services.notifier.store.officer_tables import officer_messages, officer_notices, officers
from services.notifier.store.tables import deliveries, webhook_sendings


class Position(NamedTuple):
    """What the log is ordered by."""

    caused_at: datetime
    delivery_id: UUID


@dataclass(frozen=True, slots=True)
class LogQuery:
    """What is looked for: `columns` gives wanted values by name, `since` and `until` bound the cause's time.

    `units`: codes of departments and parties; None: any.
    """

    columns: Mapping[str, object] = field(default_factory=dict)
    units: Collection[str] | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Source:
    """`columns` by the log's names; `of_units` says which rows are these units'."""

    columns: Mapping[str, ColumnElement[Any]]
    table: FromClause
    of_units: Callable[[Collection[str]], ColumnElement[bool]]

    def rows(self, asked: LogQuery, after: Position | None, limit: int | None) -> Select[Any]:
        order = (self.columns["caused_at"], self.columns["delivery_id"])
        found = select(*(column.label(name) for name, column in self.columns.items())).select_from(self.table)
        for name, wanted in asked.columns.items():
            found = found.where(self.columns[name] == wanted)
        if asked.units is not None:
            found = found.where(self.of_units(asked.units))
        if asked.since is not None:
            found = found.where(order[0] >= asked.since)
        if asked.until is not None:
            found = found.where(order[0] < asked.until)
        if after is not None:
            found = found.where(tuple_(*order) < tuple_(*after))
        return found.order_by(*(one.desc() for one in order)).limit(limit)


_D, _N, _M = deliveries.c, officer_notices.c, officer_messages.c
_NOTHING = cast(null(), Text)


def _subject(kind: str) -> ColumnElement[Any]:
    return case((_N.subject_kind == kind, _N.subject_id))


_TO_UNITS = _Source(
    {
        "delivery_id": _D.delivery_id,
        "event_id": _D.event_id,
        "recipient": _D.recipient,
        "person": _NOTHING,
        "channel": _D.channel,
        "status": _D.status,
        "cause": webhook_sendings.c.error,
        "message": _D.message,
        "ticket_id": _D.ticket_id,
        "hot_issue_id": _D.hot_issue_id,
        "project_id": _D.project_id,
        "matter_id": _D.matter_id,
        "number": _D.number,
        "version": _D.version,
        "caused_at": _D.caused_at,
        "told_at": _D.told_at,
        "read_at": cast(null(), _D.told_at.type),
        "webhook_id": _D.webhook_id,
        "values": cast(null(), _N["values"].type),
        "step": cast(null(), Integer),
    },
    deliveries.outerjoin(webhook_sendings, webhook_sendings.c.delivery_id == _D.delivery_id),
    lambda units: _D.recipient.in_([recipient_of(unit) for unit in units]),
)
_TO_OFFICERS = _Source(
    {
        "delivery_id": _N.notice_id,
        "event_id": _N.event_id,
        "recipient": case((_N.unit.in_(sorted(PARTIES)), "supervisor:" + _N.unit), else_="department:" + _N.unit),
        "person": officers.c.name,
        "channel": _M.channel,
        "status": _N.status,
        "cause": _N.cause,
        "message": _N.template,
        "ticket_id": _subject("ticket"),
        "hot_issue_id": _subject("hot_issue"),
        "project_id": _subject("project"),
        "matter_id": case((_N.subject_kind.not_in(["ticket", "hot_issue", "project"]), _N.subject_id)),
        "number": _N.number,
        "version": cast(null(), Integer),
        "caused_at": _N.caused_at,
        "told_at": _M.sent_at,
        "read_at": _N.read_at,
        "webhook_id": cast(null(), Uuid),
        "values": _N["values"],
        "step": _N.step,
    },
    officer_notices.join(officers, officers.c.officer_id == _N.officer_id).outerjoin(
        officer_messages, _M.message_id == _N.message_id
    ),
    lambda units: _N.unit.in_(units) & open_to_its_unit(),
)
_SOURCES = (_TO_UNITS, _TO_OFFICERS)


def log_page(work: Work, asked: LogQuery, after: Position | None, limit: int) -> Sequence[Row[Any]]:
    """The newest cause first, at most `limit` behind `after`. An officer's row has its unit as recipient, and names
    the person; `message`, `values` and `step` make the sentence."""
    found = union_all(*(select(source.rows(asked, after, limit).subquery()) for source in _SOURCES)).subquery()
    order = (found.c.caused_at.desc(), found.c.delivery_id.desc())
    return work.connection.execute(select(found).order_by(*order).limit(limit)).all()


def position_of(work: Work, delivery: UUID, units: Collection[str] | None) -> Position | None:
    """Where the delivery stands in the log; None if these units have none of this id."""
    for row in log_page(work, LogQuery({"delivery_id": delivery}, units), None, 1):
        return Position(row.caused_at, row.delivery_id)
    return None
