"""The end of a ticket: its unit settles it, another role asks the caller, it is archived (domain.md §2.1, §10.1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from services.chassis import metrics
from services.chassis.work import Work
from services.contracts.ticket_events import (
    Satisfaction,
    TicketArchived,
    TicketRedoOrdered,
    TicketSettled,
    TicketVisited,
)
from services.intake.app.commands import Authorise, Unfit
from services.intake.app.desk import Desk, Said
from services.intake.app.ports import Result, Settlements
from services.intake.domain.ticket import Ticket

ARCHIVE = "archive"


@dataclass(frozen=True, slots=True)
class Visit:
    """What the caller says. `redo`: why the unit has to do it again; None archives the ticket. `redo_by`: until when,
    if the city says so."""

    caller_solved: bool
    satisfaction: Satisfaction | None = None
    redo: str | None = None
    redo_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class SettleTicket:
    """Each call is one step of one ticket; of two at once one wins, the other gets Conflict."""

    desk: Desk
    settlements: Settlements

    def settle(self, work: Work, ticket_id: str, said: Said, result: Result, authorise: Authorise) -> None:
        """Settles it, and with the same answer whatever is linked to it: each has its own caller to be asked.

        Raises Unknown, Conflict, IllegalStep, and Unfit when it is not solved and nobody says why.
        """
        ticket = self.desk.held(work, ticket_id, said.version, authorise)
        if not result.unit_solved and not result.reason:
            raise Unfit("reason", "is missing: say why the matter is not solved")
        self._settle(work, ticket, said.actor, self._redacted(work, ticket, result))
        for linked in self.desk.tickets.merged_into(work, ticket_id):
            linked.lead = linked.lead or ticket.lead
            self._settle(work, linked, said.actor, self._redacted(work, linked, result))

    def _settle(self, work: Work, ticket: Ticket, actor: str, result: Result) -> None:
        now = work.clock.now()
        ticket.settle(now, actor, result.unit_solved, _outcome(result.unit_solved, result.reason))
        self.settlements.add(work, ticket, result)
        self.desk.keep(work, ticket, TicketSettled, settled_at=now)
        work.after_commit(metrics.TICKETS_SETTLED.labels("on_time" if ticket.on_time else "late").inc)

    def visit(self, work: Work, ticket_id: str, said: Said, visit: Visit, authorise: Authorise) -> None:
        """The caller is asked; the ticket has run its course, or is done again. Raises also NotIndependent."""
        ticket = self.desk.held(work, ticket_id, said.version, authorise)
        note = self.desk.redacted(work, ticket, said.words)
        now = work.clock.now()
        ticket.visit(now, said.actor, visit.caller_solved, visit.satisfaction, _outcome(visit.caller_solved, note))
        self.desk.keep(work, ticket, TicketVisited)
        if visit.redo:
            self._order_redo(work, ticket, said.actor, visit.redo, visit.redo_by)
        else:
            ticket.archive(now, ARCHIVE)
            self.desk.keep(work, ticket, TicketArchived)
        work.after_commit(metrics.TICKETS_VISITED.labels("solved" if visit.caller_solved else "not_solved").inc)

    def _order_redo(self, work: Work, ticket: Ticket, actor: str, why: str, by: datetime | None) -> None:
        if ticket.lead is None:
            raise Unfit("redo", "is not possible: no unit leads this ticket; file it anew")
        ticket.order_redo(work.clock.now(), actor, self.desk.redacted(work, ticket, why), by)
        self.desk.keep(work, ticket, TicketRedoOrdered)

    def archive(self, work: Work, ticket_id: str, version: int, actor: str, authorise: Authorise) -> None:
        """Without the caller's word, when they were tried often enough. Raises IllegalStep before."""
        ticket = self.desk.held(work, ticket_id, version, authorise)
        ticket.archive(work.clock.now(), actor)
        self.desk.keep(work, ticket, TicketArchived)

    def _redacted(self, work: Work, ticket: Ticket, result: Result) -> Result:
        def redacted(words: str | None) -> str | None:
            return words and self.desk.redacted(work, ticket, words)

        return replace(
            result,
            public_answer=redacted(result.public_answer) or "",
            reason=redacted(result.reason),
            handling=redacted(result.handling),
        )


def _outcome(solved: bool, why: str | None) -> str:
    outcome = "solved" if solved else "not solved"
    return f"{outcome}: {why}" if why else outcome
