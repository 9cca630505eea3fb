"""The end of a ticket: its unit settles it, another role asks the caller, it is archived (domain.md §2.1, §10.1)."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis import metrics, timers
from services.chassis.timers import Timer
from services.chassis.work import Work
from services.contracts.ticket_events import Satisfaction, TicketArchived, TicketSettled, TicketVisited
from services.intake.app.commands import Authorise, Unfit, held
from services.intake.app.dispatch import SETTLE
from services.intake.app.facts import ticket_facts
from services.intake.app.ports import Settlements, Tickets, Vault
from services.intake.app.redacting import redacted_of
from services.intake.domain.ticket import State

CLOCK = "clock"
ARCHIVE = "archive"


@dataclass(frozen=True, slots=True)
class Settlement:
    """A unit's result. `reason` says why it is not solved, such as "entered the repair plan"."""

    version: int
    actor: str
    public_answer: str
    unit_solved: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """What the caller says."""

    version: int
    actor: str
    caller_solved: bool
    satisfaction: Satisfaction | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class SettleTicket:
    """Each call is one step of one ticket; of two at once one wins, the other gets Conflict."""

    tickets: Tickets
    settlements: Settlements
    vault: Vault

    def settle(self, work: Work, ticket_id: str, settlement: Settlement, authorise: Authorise) -> None:
        """Raises Unknown, Conflict, IllegalStep, and Unfit when it is not solved and nobody says why."""
        timers.cancel(work, SETTLE, ticket_id)  # before the ticket's lock: a timer that fires takes them in this order
        ticket = held(self.tickets, work, ticket_id, settlement.version, authorise)
        answer = redacted_of(self.vault, work, ticket.id, settlement.public_answer)
        reason = settlement.reason and redacted_of(self.vault, work, ticket.id, settlement.reason)
        if not settlement.unit_solved and not reason:
            raise Unfit("reason", "is missing: say why the matter is not solved")
        now = work.clock.now()
        ticket.settle(now, settlement.actor, settlement.unit_solved, _said(settlement.unit_solved, reason))
        self.settlements.add(work, ticket, answer, reason)
        self.tickets.save(work, ticket)
        work.publish("tickets", TicketSettled(**ticket_facts(ticket), settled_at=now))
        work.after_commit(metrics.TICKETS_SETTLED.labels("on_time" if ticket.on_time else "late").inc)

    def visit(self, work: Work, ticket_id: str, visit: Visit, authorise: Authorise) -> None:
        """The caller is asked, and the ticket has run its course. Raises also NotIndependent."""
        ticket = held(self.tickets, work, ticket_id, visit.version, authorise)
        note = visit.note and redacted_of(self.vault, work, ticket.id, visit.note)
        now = work.clock.now()
        ticket.visit(now, visit.actor, visit.caller_solved, visit.satisfaction, _said(visit.caller_solved, note))
        work.publish("tickets", TicketVisited(**ticket_facts(ticket)))
        ticket.archive(now, ARCHIVE)
        work.publish("tickets", TicketArchived(**ticket_facts(ticket)))
        self.tickets.save(work, ticket)
        work.after_commit(metrics.TICKETS_VISITED.labels("solved" if visit.caller_solved else "not_solved").inc)

    def on_settle_due(self, timer: Timer, work: Work) -> None:
        """Handles the timer SETTLE: a ticket that its unit has not settled in time is put down as such."""
        ticket = self.tickets.lock(work, timer.subject)
        if ticket is None or ticket.state is not State.DISPATCHED or ticket.settle_by != timer.due_at:
            return
        ticket.breach(work.clock.now(), CLOCK, f"not settled by {timer.due_at.isoformat()}")
        self.tickets.save(work, ticket)
        work.after_commit(metrics.SETTLE_BREACHES.inc)


def _said(solved: bool, why: str | None) -> str:
    outcome = "solved" if solved else "not solved"
    return f"{outcome}: {why}" if why else outcome
