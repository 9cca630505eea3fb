"""Ends tickets: the unit settles, another role asks the caller, then archive or redo (docs/domain.md §2.1, §10.1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from services.chassis import metrics
from services.chassis.commands import Unfit
from services.chassis.database.work import Work
from services.contracts.ticket_events import (
    Satisfaction,
    TicketArchived,
    TicketRedoOrdered,
    TicketSettled,
    TicketVisited,
)
from services.intake.app.ports import Authorise, Result, Settlements
from services.intake.app.ticket_desk import Command, TicketChanges, TicketDesk
from services.intake.domain.step_causes import redone
from services.intake.domain.ticket import Ticket

ARCHIVE = "archive"


@dataclass(frozen=True, slots=True)
class Visit:
    """The caller's word. `redo` is why the unit has to do it again; None archives the ticket.

    `redo_by` is the city's new deadline, if it sets one.
    """

    caller_solved: bool
    satisfaction: Satisfaction | None = None
    redo: str | None = None
    redo_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class SettleTicket:
    """Each call takes one step; of two concurrent ones the second gets Conflict."""

    desk: TicketDesk
    settlements: Settlements

    def settle(self, work: Work, ticket_id: str, command: Command, result: Result, authorise: Authorise) -> None:
        """Settles the ticket and those linked to it with the same answer; each has its own caller to be asked.

        Raises Unknown, Conflict, IllegalTicketStep, and Unfit when it is not solved and no reason is given.
        """
        ticket = self.desk.lock_checked(work, ticket_id, command.version, authorise)
        if not result.unit_solved and not result.reason:
            raise Unfit("reason", "is missing: say why the matter is not solved")
        changes = TicketChanges(self.desk, work)
        self._settle(changes, ticket, command.actor, result)
        for linked in self.desk.tickets.merged_into(work, ticket_id):
            linked.lead = linked.lead or ticket.lead
            self._settle(changes, linked, command.actor, result)
        changes.save()

    def _settle(self, changes: TicketChanges, ticket: Ticket, actor: str, result: Result) -> None:
        work, redacted = changes.work, self._redacted(changes.work, ticket, result)
        now = work.clock.now()
        ticket.settle(now, actor, redacted.unit_solved, redacted.reason)
        self.settlements.add(work, ticket, redacted)
        changes.add(ticket, TicketSettled, settled_at=now)
        work.after_commit(metrics.TICKETS_SETTLED.labels("on_time" if ticket.on_time else "late").inc)

    def visit(self, work: Work, ticket_id: str, command: Command, visit: Visit, authorise: Authorise) -> None:
        """Records the caller's word, then archives the ticket or orders a redo. Raises also NotIndependent."""
        ticket = self.desk.lock_checked(work, ticket_id, command.version, authorise)
        note = self.desk.redacted(work, ticket, command.words)
        now = work.clock.now()
        ticket.visit(now, command.actor, visit.caller_solved, visit.satisfaction, note or None)
        self.settlements.add_visit(work, ticket)
        changes = TicketChanges(self.desk, work)
        changes.add(ticket, TicketVisited)
        if visit.redo:
            self._order_redo(changes, ticket, command.actor, visit.redo, visit.redo_by)
        else:
            ticket.archive(now, ARCHIVE)
            changes.add(ticket, TicketArchived)
        changes.save()
        work.after_commit(metrics.TICKETS_VISITED.labels("solved" if visit.caller_solved else "not_solved").inc)

    def _order_redo(self, changes: TicketChanges, ticket: Ticket, actor: str, why: str, by: datetime | None) -> None:
        if ticket.lead is None:
            raise Unfit("redo", "is not possible: no unit leads this ticket; file it anew")
        work = changes.work
        ticket.order_redo(work.clock.now(), actor, self.desk.redacted(work, ticket, why), by)
        changes.add(ticket, TicketRedoOrdered, cause=redone(ticket))

    def archive(self, work: Work, ticket_id: str, command: Command, authorise: Authorise) -> None:
        """Archives without the caller's word after enough tries to reach them. Raises IllegalTicketStep before."""
        ticket = self.desk.lock_checked(work, ticket_id, command.version, authorise)
        ticket.archive(work.clock.now(), command.actor)
        self.desk.save_and_publish(work, ticket, TicketArchived)

    def _redacted(self, work: Work, ticket: Ticket, result: Result) -> Result:
        def redacted(words: str | None) -> str | None:
            return words and self.desk.redacted(work, ticket, words)

        return replace(
            result,
            public_answer=redacted(result.public_answer) or "",
            reason=redacted(result.reason),
            handling=redacted(result.handling),
        )
