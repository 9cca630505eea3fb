"""Tickets in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from pydantic_core import to_json
from sqlalchemy import ARRAY, Connection, Integer, any_, bindparam, func, select, text

from services.chassis.database.work import Work
from services.intake.app.ports import NewTicket
from services.intake.domain.history import TicketHistoryEntry
from services.intake.domain.steps import TicketState
from services.intake.domain.ticket import Ticket
from services.intake.store.tables import ticket_serials, ticket_texts, tickets
from services.intake.store.ticket_rows import HISTORY_COLUMNS, TICKET_COLUMNS, history_row, ticket_of, ticket_row

_TICKETS, _HISTORY = ", ".join(TICKET_COLUMNS), ", ".join(HISTORY_COLUMNS)
# Rows are passed as JSON: one statement for any number of rows and for all columns of both tables.
_ADD_HISTORY = f"""
    INSERT INTO ticket_history ({_HISTORY})
    SELECT {_HISTORY} FROM json_populate_recordset(CAST(NULL AS ticket_history), CAST(:history AS json))
"""  # noqa: S608 - the names of our own columns
_ADD = text(
    f"""
    WITH added AS (
        INSERT INTO tickets ({_TICKETS})
        SELECT {_TICKETS} FROM json_populate_recordset(CAST(NULL AS tickets), CAST(:tickets AS json))
    ), texts AS (
        INSERT INTO ticket_texts (ticket_id, version, text, address)
        SELECT ticket_id, version, text, address
          FROM json_populate_recordset(CAST(NULL AS ticket_texts), CAST(:texts AS json))
    )
    {_ADD_HISTORY}
    """  # noqa: S608
)
# The ids stand beside the JSON, whose length the planner does not know, so that the rows are found by the index.
_SAVE = text(
    f"""
    WITH saved AS (
        UPDATE tickets AS t SET {", ".join(f"{name} = s.{name}" for name in TICKET_COLUMNS if name != "id")}
          FROM json_populate_recordset(CAST(NULL AS tickets), CAST(:tickets AS json)) AS s
         WHERE t.id = s.id AND t.id = ANY(CAST(:ids AS uuid[]))
    )
    {_ADD_HISTORY}
    """  # noqa: S608
)
_FIND = select(tickets).where(tickets.c.id == bindparam("ticket_id"))
_FIND_ALL = select(tickets).where(tickets.c.id == any_(bindparam("ids", type_=ARRAY(tickets.c.id.type))))
# KEY SHARE: a transaction that only refers to a ticket (a repeat, a follow-up) must not wait for it out of order.
_LOCK = _FIND.with_for_update(key_share=True)
_LOCK_ALL = (
    select(tickets)
    .where(tickets.c.id == any_(bindparam("ids", type_=ARRAY(tickets.c.id.type))))
    .order_by(tickets.c.id)
    .with_for_update(key_share=True)
)
_LOCK_MERGED = (
    select(tickets)
    .where(tickets.c.merged_into == bindparam("ticket_id"), tickets.c.state == TicketState.MERGED)
    .order_by(tickets.c.id)
    .with_for_update(key_share=True)
)
_WORDS = (
    select(ticket_texts.c.text, ticket_texts.c.address)
    .where(ticket_texts.c.ticket_id == bindparam("ticket_id"))
    .order_by(ticket_texts.c.version.desc())
    .limit(1)
)
_DRAW = select(ticket_serials.next_value()).select_from(func.generate_series(1, bindparam("count", type_=Integer)))
_NUMBERS = select(tickets.c.id, tickets.c.number).where(
    tickets.c.id == any_(bindparam("ids", type_=ARRAY(tickets.c.id.type)))
)
_OF_CALLER = (
    select(tickets)
    .where(tickets.c.caller_ref == bindparam("caller_ref"))
    .order_by(tickets.c.occurred_at.desc(), tickets.c.id)
)
_OF_NUMBER = select(tickets.c.id).where(tickets.c.number == bindparam("number"))
_OF_CITY = select(tickets.c.id).where(tickets.c.city_number == bindparam("number"))


class SqlTickets:
    """Implements the ports Tickets and TicketsOfCallers."""

    def draw_serials(self, work: Work, count: int) -> list[int]:
        return list(work.connection.execute(_DRAW, {"count": count}).scalars()) if count else []

    def add(self, work: Work, new_tickets: Sequence[NewTicket]) -> None:
        if not new_tickets:
            return
        texts = [
            {"ticket_id": new.ticket.id, "version": new.ticket.text_version, "text": new.text, "address": new.address}
            for new in new_tickets
        ]
        added = {
            "tickets": _json([ticket_row(new.ticket) for new in new_tickets]),
            "texts": _json(texts),
            "history": _json([history_row(new.ticket.id, entry) for new in new_tickets for entry in new.ticket.steps]),
        }
        work.connection.execute(_ADD, added)
        for new in new_tickets:
            new.ticket.steps.clear()

    def lock(self, work: Work, ticket_id: str) -> Ticket | None:
        row = work.connection.execute(_LOCK, {"ticket_id": ticket_id}).one_or_none()
        return ticket_of(row) if row else None

    def lock_all(self, work: Work, ticket_ids: Collection[str]) -> list[Ticket]:
        return [ticket_of(row) for row in work.connection.execute(_LOCK_ALL, {"ids": list(ticket_ids)})]

    def merged_into(self, work: Work, ticket_id: str) -> list[Ticket]:
        return [ticket_of(row) for row in work.connection.execute(_LOCK_MERGED, {"ticket_id": ticket_id})]

    def find(self, work: Work, ticket_id: str) -> Ticket | None:
        row = work.connection.execute(_FIND, {"ticket_id": ticket_id}).one_or_none()
        return ticket_of(row) if row else None

    def find_all(self, work: Work, ticket_ids: Collection[str]) -> list[Ticket]:
        return [ticket_of(row) for row in work.connection.execute(_FIND_ALL, {"ids": list(ticket_ids)})]

    def of_number(self, work: Work, number: str) -> str | None:
        return work.connection.execute(_OF_NUMBER, {"number": number}).scalar_one_or_none()

    def of_city(self, work: Work, number: str) -> str | None:
        return work.connection.execute(_OF_CITY, {"number": number}).scalar_one_or_none()

    def numbers(self, work: Work, ticket_ids: Collection[str]) -> Mapping[str, str]:
        return numbers_of(work.connection, ticket_ids)

    def of_caller(self, work: Work, caller_ref: str) -> list[Ticket]:
        return [ticket_of(row) for row in work.connection.execute(_OF_CALLER, {"caller_ref": caller_ref})]

    def words(self, work: Work, ticket_id: str) -> tuple[str, str | None]:
        row = work.connection.execute(_WORDS, {"ticket_id": ticket_id}).one()
        return row.text, row.address

    def save(self, work: Work, tickets: Sequence[Ticket], history: Sequence[tuple[str, TicketHistoryEntry]]) -> None:
        if not tickets:
            return
        entries = [history_row(ticket_id, entry) for ticket_id, entry in history]
        rows = [ticket_row(ticket) for ticket in tickets]
        saved = {"ids": [row["id"] for row in rows], "tickets": _json(rows), "history": _json(entries)}
        work.connection.execute(_SAVE, saved)


def numbers_of(connection: Connection, ticket_ids: Collection[str]) -> dict[str, str]:
    """By id, of those that exist."""
    if not ticket_ids:
        return {}
    return dict(connection.execute(_NUMBERS, {"ids": list(ticket_ids)}).all())


def _json(rows: Sequence[Mapping[str, object]]) -> str:
    return to_json(rows).decode()
