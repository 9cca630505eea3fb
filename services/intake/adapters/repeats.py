"""Earlier tickets of the same caller."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from services.chassis.work import Work
from services.intake.adapters.tables import tickets
from services.intake.domain.repeats import WINDOW
from services.intake.domain.steps import OPEN
from services.intake.domain.ticket import Ticket

_OPEN_OF_CALLER = (
    select(tickets.c.id)
    .where(
        tickets.c.caller_ref == bindparam("caller_ref"),
        tickets.c.occurred_at > bindparam("since"),
        tickets.c.occurred_at <= bindparam("until"),
        tickets.c.type_code == bindparam("type_code"),
        tickets.c.estate == bindparam("estate"),
        tickets.c.state.in_(OPEN),
        tickets.c.id != bindparam("ticket_id"),
    )
    .order_by(tickets.c.occurred_at.desc(), tickets.c.id)
)


class SqlRepeats:
    """Implements the port Repeats."""

    def open_of_caller(self, work: Work, ticket: Ticket) -> list[str]:
        assert ticket.place
        asked = {
            "caller_ref": ticket.caller_ref,
            "since": ticket.occurred_at - WINDOW,
            "until": ticket.occurred_at,
            "type_code": ticket.type_code,
            "estate": ticket.place.estate,
            "ticket_id": ticket.id,
        }
        return list(work.connection.execute(_OPEN_OF_CALLER, asked).scalars())
