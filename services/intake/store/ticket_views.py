"""Tickets for display: facts, redacted text, history; never the caller's identity."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BindParameter,
    Column,
    Connection,
    Row,
    Select,
    Table,
    bindparam,
    exists,
    func,
    select,
    text,
    tuple_,
    union,
)

from services.chassis.database.rows import rows_by_name
from services.intake.domain.scope import TicketScope
from services.intake.domain.steps import TicketState
from services.intake.store.attachments import attached_to
from services.intake.store.caller_readings import readings_of
from services.intake.store.tables import (
    attachments,
    caller_readings,
    clocks,
    settlements,
    ticket_history,
    ticket_texts,
    tickets,
)
from services.intake.store.telling_tables import tellings
from services.intake.store.telling_views import tellings_of
from services.intake.store.ticket_scope import listed_within, open_to, seen_by


def _but(table: Table, *names: str) -> list[Column[Any]]:
    return [column for column in table.c if column.name not in names]


# Built once: every step answers with its ticket, and building a statement takes longer than running it.
_ID: BindParameter[str] = bindparam("ticket_id")
_LINKED = tickets.alias()
_TICKET = (  # and which of its parts need a query of their own
    select(
        tickets,
        ticket_texts.c.text,
        ticket_texts.c.address,
        func.array(
            select(_LINKED.c.id).where(_LINKED.c.merged_into == _ID).order_by(_LINKED.c.id).scalar_subquery(),
            type_=ARRAY(_LINKED.c.id.type),
        ).label("merged"),
        exists().where(settlements.c.ticket_id == _ID).label("is_handed_in"),
        exists().where(attachments.c.ticket_id == _ID).label("has_attachments"),
        exists().where(tellings.c.ticket_id == _ID).label("has_tellings"),
        exists().where(caller_readings.c.ticket_id == _ID).label("was_read"),
    )
    .join(ticket_texts, (ticket_texts.c.ticket_id == tickets.c.id) & (ticket_texts.c.version == tickets.c.text_version))
    .where(tickets.c.id == _ID)
)
_HANDED_IN = (  # the last settlement
    select(*_but(settlements, "ticket_id", "version"))
    .where(settlements.c.ticket_id == _ID)
    .order_by(settlements.c.version.desc())
    .limit(1)
)
_CLOCKS = (
    select(*_but(clocks, "ticket_id", "since", "rules_version", "warn_at", "paused", "warned_at"))
    .where(clocks.c.ticket_id == _ID)
    .order_by(clocks.c.since, clocks.c.due_at, clocks.c.kind)
)
_HISTORY = (
    select(*_but(ticket_history, "ticket_id"))
    .where(ticket_history.c.ticket_id == _ID)
    .order_by(ticket_history.c.version, ticket_history.c.at)  # in old rows a breach has the version of the dispatch
)


def in_scope(row: Row[Any], scope: TicketScope | None) -> bool:
    return scope is None or scope.holds(row)


NEWEST_FIRST = text("received_at DESC, id DESC")
"""The order of a union; as text, for SQLAlchemy would copy every column of every part to find these two."""


def ticket_with_history(
    connection: Connection, ticket_id: str, scope: TicketScope | None = None
) -> dict[str, Any] | None:
    """None if there is no such ticket, or it is not within `scope`."""
    asked = {"ticket_id": ticket_id}
    row = connection.execute(_TICKET, asked).one_or_none()
    if row is None or not in_scope(row, scope):
        return None
    return {
        **facts_of(row),
        "text": row.text,
        "address": row.address,
        "settlement": rows_by_name(connection.execute(_HANDED_IN, asked))[0] if row.is_handed_in else None,
        "clocks": rows_by_name(connection.execute(_CLOCKS, asked)),
        "merged": _open_ones(connection, row.merged, scope),
        "attachments": attached_to(connection, ticket_id) if row.has_attachments else [],
        "tellings": tellings_of(connection, ticket_id) if row.has_tellings else [],
        "history": rows_by_name(connection.execute(_HISTORY, asked)),
        "caller_readings": readings_of(connection, ticket_id) if row.was_read else [],
    }


def numbers_seen(connection: Connection, ids: Collection[str], scope: TicketScope | None) -> dict[str, str]:
    """The numbers of those that the reader may see, by id."""
    if not ids:
        return {}
    return dict(
        connection.execute(select(tickets.c.id, tickets.c.number).where(tickets.c.id.in_(ids), seen_by(scope))).all()
    )


def page_of_tickets(
    connection: Connection,
    *,
    state: TicketState | None,
    scope: TicketScope | None,
    before: tuple[datetime, str] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """The newest first; `before` is the (received_at, id) of the last one seen.

    `scope` None means all; otherwise those that its departments lead and those from its sub-districts.
    """
    conditions = listed_within(scope)
    # Each state of each condition is one run of an index, whatever the table's size; the page is merged from them.
    runs = [
        _newest(select(tickets).where(condition, tickets.c.state == one), before, limit)
        for condition in conditions
        for one in ([state] if state else TicketState)
    ]
    if not runs:
        return []
    page = runs[0] if len(runs) == 1 else union(*runs).order_by(NEWEST_FIRST).limit(limit)
    return [facts_of(row) for row in connection.execute(page)]


def _open_ones(connection: Connection, ids: list[str], scope: TicketScope | None) -> list[str]:
    """Those of these tickets that are not hidden from the reader, in their order."""
    if not ids or scope is None:
        return ids
    return list(
        connection.execute(
            select(tickets.c.id).where(tickets.c.id.in_(ids), open_to(scope)).order_by(tickets.c.id)
        ).scalars()
    )


def _newest(query: Select[Any], before: tuple[datetime, str] | None, limit: int) -> Select[Any]:
    columns = tickets.c
    if before is not None:
        place = (columns.received_at, columns.id)
        query = query.where(tuple_(*place) < tuple_(*before, types=[column.type for column in place]))
    return query.order_by(columns.received_at.desc(), columns.id.desc()).limit(limit)


def count_by_state(connection: Connection) -> dict[str, int]:
    """How many tickets are in each state. Reads the small index of states whole: 0.1 s for a million tickets."""
    rows = connection.execute(select(tickets.c.state, func.count()).group_by(tickets.c.state))
    return dict(rows.all())


_SHOWN = (
    "number",
    "version",
    "state",
    "channel",
    "occurred_at",
    "received_at",
    "type_code",
    "kind",
    "urgency",
    "emergency",
    "restricted",
    "about_unit",
    "confidential",
    "lead",
    "co_handlers",
    "assignee",
    "review_reason",
    "review",
    "continues",
    "repeat_of",
    "merged_into",
    "dispatched_at",
    "signed_at",
    "contacted_at",
    "settle_by",
    "extension",
    "paused_at",
    "supervised",
    "returns",
    "redos",
    "settled_at",
    "unit_solved",
    "unreached",
    "visited_at",
    "caller_solved",
    "satisfaction",
    "city_number",
    "city_by",
    "reach",
)
_PLACE = ("sub_district", "estate", "estate_name", "building")


def facts_of(row: Row[Any]) -> dict[str, Any]:
    place = {name: getattr(row, name) for name in _PLACE}
    known = row.sub_district or row.estate
    return {
        "ticket_id": row.id,
        **{name: getattr(row, name) for name in _SHOWN},
        "place": place if known else None,
    }
