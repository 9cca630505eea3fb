"""Moves tickets to other units, persons and emergency lines, and back into review (docs/domain.md §2.1)."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis import metrics
from services.chassis.commands import Unfit
from services.chassis.database.work import Work
from services.contracts.departments import departments
from services.contracts.ticket_events import (
    TicketCoHandlerCalledIn,
    TicketDispatched,
    TicketSentToReview,
    TicketTransferred,
)
from services.contracts.unit_request_events import TicketReturnUpheld
from services.intake.app.ports import Authorise
from services.intake.app.ticket_desk import Command, TicketChanges, TicketDesk
from services.intake.domain.scope import may_have
from services.intake.domain.step_causes import Why, moved
from services.intake.domain.steps import TicketStep
from services.intake.domain.ticket import Ticket

EMERGENCY_LINES = ("110", "119", "120", "122")


@dataclass(frozen=True, slots=True)
class MoveTicket:
    """Each call takes one step. Raises Unknown, Conflict, IllegalTicketStep, Unfit, and what `authorise` raises."""

    desk: TicketDesk

    def redispatch(self, work: Work, ticket_id: str, command: Command, lead: str, authorise: Authorise) -> None:
        """To another unit, without a return; its deadlines start anew."""
        _known(lead, "lead")
        ticket = self.desk.lock_checked(work, ticket_id, command.version, authorise)
        if lead == ticket.lead:
            raise Unfit("lead", f"{lead} leads already; name another unit")
        self._check_about(work, ticket, lead, "lead")
        taken_from, words = ticket.lead, self.desk.redacted(work, ticket, command.words)
        ticket.redispatch(work.clock.now(), command.actor, lead, ticket.co_handlers, words)
        self.desk.save_and_publish(
            work,
            ticket,
            TicketDispatched,
            taken_from=taken_from,
            cause=moved(Why.SENT_ELSEWHERE, taken_from),
        )
        work.after_commit(metrics.TICKET_STEPS.labels(TicketStep.REDISPATCH).inc)

    def uphold_return(self, work: Work, ticket_id: str, command: Command, lead: str, authorise: Authorise) -> None:
        """The hub names the unit whose duty it is; the deadlines of the unit that returned it do not count."""
        _known(lead, "lead")
        ticket = self.desk.lock_checked(work, ticket_id, command.version, authorise)
        self._check_about(work, ticket, lead, "lead")
        returned_by, words, now = ticket.lead, self.desk.redacted(work, ticket, command.words), work.clock.now()
        ticket.uphold_return(now, command.actor, words)
        if lead == returned_by:
            raise Unfit("lead", f"{lead} is the unit that returns it; name another, or refuse the return")
        changes = TicketChanges(self.desk, work)
        cause = moved(Why.RETURN_UPHELD, returned_by)
        changes.add(ticket, TicketReturnUpheld, returned_by=returned_by, cause=cause)
        ticket.dispatch(now, command.actor, lead, ticket.co_handlers, words)
        changes.add(ticket, TicketDispatched, cause=cause)
        changes.save()
        work.after_commit(metrics.TICKET_STEPS.labels(TicketStep.UPHOLD_RETURN).inc)

    def call_in(self, work: Work, ticket_id: str, command: Command, unit: str, authorise: Authorise) -> None:
        _known(unit, "unit")
        ticket = self.desk.lock_checked(work, ticket_id, command.version, authorise)
        self._check_about(work, ticket, unit, "unit")
        if ticket.restricted:
            raise Unfit("unit", "may not see it: a restricted ticket is for its lead alone; send it to whom it belongs")
        ticket.call_in(work.clock.now(), command.actor, unit, self.desk.redacted(work, ticket, command.words))
        self.desk.save_and_publish(work, ticket, TicketCoHandlerCalledIn, unit=unit)
        work.after_commit(metrics.TICKET_STEPS.labels(TicketStep.CALL_IN).inc)

    def assign(self, work: Work, ticket_id: str, command: Command, person: str, authorise: Authorise) -> None:
        """Publishes nothing: who works on it is the unit's own matter."""
        ticket = self.desk.lock_checked(work, ticket_id, command.version, authorise)
        ticket.assign(work.clock.now(), command.actor, person)
        self.desk.save_and_publish(work, ticket, None)

    def transfer(self, work: Work, ticket_id: str, command: Command, line: str, authorise: Authorise) -> None:
        """To an emergency line, recorded by the person who calls there."""
        if line not in EMERGENCY_LINES:
            raise Unfit("line", f"is none of the emergency lines {', '.join(EMERGENCY_LINES)}")
        ticket = self.desk.lock_checked(work, ticket_id, command.version, authorise)
        ticket.transfer(work.clock.now(), command.actor, line, self.desk.redacted(work, ticket, command.words))
        self.desk.save_and_publish(work, ticket, TicketTransferred, line=line)
        work.after_commit(metrics.TICKET_STEPS.labels(TicketStep.TRANSFER).inc)

    def reconsider(self, work: Work, ticket_id: str, command: Command, authorise: Authorise) -> None:
        """A rejected or transferred ticket goes back into review."""
        ticket = self.desk.lock_checked(work, ticket_id, command.version, authorise)
        words = self.desk.redacted(work, ticket, command.words)
        ticket.reconsider(work.clock.now(), command.actor, words)
        self.desk.save_and_publish(work, ticket, TicketSentToReview, review_reason=words)
        work.after_commit(metrics.TICKET_STEPS.labels(TicketStep.RECONSIDER).inc)

    def _check_about(self, work: Work, ticket: Ticket, code: str, field: str) -> None:
        """Raises Unfit for the unit that the ticket, or one that is linked to it, is about."""
        for one in (ticket, *self.desk.tickets.merged_into(work, ticket.id)):
            if not may_have(code, one.about_unit):
                raise Unfit(field, f"{code} is the unit that {one.id} is about; name another")


def _known(code: str, field: str) -> None:
    if code not in departments():
        raise Unfit(field, f"{code} is no department; take a code of the catalogue's")
