"""What units said when they settled."""

from __future__ import annotations

from sqlalchemy import insert

from services.chassis.work import Work
from services.intake.adapters.tables import settlements
from services.intake.domain.ticket import Ticket


class SqlSettlements:
    """Implements the port Settlements."""

    def add(self, work: Work, ticket: Ticket, public_answer: str, reason: str | None) -> None:
        words = {"ticket_id": ticket.id, "version": ticket.version, "public_answer": public_answer, "reason": reason}
        work.connection.execute(insert(settlements), words)
