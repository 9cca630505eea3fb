"""Tickets in PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, insert, select, update

from services.chassis.work import Work
from services.contracts.ticket_events import Channel, Place, Urgency
from services.intake.adapters.tables import ticket_history, ticket_texts, tickets
from services.intake.domain.ticket import State, Ticket


class SqlTickets:
    """Implements the port Tickets."""

    def add(self, work: Work, ticket: Ticket, text: str, address: str | None) -> None:
        work.connection.execute(insert(tickets).values(id=ticket.id, **_columns(ticket)))
        work.connection.execute(
            insert(ticket_texts).values(
                ticket_id=ticket.id, version=ticket.text_version, text=text, address=address
            )
        )
        self._add_history(work, ticket)

    def lock(self, work: Work, ticket_id: str) -> Ticket | None:
        row = work.connection.execute(select(tickets).where(tickets.c.id == ticket_id).with_for_update()).one_or_none()
        return ticket_of(row) if row else None

    def save(self, work: Work, ticket: Ticket) -> None:
        work.connection.execute(update(tickets).where(tickets.c.id == ticket.id).values(**_columns(ticket)))
        self._add_history(work, ticket)

    def _add_history(self, work: Work, ticket: Ticket) -> None:
        work.connection.execute(
            insert(ticket_history),
            [
                {
                    "ticket_id": ticket.id,
                    "version": entry.version,
                    "at": entry.at,
                    "step": entry.step,
                    "state": entry.state,
                    "actor": entry.actor,
                    "detail": entry.detail,
                }
                for entry in ticket.steps
            ],
        )
        ticket.steps.clear()


def ticket_of(row: Row[Any]) -> Ticket:
    known = row.sub_district or row.estate
    return Ticket(
        id=row.id,
        channel=Channel(row.channel),
        caller_ref=row.caller_ref,
        occurred_at=row.occurred_at,
        received_at=row.received_at,
        text_version=row.text_version,
        version=row.version,
        state=State(row.state),
        type_code=row.type_code,
        place=Place(sub_district=row.sub_district, estate=row.estate, estate_name=row.estate_name) if known else None,
        urgency=Urgency(row.urgency) if row.urgency else None,
        lead=row.lead,
        co_handlers=tuple(row.co_handlers),
        review_reason=row.review_reason,
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
        "text_version": ticket.text_version,
        "type_code": ticket.type_code,
        "sub_district": place.sub_district,
        "estate": place.estate,
        "estate_name": place.estate_name,
        "urgency": ticket.urgency,
        "lead": ticket.lead,
        "co_handlers": list(ticket.co_handlers),
        "review_reason": ticket.review_reason,
    }
