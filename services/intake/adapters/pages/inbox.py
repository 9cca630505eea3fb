"""What lies in a unit's inbox."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, true

from services.chassis.identity import Actor
from services.intake.adapters.rights import SEE_ALL, no_such_ticket
from services.intake.adapters.tables import ticket_texts, tickets
from services.intake.domain.steps import State

A_PAGE = 50
SNIPPET = 90


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


def page_of_inbox(connection: Connection, unit: str, state: State, page: int) -> tuple[list[dict[str, Any]], bool]:
    """(the tickets of a page, whether there is another). What has a clock running: by when it ends; else the newest.

    `unit` is a department that leads, or the code of a sub-district where the matters are; "" means all.
    """
    running = state is State.DISPATCHED
    order = tickets.c.settle_by.asc() if running else tickets.c.received_at.desc()
    rows = connection.execute(
        select(
            tickets.c.id,
            tickets.c.type_code,
            tickets.c.sub_district,
            tickets.c.estate,
            tickets.c.estate_name,
            tickets.c.urgency,
            tickets.c.lead,
            tickets.c.received_at,
            tickets.c.settle_by,
            tickets.c.settled_at,
            tickets.c.caller_solved,
            func.left(ticket_texts.c.text, SNIPPET).label("snippet"),
        )
        .join(
            ticket_texts,
            (ticket_texts.c.ticket_id == tickets.c.id) & (ticket_texts.c.version == tickets.c.text_version),
        )
        .where(_of(unit), tickets.c.state == state)
        .order_by(order, tickets.c.id)
        .offset((page - 1) * A_PAGE)
        .limit(A_PAGE + 1)
    )
    found = [dict(row) for row in rows.mappings()]
    return found[:A_PAGE], len(found) > A_PAGE


def _of(unit: str) -> ColumnElement[bool]:
    if not unit:
        return true()
    return tickets.c.sub_district == unit if unit.isdigit() else tickets.c.lead == unit
