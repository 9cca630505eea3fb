"""The city's list of open tickets beside ours, by number: where they differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select

from services.intake.adapters.city_bodies import ListedTicket
from services.intake.adapters.tables import city_messages, tickets
from services.intake.domain.city import OPEN_THERE, city_state
from services.intake.domain.steps import State

AT_ONCE = 5_000


def differences(connection: Connection, listed: Sequence[ListedTicket]) -> dict[str, Any]:
    """`missing_here`: the city has it open and we never got it. `missing_there`: we have it open and the city has not.
    `different`: both have it, with another state or deadline. `unsent`: messages on their way, which may explain some.
    """
    theirs = {one.number: one for one in listed}
    ours = {row.city_number: row for row in _ours(connection, sorted(theirs))}
    different = [
        {"number": number, "ticket_id": ours[number].id, "field": name, "here": here, "there": there}
        for number, one in sorted(theirs.items())
        if number in ours
        for name, here, there in (
            ("state", city_state(State(ours[number].state)), one.state),
            ("deadline", ours[number].city_by, one.deadline),
        )
        if here != there
    ]
    return {
        "missing_here": sorted(theirs.keys() - ours.keys()),
        "missing_there": [
            {"number": number, "ticket_id": row.id, "state": city_state(State(row.state))}
            for number, row in sorted(ours.items())
            if number not in theirs
        ],
        "different": different,
        "same": len(theirs.keys() & ours.keys()) - len({one["number"] for one in different}),
        "unsent": _unsent(connection),
    }


def _ours(connection: Connection, numbers: Sequence[str]) -> list[Row[Any, Any, Any, Any]]:
    """Those that are open there by what we know, and all that the city lists."""
    wanted = select(tickets.c.id, tickets.c.city_number, tickets.c.state, tickets.c.city_by).where(
        tickets.c.city_number.is_not(None)
    )
    found = list(connection.execute(wanted.where(tickets.c.state.in_(OPEN_THERE))))
    for start in range(0, len(numbers), AT_ONCE):
        some = numbers[start : start + AT_ONCE]
        found += connection.execute(wanted.where(tickets.c.city_number.in_(some)))
    return found


def _unsent(connection: Connection) -> int:
    queue = city_messages.c
    unsettled = or_(queue.due_at.is_not(None), queue.given_up_at.is_not(None))
    return connection.execute(select(func.count()).select_from(city_messages).where(unsettled)).scalar_one()
