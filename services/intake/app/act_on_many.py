"""A shift leader answers or signs many tickets at once; each ticket has its own transaction (docs/domain.md §2.6)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from services.chassis.commands import Unknown
from services.chassis.database.work import Work
from services.intake.app.plain_step import TakePlainStep
from services.intake.app.ports import Authorise, Result
from services.intake.app.settle_ticket import SettleTicket
from services.intake.app.ticket_desk import Command
from services.intake.domain.steps import TicketState, TicketStep
from services.intake.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class ActOnMany:
    """Each call takes one step of one ticket, as the ticket stands under its lock, and raises what the step raises."""

    plain: TakePlainStep
    settlement: SettleTicket

    def answer(
        self, work: Work, ticket_id: str, answered: Collection[str], actor: str, result: Result, authorise: Authorise
    ) -> None:
        """Settles the ticket and those linked to it. One already settled with a ticket in `answered` stays as it is."""
        ticket = self._held(work, ticket_id)
        if ticket.state is TicketState.SETTLED and ticket.merged_into in answered:
            return
        self.settlement.settle(work, ticket_id, Command(ticket.version, actor), result, authorise)

    def sign(self, work: Work, ticket_id: str, actor: str, authorise: Authorise) -> None:
        said = Command(self._held(work, ticket_id).version, actor)
        self.plain(work, ticket_id, TicketStep.SIGN, said, authorise)

    def _held(self, work: Work, ticket_id: str) -> Ticket:
        ticket = self.settlement.desk.tickets.lock(work, ticket_id)
        if ticket is None:
            raise Unknown
        return ticket
