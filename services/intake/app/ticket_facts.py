"""A ticket's public state, as every ticket event carries it."""

from __future__ import annotations

from typing import Any

from services.intake.domain.ticket import Ticket


def ticket_facts(ticket: Ticket) -> dict[str, Any]:
    return {
        "version": ticket.version,
        "ticket_id": ticket.id,
        "number": ticket.number,
        "state": ticket.state,
        "channel": ticket.channel,
        "caller_ref": ticket.caller_ref,
        "occurred_at": ticket.occurred_at,
        "received_at": ticket.received_at,
        "text_version": ticket.text_version,
        "history": ticket.history or None,
        "type_code": ticket.type_code,
        "kind": ticket.kind,
        "place": ticket.place,
        "urgency": ticket.urgency,
        "lead": ticket.lead,
        "co_handlers": ticket.co_handlers,
        "continues": ticket.continues,
        "merged_into": ticket.merged_into,
        "repeat_of": ticket.repeat_of,
        "settle_by": ticket.settle_by,
        "unit_solved": ticket.unit_solved,
        "caller_solved": ticket.caller_solved,
        "satisfaction": ticket.satisfaction,
        "supervised": ticket.supervised or None,
        "redos": ticket.redos or None,
        "emergency": ticket.emergency or None,
        "restricted": ticket.restricted or None,
        "about_unit": ticket.about_unit,
        "confidential": ticket.confidential or None,
    }
