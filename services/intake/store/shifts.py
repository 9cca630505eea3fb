"""The handover list of a shift, and the bulletin of a day or a week."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select

from services.intake.domain.scope import TicketScope
from services.intake.domain.steps import OPEN, WITH_PEOPLE, TicketState
from services.intake.domain.ticket_record import Extension
from services.intake.store.follow_up_tables import hot_issues
from services.intake.store.indicators import Figures, Group, Grouping, IndicatorQuery, Period, satisfaction
from services.intake.store.tables import tickets
from services.intake.store.ticket_scope import open_to

MOST = 100
_T = tickets.c
_SHOWN = (
    _T.id.label("ticket_id"),
    _T.number,
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
    connection: Connection,
    departments: Collection[str] | None,
    scope: TicketScope | None,
    now: datetime,
    hours: int,
) -> dict[str, Any]:
    """Who has what is open, and what needs attention next; lists hold up to 100, the most urgent first.

    `departments` None means all; `scope` is the reader's. Reads only what is open, whatever the table's size.
    """
    led = open_to(scope) if departments is None else and_(_T.lead.in_(departments), open_to(scope))
    until = now + timedelta(hours=hours)

    def listed(states: Collection[TicketState], *which: ColumnElement[bool]) -> list[dict[str, Any]]:
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
        "returns_waiting": listed((TicketState.RETURN_REQUESTED,)),
        "extensions_waiting": listed(OPEN, _T.extension == Extension.REQUESTED),
        "emergencies": listed(WITH_PEOPLE, _T.emergency.is_(True)),
    }


def bulletin(connection: Connection, begin: datetime, end: datetime, now: datetime) -> dict[str, Any]:
    """Tickets received, due, overdue at the end of the period (or now), settled, and the callers' satisfaction.

    By the unit that leads and by sub-district, as they are now. As in the on-time rate, a ticket that continues another
    is neither due nor overdue. Hot issues are those that are not over.
    """
    hot = connection.execute(select(hot_issues.c.state, func.count().label("count")).group_by(hot_issues.c.state))
    return {
        "from": begin,
        "to": end,
        "total": _lines(connection, begin, end, now, None)[None],
        "by_unit": _lines(connection, begin, end, now, Grouping.UNIT),
        "by_sub_district": _lines(connection, begin, end, now, Grouping.SUB_DISTRICT),
        "hot_issues": {row.state: row.count for row in hot},
    }


def _lines(
    connection: Connection, begin: datetime, end: datetime, now: datetime, by: Grouping | None
) -> dict[Group, Figures]:
    period, as_of = Period(begin, end), min(end, now)
    wanted = IndicatorQuery(connection, period, None, now, by)
    count, first = func.count(), _T.continues.is_(None)
    counted = {
        "new": wanted.count(select(count.label("n")).where(*period.holds(_T.received_at), _T.history.is_(False))),
        "due": wanted.count(select(count.label("n")).where(*period.closes(_T.settle_by), first)),
        "settled": wanted.count(select(count.label("n")).where(*period.holds(_T.settled_at))),
    }
    # Still open, or settled only afterwards: what is open, and the index of what was ever late.
    still = wanted.count(select(count.label("n")).where(_T.state.in_(OPEN), _T.settle_by < as_of, first))
    since = wanted.count(
        select(count.label("n")).where(
            _T.settled_at > _T.settle_by, _T.settled_at >= as_of, _T.settle_by < as_of, _T.state.not_in(OPEN), first
        )
    )
    grades = satisfaction(wanted)
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
