"""Links tickets of one matter, and unlinks them (docs/domain.md §2.6).

Each keeps its caller and gets its own answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis import metrics
from services.chassis.commands import Unfit, admitted
from services.chassis.database.work import Work
from services.contracts.ticket_events import TicketMerged, TicketUnmerged
from services.intake.app.ports import Authorise
from services.intake.app.ticket_desk import Command, TicketDesk
from services.intake.domain.scope import may_have
from services.intake.domain.steps import OPEN, TicketStep
from services.intake.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class MergeTickets:
    """Each call takes one step. Raises Unknown, Conflict, IllegalTicketStep, Unfit, and what `authorise` raises."""

    desk: TicketDesk

    def merge(self, work: Work, ticket_id: str, command: Command, into: str, authorise: Authorise) -> None:
        """Its deadlines run on until the other is settled. Links are one level deep, so that they form no cycle.

        `into` is the other ticket's id or its number.
        """
        if into.isdecimal():
            into = self.desk.tickets.of_number(work, into) or into
        locked = {one.id: one for one in self.desk.tickets.lock_all(work, {ticket_id, into})}
        ticket = self.desk.lock_checked(work, ticket_id, command.version, authorise)
        nobody = Unfit("into", "names no other ticket; take the id or the number of the one it belongs to")
        target = admitted(locked.get(into), authorise, nobody)
        if into == ticket_id:
            raise nobody
        if target.state not in OPEN:
            raise Unfit("into", f"is {target.state}: a ticket is linked to one that a unit works on")
        if self.desk.tickets.merged_into(work, ticket_id):
            raise Unfit("into", "is not possible: others are linked to this ticket; link them to that one first")
        _check_about(ticket, target)
        words = self.desk.redacted(work, ticket, command.words) or None
        ticket.merge(work.clock.now(), command.actor, into, words)
        ticket.keep_apart(target)
        self.desk.save_and_publish(work, ticket, TicketMerged)
        work.after_commit(metrics.TICKET_STEPS.labels(TicketStep.MERGE).inc)

    def unmerge(self, work: Work, ticket_id: str, command: Command, authorise: Authorise) -> None:
        """It returns to the state it had, and counts for itself again."""
        ticket = self.desk.lock_checked(work, ticket_id, command.version, authorise)
        ticket.unmerge(work.clock.now(), command.actor, self.desk.redacted(work, ticket, command.words))
        self.desk.save_and_publish(work, ticket, TicketUnmerged)
        work.after_commit(metrics.TICKET_STEPS.labels(TicketStep.UNMERGE).inc)


def _check_about(ticket: Ticket, target: Ticket) -> None:
    """Raises Unfit if one of them is about the unit that leads the other: both would get its answer."""
    if not may_have(target.lead, ticket.about_unit):
        raise Unfit("into", f"is led by {target.lead}, the unit that this ticket is about")
    if not may_have(ticket.lead, target.about_unit):
        raise Unfit("into", f"is about {ticket.lead}, which leads this ticket: send this one to another unit first")
