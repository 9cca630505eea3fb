"""One matter, many tickets: linked, and unlinked again (domain.md §2.6). Each keeps its caller and gets its answer."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis import metrics
from services.chassis.work import Work
from services.contracts.ticket_events import TicketMerged, TicketUnmerged
from services.intake.app.commands import Authorise, Unfit
from services.intake.app.desk import Desk, Said
from services.intake.domain.steps import OPEN, Step


@dataclass(frozen=True, slots=True)
class MergeTickets:
    """Each call is one step of one ticket. Raises Unknown, Conflict, IllegalStep, Unfit, and what `authorise` does."""

    desk: Desk

    def merge(self, work: Work, ticket_id: str, said: Said, into: str, authorise: Authorise) -> None:
        """Its own clocks run on, and end when the other is settled. One level deep, so that nothing goes round."""
        held = {one.id: one for one in self.desk.tickets.lock_all(work, {ticket_id, into})}
        ticket = self.desk.held(work, ticket_id, said.version, authorise)
        target = held.get(into)
        if target is None or into == ticket_id:
            raise Unfit("into", "names no other ticket; take the ticket_id of the one it belongs to")
        if target.state not in OPEN:
            raise Unfit("into", f"is {target.state}: a ticket is linked to one that a unit works on")
        if self.desk.tickets.merged_into(work, ticket_id):
            raise Unfit("into", "is not possible: others are linked to this ticket; link them to that one first")
        ticket.merge(work.clock.now(), said.actor, into, self.desk.redacted(work, ticket, said.words))
        self.desk.keep(work, ticket, TicketMerged)
        work.after_commit(metrics.TICKET_STEPS.labels(Step.MERGE).inc)

    def unmerge(self, work: Work, ticket_id: str, said: Said, authorise: Authorise) -> None:
        """It goes back to where it was, and counts for itself again."""
        ticket = self.desk.held(work, ticket_id, said.version, authorise)
        ticket.unmerge(work.clock.now(), said.actor, self.desk.redacted(work, ticket, said.words))
        self.desk.keep(work, ticket, TicketUnmerged)
        work.after_commit(metrics.TICKET_STEPS.labels(Step.UNMERGE).inc)
