"""The results of units that settled a ticket, and what its caller said to each."""

from __future__ import annotations

from sqlalchemy import insert

from services.chassis.database.work import Work
from services.intake.app.ports import Result
from services.intake.domain.ticket import Ticket
from services.intake.store.tables import settlements, visits


class SqlSettlements:
    """Implements the port Settlements."""

    def add(self, work: Work, ticket: Ticket, result: Result) -> None:
        handed_in = {
            "ticket_id": ticket.id,
            "version": ticket.version,
            "public_answer": result.public_answer,
            "reason": result.reason,
            "handling": result.handling,
            "matter_true": result.matter_true,
            "beyond_duty": result.beyond_duty,
        }
        work.connection.execute(insert(settlements), handed_in)

    def add_visit(self, work: Work, ticket: Ticket) -> None:
        said = {
            "ticket_id": ticket.id,
            "round": ticket.redos,
            "at": ticket.visited_at,
            "solved": ticket.caller_solved,
            "satisfaction": ticket.satisfaction,
        }
        work.connection.execute(insert(visits), said)
