"""The on-time rate and the solved rate, with what they are made of (domain.md §2.4).

Each ticket counts once, in the period in which its clock ends, so that what is open and overdue cannot hide; each
answer of a caller counts in the period in which it was given.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from services.intake.adapters.tables import follow_up_answers, tickets


@dataclass(frozen=True, slots=True)
class Period:
    """From `begin` on, before `end`; None is open."""

    begin: datetime | None
    end: datetime | None

    def holds(self, moment: ColumnElement[datetime | None]) -> list[ColumnElement[bool]]:
        """Something that happened at `moment`."""
        ends = ([moment >= self.begin] if self.begin else []) + ([moment < self.end] if self.end else [])
        return [moment.is_not(None), *ends]

    def closes(self, limit: ColumnElement[datetime | None]) -> list[ColumnElement[bool]]:
        """A limit, which ends with the midnight that closes its last day."""
        ends = ([limit > self.begin] if self.begin else []) + ([limit <= self.end] if self.end else [])
        return [limit.is_not(None), *ends]


def on_time(
    connection: Connection, period: Period, departments: Collection[str] | None, now: datetime
) -> dict[str, Any]:
    """Settled on time / (settled + open and overdue); a ticket that goes on from another one never counts."""
    t = tickets.c
    settled, overdue = t.settled_at.is_not(None), t.settled_at.is_(None) & (t.settle_by < now)
    figures = _count(
        connection,
        select(
            _where(t.settled_at <= t.settle_by).label("settled_on_time"),
            _where(t.settled_at > t.settle_by).label("settled_late"),
            _where(overdue).label("open_overdue"),
            _where(~settled & ~overdue).label("open_not_due"),
        ).where(*period.closes(t.settle_by), t.continues.is_(None), _led(departments)),
    )
    counted = figures["settled_on_time"] + figures["settled_late"] + figures["open_overdue"]
    return _rate(figures["settled_on_time"], counted) | figures


def solved(connection: Connection, period: Period, departments: Collection[str] | None) -> dict[str, Any]:
    """Solved by the caller's own word / valid visit-backs, answers to follow-ups among them."""
    t, a = tickets.c, follow_up_answers.c
    figures = _count(
        connection,
        select(func.count().label("visits"), _where(t.caller_solved).label("visits_solved")).where(
            *period.holds(t.visited_at), _led(departments)
        ),
    ) | _count(
        connection,
        select(func.count().label("follow_ups"), _where(a.solved).label("follow_ups_solved"))
        .select_from(follow_up_answers.join(tickets, t.id == a.ticket_id))
        .where(*period.holds(a.at), _led(departments)),
    )
    return (
        _rate(
            figures["visits_solved"] + figures["follow_ups_solved"], figures["visits"] + figures["follow_ups"]
        )
        | figures
    )


def _where(condition: ColumnElement[Any]) -> Any:
    return func.count().filter(condition)


def _led(departments: Collection[str] | None) -> ColumnElement[bool]:
    return and_(True) if departments is None else tickets.c.lead.in_(departments)


def _count(connection: Connection, query: Select[Any]) -> dict[str, int]:
    return dict(connection.execute(query).mappings().one())


def _rate(numerator: int, denominator: int) -> dict[str, Any]:
    """Without a denominator there is no rate, neither good nor bad."""
    rate = round(numerator / denominator, 4) if denominator else None
    return {"rate": rate, "numerator": numerator, "denominator": denominator}
