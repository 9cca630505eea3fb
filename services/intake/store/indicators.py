"""The hotline's indicators, each rate with its numerator and denominator (docs/domain.md §2.4).

A rate whose denominator leaves out failures flatters. So for on-time rates each ticket counts once, in the period in
which its deadline ends, and open overdue ones count too; each answer of a caller counts in the period in which it was
given; for returns, redos and the like each ticket counts in the period of its last dispatch.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache, cached_property
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, func, select, true

from services.contracts.ticket_events import Satisfaction
from services.intake.domain.deadline import DeadlineOutcome
from services.intake.domain.limits import DeadlineKind
from services.intake.store.follow_up_tables import follow_up_answers
from services.intake.store.tables import clocks, tickets, visits


@dataclass(frozen=True, slots=True)
class Period:
    """From `begin` on, before `end`; None is open."""

    begin: datetime | None
    end: datetime | None

    def holds(self, moment: ColumnElement[datetime | None]) -> list[ColumnElement[bool]]:
        """Conditions for something that happened at `moment` in the period."""
        ends = ([moment >= self.begin] if self.begin else []) + ([moment < self.end] if self.end else [])
        return [moment.is_not(None), *ends]

    def closes(self, limit: ColumnElement[datetime | None]) -> list[ColumnElement[bool]]:
        """Conditions for a limit that ends in the period; it ends with the midnight that closes its last day."""
        ends = ([limit > self.begin] if self.begin else []) + ([limit <= self.end] if self.end else [])
        return [limit.is_not(None), *ends]


class Grouping(StrEnum):
    """What figures are grouped by."""

    UNIT = "unit"
    SUB_DISTRICT = "sub_district"
    TYPE = "type"
    KIND = "kind"


_COLUMNS: Mapping[Grouping, str] = {
    Grouping.UNIT: "lead",
    Grouping.SUB_DISTRICT: "sub_district",
    Grouping.TYPE: "type_code",
    Grouping.KIND: "kind",
}
Group = str | None
Figures = dict[str, Any]

_CONTENT = (Satisfaction.VERY_SATISFIED, Satisfaction.SATISFIED, Satisfaction.BASICALLY_SATISFIED)


@dataclass(frozen=True)
class IndicatorQuery:
    """`departments`: tickets that these led; None means all. `by` None: one figure, under the group None."""

    connection: Connection
    period: Period
    departments: Collection[str] | None
    now: datetime
    by: Grouping | None = None

    def count(self, query: Select[Any], of: FromClause = tickets) -> dict[Group, dict[str, int]]:
        """Runs a query of counts, by group; `of` has the tickets' columns."""
        query = query.where(and_(True) if self.departments is None else of.c.lead.in_(self.departments))
        if self.by is None:
            return {None: dict(self.connection.execute(query).mappings().one())}
        group = of.c[_COLUMNS[self.by]]
        rows = self.connection.execute(query.add_columns(group.label("group")).group_by(group)).mappings()
        return {row["group"]: {name: row[name] for name in row if name != "group"} for row in rows}

    @cached_property
    def visited(self) -> dict[Group, dict[str, int]]:
        """The visits of the period, counted once for all the rates; `first_`: those before any redo."""
        v, ticket = visits.c, _ticket_of(visits)
        first, content, graded = v.round == 0, v.satisfaction.in_(_CONTENT), v.satisfaction.is_not(None)
        query = select(
            func.count().label("visits"),
            _where(v.solved).label("visits_solved"),
            _where(content).label("satisfied"),
            _where(graded).label("graded"),
            _where(~graded).label("not_graded"),
            _where(first).label("first_visits"),
            _where(first & v.solved).label("first_solved"),
            _where(first & content).label("first_satisfied"),
            _where(first & graded).label("first_graded"),
        )
        return self.count(
            query.select_from(visits.join(ticket, true())).where(*self.period.holds(v.at)),
            ticket,
        )


def on_time(wanted: IndicatorQuery) -> dict[Group, Figures]:
    """按时办结率: settled on time / (settled + open and overdue); a ticket that goes on from another never counts."""
    t = tickets.c
    settled, overdue = t.settled_at.is_not(None), t.settled_at.is_(None) & (t.settle_by < wanted.now)
    query = select(
        _where(t.settled_at <= t.settle_by).label("settled_on_time"),
        _where(t.settled_at > t.settle_by).label("settled_late"),
        _where(overdue).label("open_overdue"),
        _where(~settled & ~overdue).label("open_not_due"),
    ).where(*wanted.period.closes(t.settle_by), t.continues.is_(None))
    return {
        group: _rate(one["settled_on_time"], one["settled_on_time"] + one["settled_late"] + one["open_overdue"]) | one
        for group, one in wanted.count(query).items()
    }


def solved(wanted: IndicatorQuery) -> dict[Group, Figures]:
    """实际解决率: solved by the caller's own word / valid visit-backs, answers to follow-ups among them.

    A ticket that was done again has a visit for each time; the word of the first one stands.
    """
    a, ticket = follow_up_answers.c, _ticket_of(follow_up_answers)
    visited = {
        group: {name: one[name] for name in ("visits", "visits_solved")} for group, one in wanted.visited.items()
    }
    answers = wanted.count(
        select(func.count().label("follow_ups"), _where(a.solved).label("follow_ups_solved"))
        .select_from(follow_up_answers.join(ticket, true()))
        .where(*wanted.period.holds(a.at)),
        ticket,
    )
    nothing = {"visits": 0, "visits_solved": 0, "follow_ups": 0, "follow_ups_solved": 0}
    merged = {group: nothing | visited.get(group, {}) | answers.get(group, {}) for group in {**visited, **answers}}
    return {
        group: _rate(one["visits_solved"] + one["follow_ups_solved"], one["visits"] + one["follow_ups"]) | one
        for group, one in merged.items()
    }


def satisfaction(wanted: IndicatorQuery) -> dict[Group, Figures]:
    """市民满意率: basically satisfied or better / visits in which the caller gave a grade; the others stand beside."""
    return {
        group: _rate(one["satisfied"], one["graded"])
        | {name: one[name] for name in ("satisfied", "graded", "not_graded")}
        for group, one in wanted.visited.items()
    }


def solved_at_first(wanted: IndicatorQuery) -> dict[Group, Figures]:
    """首次解决率: solved by the caller's word at the first visit / first visits; no redo betters it."""
    return {group: _rate(one["first_solved"], one["first_visits"]) for group, one in wanted.visited.items()}


def satisfied_at_first(wanted: IndicatorQuery) -> dict[Group, Figures]:
    """首次满意率: basically satisfied or better / first visits with a grade; no redo betters it."""
    return {group: _rate(one["first_satisfied"], one["first_graded"]) for group, one in wanted.visited.items()}


def first_contact(wanted: IndicatorQuery) -> dict[Group, Figures]:
    """先行联系率: contacted within the limit / contacts whose limit ended in the period and that were due by now.

    A limit that an upheld return or a redispatch took back does not count; each unit answers for its own. The caller
    of a linked ticket is contacted with the ticket that it is linked to.
    """
    c = clocks.c
    contact = (c.kind == DeadlineKind.CONTACT, c.outcome.is_distinct_from(DeadlineOutcome.TAKEN_BACK))
    stopped, overdue = c.stopped_at.is_not(None), c.stopped_at.is_(None) & (c.due_at < wanted.now)
    ticket = _ticket_of(clocks)
    query = (
        select(
            _where(c.outcome == DeadlineOutcome.MET).label("contacted_on_time"),
            _where(c.outcome == DeadlineOutcome.LATE).label("contacted_late"),
            _where(overdue).label("open_overdue"),
            _where(~stopped & ~overdue).label("open_not_due"),
        )
        .select_from(clocks.join(ticket, true()))
        .where(*wanted.period.closes(c.due_at), *contact, ticket.c.merged_into.is_(None))
    )
    return {
        group: _rate(one["contacted_on_time"], one["contacted_on_time"] + one["contacted_late"] + one["open_overdue"])
        | one
        for group, one in wanted.count(query, ticket).items()
    }


def _of_dispatched(share: Callable[[IndicatorQuery], ColumnElement[bool]], text: str) -> Indicator:
    def indicator(wanted: IndicatorQuery) -> dict[Group, Figures]:
        query = select(_where(share(wanted)).label("tickets"), func.count().label("dispatched")).where(
            *wanted.period.holds(tickets.c.dispatched_at), tickets.c.continues.is_(None)
        )
        return {group: _rate(one["tickets"], one["dispatched"]) for group, one in wanted.count(query).items()}

    indicator.__doc__ = text
    return indicator


def _overtime(wanted: IndicatorQuery) -> ColumnElement[bool]:
    return func.coalesce(tickets.c.settled_at, wanted.now) > tickets.c.settle_by


Indicator = Callable[[IndicatorQuery], dict[Group, Figures]]
INDICATORS: Mapping[str, Indicator] = {
    "on_time": on_time,
    "solved": solved,
    "satisfaction": satisfaction,
    "solved_at_first": solved_at_first,
    "satisfied_at_first": satisfied_at_first,
    "first_contact": first_contact,
    "returned": _of_dispatched(
        lambda _: tickets.c.returns > 0, "退单率: tickets of which a return was ever wanted for / dispatched."
    ),
    "redone": _of_dispatched(lambda _: tickets.c.redos > 0, "重办率: tickets that were done again / dispatched."),
    "overtime": _of_dispatched(_overtime, "超时率: settled late, or open and overdue / dispatched."),
    "repeated": _of_dispatched(
        lambda _: tickets.c.repeat_of.is_not(None),
        "重复诉求率: the same caller on the same matter, while it was open / dispatched; merged ones among them.",
    ),
}


def figures(wanted: IndicatorQuery) -> dict[str, dict[Group, Figures]]:
    return {name: indicator(wanted) for name, indicator in INDICATORS.items()}


@cache
def _ticket_of(table: FromClause) -> FromClause:
    """The ticket of each row, looked up one by one: otherwise the planner may read all tickets."""
    return select(tickets).where(tickets.c.id == table.c.ticket_id).limit(1).lateral()


def _where(condition: ColumnElement[Any]) -> Any:
    return func.count().filter(condition)


def _rate(numerator: int, denominator: int) -> Figures:
    """Without a denominator there is no rate."""
    rate = round(numerator / denominator, 4) if denominator else None
    return {"rate": rate, "numerator": numerator, "denominator": denominator}
