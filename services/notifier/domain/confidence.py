"""Which departments may see a ticket at all, regardless of the routes."""

from __future__ import annotations

from typing import NamedTuple

from services.contracts.ticket_events import TicketEvent


class Guard(NamedTuple):
    """What the newest fact of a ticket says of who may hear of it."""

    restricted: bool | None
    lead: str | None
    about_unit: str | None


def may_hear(department: str, ticket: TicketEvent | Guard, hub: str) -> bool:
    """Of a ticket about a department, that department hears nothing. Of a restricted one, only its lead and the hub do;
    the unit that it was taken from is refused at its next reply."""
    if department == ticket.about_unit:
        return False
    return not ticket.restricted or department in (ticket.lead, hub)
