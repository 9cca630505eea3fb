"""Co-handlers report their part of a ticket; the lead stays responsible (docs/domain.md §2.1, 首接负责制)."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis import metrics
from services.chassis.commands import Unfit
from services.chassis.database.work import Work
from services.contracts.ticket_events import TicketCoHandlerReported
from services.intake.app.ports import Authorise
from services.intake.app.ticket_desk import Command, TicketDesk
from services.intake.domain.steps import TicketStep


@dataclass(frozen=True, slots=True)
class AssistTicket:
    desk: TicketDesk

    def __call__(
        self, work: Work, ticket_id: str, command: Command, authorise: Authorise, *, contacted: bool = False
    ) -> None:
        """Records the report of the co-handler that the actor speaks for; no clock of the lead's stops.

        Raises Unknown, Conflict, IllegalTicketStep, what `authorise` raises, and Unfit for whoever is no co-handler.
        """
        ticket = self.desk.lock_checked(work, ticket_id, command.version, authorise)
        unit = next((one for one in ticket.co_handlers if one in command.departments), None)
        if unit is None:
            raise Unfit("ticket_id", "is of a ticket in which your department does not help")
        words = self.desk.redacted(work, ticket, command.words)
        ticket.assist(work.clock.now(), command.actor, unit, words, contacted=contacted)
        self.desk.save_and_publish(work, ticket, TicketCoHandlerReported, unit=unit, contacted=contacted)
        work.after_commit(metrics.TICKET_STEPS.labels(TicketStep.ASSIST).inc)
