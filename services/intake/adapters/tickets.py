"""Tickets in PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, bindparam, insert, select, text, update

from services.chassis.work import Work
from services.contracts.ticket_events import Channel, Place, Satisfaction, Urgency
from services.intake.adapters.tables import ticket_history, ticket_texts, tickets
from services.intake.domain.ticket import HistoryEntry, State, Ticket

# One round trip for the three rows of a new ticket.
_ADD = text(
    """
    WITH ticket AS (
        INSERT INTO tickets (id, version, state, channel, caller_ref, occurred_at, received_at, history, continues,
                             text_version, type_code, sub_district, estate, estate_name, urgency, lead, co_handlers,
                             review_reason)
        VALUES (:id, :version, :state, :channel, :caller_ref, :occurred_at, :received_at, :history, :continues,
                :text_version, :type_code, :sub_district, :estate, :estate_name, :urgency, :lead, :co_handlers,
                :review_reason)
    ), recorded_text AS (
        INSERT INTO ticket_texts (ticket_id, version, text, address) VALUES (:id, :text_version, :text, :address)
    )
    INSERT INTO ticket_history (ticket_id, version, at, step, state, actor, detail)
    VALUES (:id, :version, :at, :step, :state, :actor, :detail)
    """
)
_ADD_HISTORY = insert(ticket_history)
_FIND = select(tickets).where(tickets.c.id == bindparam("ticket_id"))
_LOCK = _FIND.with_for_update()
_WORDS = (
    select(ticket_texts.c.text, ticket_texts.c.address)
    .where(ticket_texts.c.ticket_id == bindparam("ticket_id"))
    .order_by(ticket_texts.c.version.desc())
    .limit(1)
)
_SAVE = update(tickets).where(tickets.c.id == bindparam("ticket_id"))


class SqlTickets:
    """Implements the port Tickets."""

    def add(self, work: Work, ticket: Ticket, text: str, address: str | None) -> None:
        (received,) = ticket.steps
        values = {"id": ticket.id, **_columns(ticket), "text": text, "address": address, **_history(ticket, received)}
        work.connection.execute(_ADD, values)
        ticket.steps.clear()

    def lock(self, work: Work, ticket_id: str) -> Ticket | None:
        row = work.connection.execute(_LOCK, {"ticket_id": ticket_id}).one_or_none()
        return ticket_of(row) if row else None

    def find(self, work: Work, ticket_id: str) -> Ticket | None:
        row = work.connection.execute(_FIND, {"ticket_id": ticket_id}).one_or_none()
        return ticket_of(row) if row else None

    def words(self, work: Work, ticket_id: str) -> tuple[str, str | None]:
        row = work.connection.execute(_WORDS, {"ticket_id": ticket_id}).one()
        return row.text, row.address

    def save(self, work: Work, ticket: Ticket) -> None:
        work.connection.execute(_SAVE, {"ticket_id": ticket.id, **_columns(ticket)})
        work.connection.execute(_ADD_HISTORY, [_history(ticket, entry) for entry in ticket.steps])
        ticket.steps.clear()


def ticket_of(row: Row[Any]) -> Ticket:
    known = row.sub_district or row.estate
    return Ticket(
        id=row.id,
        channel=Channel(row.channel),
        caller_ref=row.caller_ref,
        occurred_at=row.occurred_at,
        received_at=row.received_at,
        history=row.history,
        continues=row.continues,
        text_version=row.text_version,
        version=row.version,
        state=State(row.state),
        type_code=row.type_code,
        place=Place(sub_district=row.sub_district, estate=row.estate, estate_name=row.estate_name) if known else None,
        urgency=Urgency(row.urgency) if row.urgency else None,
        lead=row.lead,
        co_handlers=tuple(row.co_handlers),
        review_reason=row.review_reason,
        settle_by=row.settle_by,
        settled_at=row.settled_at,
        settled_by=row.settled_by,
        unit_solved=row.unit_solved,
        visited_at=row.visited_at,
        caller_solved=row.caller_solved,
        satisfaction=Satisfaction(row.satisfaction) if row.satisfaction else None,
    )


def _columns(ticket: Ticket) -> dict[str, Any]:
    place = ticket.place or Place()
    return {
        "version": ticket.version,
        "state": ticket.state,
        "channel": ticket.channel,
        "caller_ref": ticket.caller_ref,
        "occurred_at": ticket.occurred_at,
        "received_at": ticket.received_at,
        "history": ticket.history,
        "continues": ticket.continues,
        "text_version": ticket.text_version,
        "type_code": ticket.type_code,
        "sub_district": place.sub_district,
        "estate": place.estate,
        "estate_name": place.estate_name,
        "urgency": ticket.urgency,
        "lead": ticket.lead,
        "co_handlers": list(ticket.co_handlers),
        "review_reason": ticket.review_reason,
        "settle_by": ticket.settle_by,
        "settled_at": ticket.settled_at,
        "settled_by": ticket.settled_by,
        "unit_solved": ticket.unit_solved,
        "visited_at": ticket.visited_at,
        "caller_solved": ticket.caller_solved,
        "satisfaction": ticket.satisfaction,
    }


def _history(ticket: Ticket, entry: HistoryEntry) -> dict[str, Any]:
    return {
        "ticket_id": ticket.id,
        "version": entry.version,
        "at": entry.at,
        "step": entry.step,
        "state": entry.state,
        "actor": entry.actor,
        "detail": entry.detail,
    }
