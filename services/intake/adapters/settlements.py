"""What units handed in when they settled."""

from __future__ import annotations

from sqlalchemy import insert

from services.chassis.work import Work
from services.intake.adapters.tables import settlements
from services.intake.app.ports import Result
from services.intake.domain.ticket import Ticket


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
