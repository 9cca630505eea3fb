"""One act of a shift leader on many tickets; each ticket has a transaction of its own (domain.md §2.6)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from services.chassis.work import Work
from services.intake.app.commands import Authorise, Unknown
from services.intake.app.desk import Said
from services.intake.app.plain_steps import TakePlainStep
from services.intake.app.ports import Result
from services.intake.app.settle import SettleTicket
from services.intake.domain.steps import State, Step
from services.intake.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class ActOnMany:
    """Whoever acts on many has not looked at each: a ticket is taken as it stands under its lock.

    Each call is one ticket's and raises what the step does.
    """

    plain: TakePlainStep
    settlement: SettleTicket

    def answer(
        self, work: Work, ticket_id: str, answered: Collection[str], actor: str, result: Result, authorise: Authorise
    ) -> None:
        """Settles it, with what is linked to it; one that was settled with a ticket `answered` before is done."""
        ticket = self._held(work, ticket_id)
        if ticket.state is State.SETTLED and ticket.merged_into in answered:
            return
        self.settlement.settle(work, ticket_id, Said(ticket.version, actor), result, authorise)

    def sign(self, work: Work, ticket_id: str, actor: str, authorise: Authorise) -> None:
        said = Said(self._held(work, ticket_id).version, actor)
        self.plain(work, ticket_id, Step.SIGN, said, authorise)

    def _held(self, work: Work, ticket_id: str) -> Ticket:
        ticket = self.settlement.desk.tickets.lock(work, ticket_id)
        if ticket is None:
            raise Unknown
        return ticket
