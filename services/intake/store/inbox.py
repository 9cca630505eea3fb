"""The tickets of a unit's inbox, the most urgent first."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select, true

from services.intake.domain.limits import DeadlineKind
from services.intake.domain.scope import TicketScope
from services.intake.domain.steps import TicketState
from services.intake.store.tables import clocks, ticket_texts, tickets
from services.intake.store.ticket_scope import of_unit, open_to

A_PAGE = 50
SNIPPET = 90


class Tab(StrEnum):
    REVIEW = "review"
    TO_SIGN = "to-sign"
    IN_HAND = "in-hand"
    RETURNS = "returns"
    REDO = "redo"
    LINKED = "linked"
    SETTLED = "settled"
    TURNED_AWAY = "turned-away"
    ARCHIVED = "archived"


STATES = {
    Tab.REVIEW: (TicketState.IN_REVIEW,),
    Tab.TO_SIGN: (TicketState.DISPATCHED,),
    Tab.IN_HAND: (TicketState.SIGNED, TicketState.CONTACTED, TicketState.HANDLING),
    Tab.RETURNS: (TicketState.RETURN_REQUESTED,),
    Tab.REDO: (TicketState.REDO,),
    Tab.LINKED: (TicketState.MERGED,),
    Tab.SETTLED: (TicketState.SETTLED,),
    Tab.TURNED_AWAY: (TicketState.REJECTED, TicketState.TRANSFERRED),
    Tab.ARCHIVED: (TicketState.ARCHIVED,),
}
OF_THE_HUB = frozenset({Tab.REVIEW, Tab.TURNED_AWAY})
"""Tabs of tickets that no unit leads."""
OVER = frozenset({Tab.SETTLED, Tab.TURNED_AWAY, Tab.ARCHIVED})
"""Tabs where nothing is due from a unit. The newest come first; they are not counted, since they only grow."""


_PRESSING = (
    select(clocks.c.kind.label("clock"), clocks.c.due_at)
    .where(
        clocks.c.ticket_id == tickets.c.id,
        clocks.c.stopped_at.is_(None),
        clocks.c.paused_at.is_(None),
        clocks.c.kind != DeadlineKind.RETURN,
    )
    .order_by(clocks.c.due_at)
    .limit(1)
    .lateral("pressing")
)
"""The running deadline of a ticket that ends first. The one for returns is a right and not counted."""

_SHOWN = (
    *("id", "number", "state", "type_code", "sub_district", "estate", "estate_name", "urgency", "emergency"),
    *("supervised", "lead", "assignee", "extension", "paused_at", "redos", "repeat_of", "merged_into", "review_reason"),
    *("review", "received_at", "settle_by", "settled_at", "text_version", "version"),
)


def page_of_inbox(
    connection: Connection, unit: str, tab: Tab, assignee: str, page: int, scope: TicketScope | None
) -> tuple[list[dict[str, Any]], bool]:
    """The tickets of a page, and whether there is another page.

    `unit` is a department that leads, or the code of a sub-district; "" means all. `scope` is the reader's.
    """
    columns = [tickets.c[name] for name in _SHOWN]
    lying = _lying(unit, tab, assignee, scope)
    if tab in OVER:
        some = select(*columns, tickets.c.settle_by.label("due_at")).where(lying)
        some = some.order_by(tickets.c.received_at.desc(), tickets.c.id.desc())
    else:
        some = select(*columns, _PRESSING.c.clock, _PRESSING.c.due_at).join(_PRESSING, true(), isouter=True)
        some = some.where(lying).order_by(_PRESSING.c.due_at.asc().nulls_last(), tickets.c.id)
    rows = connection.execute(some.offset((page - 1) * A_PAGE).limit(A_PAGE + 1)).mappings().all()
    found = rows[:A_PAGE]
    ids = [row["id"] for row in found]
    snippets: dict[str, str] = dict(connection.execute(_snippets(ids)).all())
    linked: dict[str, int] = dict(connection.execute(_linked(ids)).all())
    items = [{**row, "snippet": snippets[row["id"]], "linked": linked.get(row["id"], 0)} for row in found]
    return items, len(rows) > A_PAGE


def count_by_tab(connection: Connection, unit: str, scope: TicketScope | None) -> dict[Tab, int]:
    """The number of tickets in each tab where something is due."""
    due = {tab: states for tab, states in STATES.items() if tab not in OVER}
    every = [state for states in due.values() for state in states]
    rows = connection.execute(
        select(tickets.c.state, func.count())
        .where(of_unit(unit), open_to(scope), tickets.c.state.in_(every))
        .group_by(tickets.c.state)
    )
    counted: dict[str, int] = dict(rows.all())
    return {tab: sum(counted.get(state, 0) for state in states) for tab, states in due.items()}


def assignees(connection: Connection, unit: str, tab: Tab, scope: TicketScope | None) -> list[str]:
    """The persons of a unit to whom tickets of a tab are assigned."""
    if tab in OVER:
        return []
    asked = select(tickets.c.assignee).distinct().where(_lying(unit, tab, "", scope), tickets.c.assignee.is_not(None))
    return sorted(connection.execute(asked).scalars())


def _snippets(ids: list[str]) -> Select[Any]:
    return (
        select(tickets.c.id, func.left(ticket_texts.c.text, SNIPPET))
        .join(
            ticket_texts,
            (ticket_texts.c.ticket_id == tickets.c.id) & (ticket_texts.c.version == tickets.c.text_version),
        )
        .where(tickets.c.id.in_(ids))
    )


def _linked(ids: list[str]) -> Select[Any]:
    return (
        select(tickets.c.merged_into, func.count())
        .where(tickets.c.merged_into.in_(ids))
        .group_by(tickets.c.merged_into)
    )


def _lying(unit: str, tab: Tab, assignee: str, scope: TicketScope | None) -> ColumnElement[bool]:
    lying = of_unit(unit) & open_to(scope) & tickets.c.state.in_(STATES[tab])
    return lying & (tickets.c.assignee == assignee) if assignee else lying
