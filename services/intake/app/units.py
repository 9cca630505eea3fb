"""Whose a ticket is: redispatch, upheld returns, further units, persons, emergency lines (domain.md §2.1)."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis import metrics
from services.chassis.work import Work
from services.contracts.departments import departments
from services.contracts.ticket_events import (
    TicketCoHandlerCalledIn,
    TicketDispatched,
    TicketReturnUpheld,
    TicketSentToReview,
    TicketTransferred,
)
from services.intake.app.commands import Authorise, Unfit
from services.intake.app.desk import Desk, Said
from services.intake.domain.steps import Step

EMERGENCY_LINES = ("110", "119", "120", "122")


@dataclass(frozen=True, slots=True)
class MoveTicket:
    """Each call is one step of one ticket. Raises Unknown, Conflict, IllegalStep, Unfit, and what `authorise` does."""

    desk: Desk

    def redispatch(self, work: Work, ticket_id: str, said: Said, lead: str, authorise: Authorise) -> None:
        """To another unit, without a quarrel; its clocks begin anew."""
        _known(lead, "lead")
        ticket = self.desk.held(work, ticket_id, said.version, authorise)
        taken_from, words = ticket.lead, self.desk.redacted(work, ticket, said.words)
        ticket.redispatch(work.clock.now(), said.actor, lead, ticket.co_handlers, f"{lead}: {words}")
        self.desk.keep(work, ticket, TicketDispatched, taken_from=taken_from if taken_from != lead else None)
        work.after_commit(metrics.TICKET_STEPS.labels(Step.REDISPATCH).inc)

    def uphold_return(self, work: Work, ticket_id: str, said: Said, lead: str, authorise: Authorise) -> None:
        """The adjudication names the unit whose duty it is; the clocks of the one that returned it never counted."""
        _known(lead, "lead")
        ticket = self.desk.held(work, ticket_id, said.version, authorise)
        returned_by, words, now = ticket.lead, self.desk.redacted(work, ticket, said.words), work.clock.now()
        ticket.uphold_return(now, said.actor, words)
        if lead == returned_by:
            raise Unfit("lead", f"{lead} is the unit that returns it; name another, or refuse the return")
        self.desk.keep(work, ticket, TicketReturnUpheld, returned_by=returned_by)
        ticket.dispatch(now, said.actor, lead, ticket.co_handlers, f"{lead}: {words}")
        self.desk.keep(work, ticket, TicketDispatched)
        work.after_commit(metrics.TICKET_STEPS.labels(Step.UPHOLD_RETURN).inc)

    def call_in(self, work: Work, ticket_id: str, said: Said, unit: str, authorise: Authorise) -> None:
        _known(unit, "unit")
        ticket = self.desk.held(work, ticket_id, said.version, authorise)
        ticket.call_in(work.clock.now(), said.actor, unit, self.desk.redacted(work, ticket, said.words))
        self.desk.keep(work, ticket, TicketCoHandlerCalledIn, unit=unit)
        work.after_commit(metrics.TICKET_STEPS.labels(Step.CALL_IN).inc)

    def assign(self, work: Work, ticket_id: str, version: int, actor: str, person: str, authorise: Authorise) -> None:
        """Nobody else is told: who works on it is the unit's own matter."""
        ticket = self.desk.held(work, ticket_id, version, authorise)
        ticket.assign(work.clock.now(), actor, person)
        self.desk.keep(work, ticket, None)

    def transfer(self, work: Work, ticket_id: str, said: Said, line: str, authorise: Authorise) -> None:
        """To an emergency line, by the person who calls there."""
        if line not in EMERGENCY_LINES:
            raise Unfit("line", f"is none of the emergency lines {', '.join(EMERGENCY_LINES)}")
        ticket = self.desk.held(work, ticket_id, said.version, authorise)
        ticket.transfer(work.clock.now(), said.actor, line, self.desk.redacted(work, ticket, said.words))
        self.desk.keep(work, ticket, TicketTransferred, line=line)
        work.after_commit(metrics.TICKET_STEPS.labels(Step.TRANSFER).inc)

    def reconsider(self, work: Work, ticket_id: str, said: Said, authorise: Authorise) -> None:
        """What was rejected or transferred comes back to be looked at."""
        ticket = self.desk.held(work, ticket_id, said.version, authorise)
        words = self.desk.redacted(work, ticket, said.words)
        ticket.reconsider(work.clock.now(), said.actor, words)
        self.desk.keep(work, ticket, TicketSentToReview, review_reason=words)
        work.after_commit(metrics.TICKET_STEPS.labels(Step.RECONSIDER).inc)


def _known(code: str, field: str) -> None:
    if code not in departments():
        raise Unfit(field, f"{code} is no department; take a code of the catalogue's")
