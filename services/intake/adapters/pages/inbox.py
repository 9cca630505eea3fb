"""What lies in a unit's inbox, the most pressing on top."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select, true

from services.chassis.identity import Actor
from services.intake.adapters.rights import SEE_ALL, no_such_ticket
from services.intake.adapters.tables import clocks, ticket_texts, tickets
from services.intake.domain.limits import ClockKind
from services.intake.domain.steps import State

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
    Tab.REVIEW: (State.IN_REVIEW,),
    Tab.TO_SIGN: (State.DISPATCHED,),
    Tab.IN_HAND: (State.SIGNED, State.CONTACTED, State.HANDLING),
    Tab.RETURNS: (State.RETURN_REQUESTED,),
    Tab.REDO: (State.REDO,),
    Tab.LINKED: (State.MERGED,),
    Tab.SETTLED: (State.SETTLED,),
    Tab.TURNED_AWAY: (State.REJECTED, State.TRANSFERRED),
    Tab.ARCHIVED: (State.ARCHIVED,),
}
OF_THE_HUB = frozenset({Tab.REVIEW, Tab.TURNED_AWAY})
"""No unit leads what lies there."""
OVER = frozenset({Tab.SETTLED, Tab.TURNED_AWAY, Tab.ARCHIVED})
"""Nothing of it is due from a unit: the newest on top, and not counted, for they grow with the years."""


def units_of(actor: Actor) -> tuple[list[str] | None, list[str]]:
    """(departments, sub-districts) whose inbox the actor may open; None for every department."""
    everything = not actor.roles.isdisjoint(SEE_ALL)
    return (None if everything else sorted(actor.departments)), sorted(actor.sub_districts)


def chosen(asked: str, actor: Actor) -> str:
    """The unit whose inbox is opened, "" for the whole district. Raises Problem 404 for one of others."""
    departments, sub_districts = units_of(actor)
    if departments is None:
        return asked
    own = [*departments, *sub_districts]
    if not own or (asked and asked not in own):
        raise no_such_ticket()
    return asked or own[0]


_PRESSING = (
    select(clocks.c.kind.label("clock"), clocks.c.due_at)
    .where(
        clocks.c.ticket_id == tickets.c.id,
        clocks.c.stopped_at.is_(None),
        clocks.c.paused_at.is_(None),
        clocks.c.kind != ClockKind.RETURN,
    )
    .order_by(clocks.c.due_at)
    .limit(1)
    .lateral("pressing")
)
"""The running clock of a ticket that ends first. The one for returns is a right, it presses nobody."""

_SHOWN = (
    *("id", "state", "type_code", "sub_district", "estate", "estate_name", "urgency", "emergency", "supervised"),
    *("lead", "assignee", "extension", "paused_at", "redos", "repeat_of", "merged_into", "review_reason"),
    *("received_at", "settle_by", "settled_at", "text_version", "version"),
)


def page_of_inbox(
    connection: Connection, unit: str, tab: Tab, assignee: str, page: int
) -> tuple[list[dict[str, Any]], bool]:
    """(the tickets of a page, whether there is another).

    `unit` is a department that leads, or the code of a sub-district where the matters are; "" means all.
    """
    columns = [tickets.c[name] for name in _SHOWN]
    lying = _lying(unit, tab, assignee)
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


def count_by_tab(connection: Connection, unit: str) -> dict[Tab, int]:
    """How many lie in each tab where something is due."""
    due = {tab: states for tab, states in STATES.items() if tab not in OVER}
    every = [state for states in due.values() for state in states]
    rows = connection.execute(
        select(tickets.c.state, func.count()).where(_of(unit), tickets.c.state.in_(every)).group_by(tickets.c.state)
    )
    counted: dict[str, int] = dict(rows.all())
    return {tab: sum(counted.get(state, 0) for state in states) for tab, states in due.items()}


def assignees(connection: Connection, unit: str, tab: Tab) -> list[str]:
    """To whom of a unit's people something is assigned in a tab."""
    if tab in OVER:
        return []
    asked = select(tickets.c.assignee).distinct().where(_lying(unit, tab, ""), tickets.c.assignee.is_not(None))
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


def _lying(unit: str, tab: Tab, assignee: str) -> ColumnElement[bool]:
    lying = _of(unit) & tickets.c.state.in_(STATES[tab])
    return lying & (tickets.c.assignee == assignee) if assignee else lying


def _of(unit: str) -> ColumnElement[bool]:
    if not unit:
        return true()
    return tickets.c.sub_district == unit if unit.isdigit() else tickets.c.lead == unit
