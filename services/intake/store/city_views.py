"""Tickets of the city's hotline: one as the city is shown it, and the city's list of open ones compared with ours."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, func, or_, select

from services.intake.domain.city import OPEN_THERE, ListedByCity, city_state
from services.intake.domain.scope import TicketScope
from services.intake.domain.steps import TicketState
from services.intake.store.city_tables import city_messages
from services.intake.store.tables import tickets
from services.intake.store.ticket_scope import open_to

AT_ONCE = 5_000


def ticket_for_city(connection: Connection, ticket_id: str) -> dict[str, Any]:
    row = connection.execute(select(tickets).where(tickets.c.id == ticket_id)).one()
    return {
        "number": row.city_number,
        "ticket_id": row.id,
        "state": city_state(TicketState(row.state)),
        "deadline": row.city_by,
        "settle_by": row.settle_by,
        "caller_solved": row.caller_solved,
        "satisfaction": row.satisfaction,
    }


def differences(connection: Connection, scope: TicketScope | None, listed: Collection[ListedByCity]) -> dict[str, Any]:
    """`missing_here`: open in the city's list, never received here. `missing_there`: open here, not in the list.

    `different`: in both, with another state or deadline. `unsent`: how many messages the city has not taken yet; they
    may explain differences. Numbers of tickets that the reader may not see are in none of these.
    """
    found = _ours(connection, scope, sorted({one.number for one in listed}))
    ours = {row.city_number: row for row in found if row.shown}
    hidden = {row.city_number for row in found} - ours.keys()
    theirs = {one.number: one for one in listed if one.number not in hidden}
    different = [
        {"number": number, "ticket_id": ours[number].id, "field": name, "here": here, "there": there}
        for number, one in sorted(theirs.items())
        if number in ours
        for name, here, there in (
            ("state", city_state(TicketState(ours[number].state)), one.state),
            ("deadline", ours[number].city_by, one.deadline),
        )
        if here != there
    ]
    return {
        "missing_here": sorted(theirs.keys() - ours.keys()),
        "missing_there": [
            {"number": number, "ticket_id": row.id, "state": city_state(TicketState(row.state))}
            for number, row in sorted(ours.items())
            if number not in theirs
        ],
        "different": different,
        "same": len(theirs.keys() & ours.keys()) - len({one["number"] for one in different}),
        "unsent": _unsent(connection),
    }


def _ours(connection: Connection, scope: TicketScope | None, numbers: Sequence[str]) -> list[Row[Any]]:
    """Tickets that should be open in the city's hotline, and all that the city lists."""
    columns = (tickets.c.id, tickets.c.city_number, tickets.c.state, tickets.c.city_by)
    wanted: Select[Any] = select(*columns, open_to(scope).label("shown")).where(tickets.c.city_number.is_not(None))
    found = list(connection.execute(wanted.where(tickets.c.state.in_(OPEN_THERE))))
    for start in range(0, len(numbers), AT_ONCE):
        some = numbers[start : start + AT_ONCE]
        found += connection.execute(wanted.where(tickets.c.city_number.in_(some)))
    return found


def _unsent(connection: Connection) -> int:
    queue = city_messages.c
    unsettled = or_(queue.due_at.is_not(None), queue.given_up_at.is_not(None))
    return connection.execute(select(func.count()).select_from(city_messages).where(unsettled)).scalar_one()
