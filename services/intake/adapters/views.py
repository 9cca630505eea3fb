"""Tickets as they are shown: facts, redacted text, history. Never the caller's identity."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select, tuple_

from services.intake.adapters.tables import ticket_history, ticket_texts, tickets


def ticket_with_history(connection: Connection, ticket_id: str) -> dict[str, Any] | None:
    row = connection.execute(
        select(tickets, ticket_texts.c.text, ticket_texts.c.address)
        .join(
            ticket_texts,
            (ticket_texts.c.ticket_id == tickets.c.id) & (ticket_texts.c.version == tickets.c.text_version),
        )
        .where(tickets.c.id == ticket_id)
    ).one_or_none()
    if row is None:
        return None
    history = connection.execute(
        select(ticket_history).where(ticket_history.c.ticket_id == ticket_id).order_by(ticket_history.c.version)
    )
    steps = [{name: value for name, value in one.items() if name != "ticket_id"} for one in history.mappings()]
    return {**_facts(row), "text": row.text, "address": row.address, "history": steps}


def page_of_tickets(
    connection: Connection,
    *,
    state: str | None,
    departments: Collection[str] | None,
    before: tuple[datetime, str] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """The newest first; `before` is the (received_at, id) of the last one seen. `departments` None means all."""
    query = select(tickets).order_by(tickets.c.received_at.desc(), tickets.c.id.desc()).limit(limit)
    if state is not None:
        query = query.where(tickets.c.state == state)
    if departments is not None:
        query = query.where(or_(*(tickets.c.lead == code for code in departments)))
    if before is not None:
        query = query.where(tuple_(tickets.c.received_at, tickets.c.id) < tuple_(*before))
    return [_facts(row) for row in connection.execute(query)]


def count_by_state(connection: Connection) -> dict[str, int]:
    rows = connection.execute(select(tickets.c.state, func.count()).group_by(tickets.c.state))
    return dict(rows.tuples().all())


def _facts(row: Row[Any]) -> dict[str, Any]:
    place = {"sub_district": row.sub_district, "estate": row.estate, "estate_name": row.estate_name}
    return {
        "ticket_id": row.id,
        "version": row.version,
        "state": row.state,
        "channel": row.channel,
        "occurred_at": row.occurred_at,
        "received_at": row.received_at,
        "type_code": row.type_code,
        "place": place if row.sub_district or row.estate else None,
        "urgency": row.urgency,
        "lead": row.lead,
        "co_handlers": row.co_handlers,
        "review_reason": row.review_reason,
    }
