"""What a caller may see of their ticket without a login."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, union_all

from services.chassis.database.work import Work
from services.contracts.numbers import as_typed
from services.intake.domain.steps import TicketState
from services.intake.store.links import NOT_ERASED
from services.intake.store.tables import tickets


@dataclass(frozen=True, slots=True)
class PublicStatus:
    ticket_id: str
    number: str
    state: TicketState
    received_at: datetime


def public_status(work: Work, ticket_id: str) -> PublicStatus | None:
    """None if there is no such ticket or its caller was erased. One statement, whatever comes of it."""
    columns = (tickets.c.id, tickets.c.number, tickets.c.city_number, tickets.c.state, tickets.c.received_at)
    row = work.connection.execute(select(*columns).where(tickets.c.id == ticket_id, NOT_ERASED)).one_or_none()
    if row is None:
        return None
    return PublicStatus(str(row.id), row.city_number or row.number, TicketState(row.state), row.received_at)


def ticket_of_number(work: Work, typed: str) -> str | None:
    """The id of the ticket whose number, ours or the city's, somebody typed; None if there is none."""
    asked = select(tickets.c.id).where(tickets.c.number == as_typed(typed))
    of_city = select(tickets.c.id).where(tickets.c.city_number == typed)
    found = work.connection.execute(union_all(asked, of_city).limit(1)).scalar_one_or_none()
    return str(found) if found else None
