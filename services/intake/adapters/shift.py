"""What a shift hands over, and what a day or a week brought."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select

from services.intake.adapters.indicators import Asked, By, Figures, Group, Period, satisfaction
from services.intake.adapters.tables import hot_issues, tickets
from services.intake.domain.steps import OPEN, WITH_PEOPLE, State
from services.intake.domain.ticket import Extension

MOST = 100
_T = tickets.c
_SHOWN = (
    _T.id.label("ticket_id"),
    _T.version,
    _T.state,
    _T.type_code,
    _T.sub_district,
    _T.urgency,
    _T.lead,
    _T.assignee,
    _T.settle_by,
)


def handover(
    connection: Connection, departments: Collection[str] | None, now: datetime, hours: int
) -> dict[str, Any]:
    """Whom what is open is with, and what somebody must look at next; lists hold up to 100, the most pressing first.

    `departments` None: everybody's. Reads what is open, however old and large the table.
    """
    led = and_(True) if departments is None else _T.lead.in_(departments)
    until = now + timedelta(hours=hours)

    def listed(states: Collection[State], *which: ColumnElement[bool]) -> list[dict[str, Any]]:
        query = select(*_SHOWN).where(_T.state.in_(states), led, *which)
        rows = connection.execute(query.order_by(_T.settle_by.asc().nulls_first(), _T.id).limit(MOST))
        return [dict(row) for row in rows.mappings()]

    holders = (_T.lead, _T.assignee)
    by_holder = connection.execute(
        select(
            *holders,
            func.count().label("open"),
            func.count().filter(_T.settle_by < now).label("breached"),
            func.count().filter(_T.settle_by.between(now, until)).label("due"),
        )
        .where(_T.state.in_(WITH_PEOPLE), led)
        .group_by(*holders)
        .order_by(*holders)
    )
    return {
        "at": now,
        "hours": hours,
        "open": [dict(row) for row in by_holder.mappings()],
        "due": listed(OPEN, _T.settle_by.between(now, until)),
        "breached": listed(OPEN, _T.settle_by < now),
        "returns_waiting": listed((State.RETURN_REQUESTED,)),
        "extensions_waiting": listed(OPEN, _T.extension == Extension.REQUESTED),
        "emergencies": listed(WITH_PEOPLE, _T.emergency.is_(True)),
    }


def bulletin(connection: Connection, begin: datetime, end: datetime, now: datetime) -> dict[str, Any]:
    """What came, what was due, what was overdue at the end (or is by now), what was settled, and what callers said.

    By the unit that leads and by sub-district, as tickets are known now. As in the on-time rate, a ticket that goes on
    from another is neither due nor overdue. Hot issues are those that are not over.
    """
    hot = connection.execute(
        select(hot_issues.c.state, func.count().label("count")).group_by(hot_issues.c.state)
    )
    return {
        "from": begin,
        "to": end,
        "total": _lines(connection, begin, end, now, None)[None],
        "by_unit": _lines(connection, begin, end, now, By.UNIT),
        "by_sub_district": _lines(connection, begin, end, now, By.SUB_DISTRICT),
        "hot_issues": {row.state: row.count for row in hot},
    }


def _lines(
    connection: Connection, begin: datetime, end: datetime, now: datetime, by: By | None
) -> dict[Group, Figures]:
    period, as_of = Period(begin, end), min(end, now)
    asked = Asked(connection, period, None, now, by)
    count, first = func.count(), _T.continues.is_(None)
    counted = {
        "new": asked.count(select(count.label("n")).where(*period.holds(_T.received_at), _T.history.is_(False))),
        "due": asked.count(select(count.label("n")).where(*period.closes(_T.settle_by), first)),
        "settled": asked.count(select(count.label("n")).where(*period.holds(_T.settled_at))),
    }
    # Open still, or settled only afterwards: what is open, and the index of what was ever late.
    still = asked.count(select(count.label("n")).where(_T.state.in_(OPEN), _T.settle_by < as_of, first))
    since = asked.count(
        select(count.label("n")).where(
            _T.settled_at > _T.settle_by, _T.settled_at >= as_of, _T.settle_by < as_of, _T.state.not_in(OPEN), first
        )
    )
    grades = satisfaction(asked)
    groups = {group for one in (*counted.values(), still, since, grades) for group in one}
    n = {"n": 0}
    return {
        group: {
            **{name: one.get(group, n)["n"] for name, one in counted.items()},
            "overdue": still.get(group, n)["n"] + since.get(group, n)["n"],
            "satisfaction": grades.get(group),
        }
        for group in groups
    }
