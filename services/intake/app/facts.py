"""A ticket's public state, as every ticket event carries it."""

from __future__ import annotations

from typing import Any

from services.intake.domain.ticket import Ticket


def ticket_facts(ticket: Ticket) -> dict[str, Any]:
    return {
        "version": ticket.version,
        "ticket_id": ticket.id,
        "state": ticket.state,
        "channel": ticket.channel,
        "caller_ref": ticket.caller_ref,
        "occurred_at": ticket.occurred_at,
        "received_at": ticket.received_at,
        "text_version": ticket.text_version,
        "history": ticket.history or None,
        "type_code": ticket.type_code,
        "place": ticket.place,
        "urgency": ticket.urgency,
        "lead": ticket.lead,
        "co_handlers": ticket.co_handlers,
        "continues": ticket.continues,
        "settle_by": ticket.settle_by,
        "unit_solved": ticket.unit_solved,
        "caller_solved": ticket.caller_solved,
        "satisfaction": ticket.satisfaction,
    }
