"""What the hotline is measured by, each rate with what it is made of (domain.md §2.4).

A rate whose denominator leaves out what went wrong flatters. So each ticket counts once, in the period in which its
clock ends, that what is open and overdue cannot hide; each answer of a caller counts in the period in which it was
given; and of what went wrong on the way, each ticket counts in the period in which it was dispatched (the last time).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, func, select, true

from services.contracts.ticket_events import Satisfaction
from services.intake.adapters.tables import clocks, follow_up_answers, tickets
from services.intake.domain.clock import Outcome
from services.intake.domain.limits import ClockKind


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


class By(StrEnum):
    """What the figures are told apart by."""

    UNIT = "unit"
    SUB_DISTRICT = "sub_district"
    TYPE = "type"
    KIND = "kind"


_COLUMNS: Mapping[By, str] = {
    By.UNIT: "lead",
    By.SUB_DISTRICT: "sub_district",
    By.TYPE: "type_code",
    By.KIND: "kind",
}
Group = str | None
Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """`departments`: what these led; None is everybody's. `by` None: all in one, under the group None."""

    connection: Connection
    period: Period
    departments: Collection[str] | None
    now: datetime
    by: By | None = None

    def count(self, query: Select[Any], of: FromClause = tickets) -> dict[Group, dict[str, int]]:
        """The counts of a query on tickets, by group; `of` holds the tickets' columns."""
        query = query.where(and_(True) if self.departments is None else of.c.lead.in_(self.departments))
        if self.by is None:
            return {None: dict(self.connection.execute(query).mappings().one())}
        group = of.c[_COLUMNS[self.by]]
        rows = self.connection.execute(query.add_columns(group.label("group")).group_by(group)).mappings()
        return {row["group"]: {name: row[name] for name in row if name != "group"} for row in rows}


def on_time(asked: Asked) -> dict[Group, Figures]:
    """按时办结率: settled on time / (settled + open and overdue); a ticket that goes on from another never counts."""
    t = tickets.c
    settled, overdue = t.settled_at.is_not(None), t.settled_at.is_(None) & (t.settle_by < asked.now)
    query = select(
        _where(t.settled_at <= t.settle_by).label("settled_on_time"),
        _where(t.settled_at > t.settle_by).label("settled_late"),
        _where(overdue).label("open_overdue"),
        _where(~settled & ~overdue).label("open_not_due"),
    ).where(*asked.period.closes(t.settle_by), t.continues.is_(None))
    return {
        group: _rate(one["settled_on_time"], one["settled_on_time"] + one["settled_late"] + one["open_overdue"]) | one
        for group, one in asked.count(query).items()
    }


def solved(asked: Asked) -> dict[Group, Figures]:
    """实际解决率: solved by the caller's own word / valid visit-backs, answers to follow-ups among them."""
    t, a = tickets.c, follow_up_answers.c
    visits = asked.count(
        select(func.count().label("visits"), _where(t.caller_solved).label("visits_solved")).where(
            *asked.period.holds(t.visited_at)
        )
    )
    answers = asked.count(
        select(func.count().label("follow_ups"), _where(a.solved).label("follow_ups_solved"))
        .select_from(follow_up_answers.join(tickets, t.id == a.ticket_id))
        .where(*asked.period.holds(a.at))
    )
    nothing = {"visits": 0, "visits_solved": 0, "follow_ups": 0, "follow_ups_solved": 0}
    merged = {group: nothing | visits.get(group, {}) | answers.get(group, {}) for group in {**visits, **answers}}
    return {
        group: _rate(one["visits_solved"] + one["follow_ups_solved"], one["visits"] + one["follow_ups"]) | one
        for group, one in merged.items()
    }


_CONTENT = (Satisfaction.VERY_SATISFIED, Satisfaction.SATISFIED, Satisfaction.BASICALLY_SATISFIED)


def satisfaction(asked: Asked) -> dict[Group, Figures]:
    """市民满意率: basically satisfied or better / visits in which the caller gave a grade; the others stand beside."""
    t = tickets.c
    query = select(
        _where(t.satisfaction.in_(_CONTENT)).label("satisfied"),
        _where(t.satisfaction.is_not(None)).label("graded"),
        _where(t.satisfaction.is_(None)).label("not_graded"),
    ).where(*asked.period.holds(t.visited_at))
    return {group: _rate(one["satisfied"], one["graded"]) | one for group, one in asked.count(query).items()}


def first_contact(asked: Asked) -> dict[Group, Figures]:
    """先行联系率: contacted within the limit / contacts whose limit ended in the period and that were due by now.

    A limit that an upheld return or a redispatch took back never counts; each unit answers for its own.
    """
    c = clocks.c
    contact = (c.kind == ClockKind.CONTACT, c.outcome.is_distinct_from(Outcome.TAKEN_BACK))
    stopped, overdue = c.stopped_at.is_not(None), c.stopped_at.is_(None) & (c.due_at < asked.now)
    # Looked up one by one: else the planner may prefer to read all tickets that there ever were.
    ticket = select(tickets).where(tickets.c.id == c.ticket_id).limit(1).lateral()
    query = (
        select(
            _where(c.outcome == Outcome.MET).label("contacted_on_time"),
            _where(c.outcome == Outcome.LATE).label("contacted_late"),
            _where(overdue).label("open_overdue"),
            _where(~stopped & ~overdue).label("open_not_due"),
        )
        .select_from(clocks.join(ticket, true()))
        .where(*asked.period.closes(c.due_at), *contact)
    )
    return {
        group: _rate(
            one["contacted_on_time"], one["contacted_on_time"] + one["contacted_late"] + one["open_overdue"]
        )
        | one
        for group, one in asked.count(query, ticket).items()
    }


def _of_dispatched(share: Callable[[Asked], ColumnElement[bool]], text: str) -> Indicator:
    def indicator(asked: Asked) -> dict[Group, Figures]:
        query = select(_where(share(asked)).label("tickets"), func.count().label("dispatched")).where(
            *asked.period.holds(tickets.c.dispatched_at), tickets.c.continues.is_(None)
        )
        return {group: _rate(one["tickets"], one["dispatched"]) for group, one in asked.count(query).items()}

    indicator.__doc__ = text
    return indicator


def _overtime(asked: Asked) -> ColumnElement[bool]:
    return func.coalesce(tickets.c.settled_at, asked.now) > tickets.c.settle_by


Indicator = Callable[[Asked], dict[Group, Figures]]
INDICATORS: Mapping[str, Indicator] = {
    "on_time": on_time,
    "solved": solved,
    "satisfaction": satisfaction,
    "first_contact": first_contact,
    "returned": _of_dispatched(
        lambda _: tickets.c.returns > 0, "退单率: tickets of which a return was ever asked for / dispatched."
    ),
    "redone": _of_dispatched(lambda _: tickets.c.redos > 0, "重办率: tickets that were done again / dispatched."),
    "overtime": _of_dispatched(_overtime, "超时率: settled late, or open and overdue / dispatched."),
    "repeated": _of_dispatched(
        lambda _: tickets.c.repeat_of.is_not(None),
        "重复诉求率: the same caller on the same matter, while it was open / dispatched; merged ones among them.",
    ),
}


def figures(asked: Asked) -> dict[str, dict[Group, Figures]]:
    return {name: indicator(asked) for name, indicator in INDICATORS.items()}


def _where(condition: ColumnElement[Any]) -> Any:
    return func.count().filter(condition)


def _rate(numerator: int, denominator: int) -> Figures:
    """Without a denominator there is no rate, neither good nor bad."""
    rate = round(numerator / denominator, 4) if denominator else None
    return {"rate": rate, "numerator": numerator, "denominator": denominator}
