"""Steps that need no more than who takes them and what they say: a table (domain.md §2.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.chassis import metrics
from services.chassis.work import Work
from services.contracts.event import Event
from services.contracts.ticket_events import (
    TicketContacted,
    TicketExtensionGranted,
    TicketExtensionRefused,
    TicketExtensionRequested,
    TicketInterimReported,
    TicketRejected,
    TicketReturnRefused,
    TicketReturnRequested,
    TicketSigned,
    TicketSupervised,
)
from services.intake.app.commands import Authorise, Conflict
from services.intake.app.desk import Desk, Said
from services.intake.domain.limits import ClockKind
from services.intake.domain.steps import Step
from services.intake.domain.ticket import Ticket

_Take = Callable[[Ticket, datetime, str, str], None]

UNIT_STEPS: Mapping[Step, tuple[_Take, type[Event]]] = {
    Step.SIGN: (lambda ticket, at, actor, _: ticket.sign(at, actor), TicketSigned),
    Step.CONTACT: (Ticket.contact, TicketContacted),
    Step.REPORT: (Ticket.report, TicketInterimReported),
    Step.REQUEST_RETURN: (Ticket.request_return, TicketReturnRequested),
    Step.REQUEST_EXTENSION: (Ticket.request_extension, TicketExtensionRequested),
}
"""For the unit that leads. Each but `sign` says something: a record of the talk, a report, a reason."""

HUB_STEPS: Mapping[Step, tuple[_Take, type[Event] | None]] = {
    Step.REFUSE_RETURN: (Ticket.refuse_return, TicketReturnRefused),
    Step.GRANT_EXTENSION: (Ticket.grant_extension, TicketExtensionGranted),
    Step.REFUSE_EXTENSION: (Ticket.refuse_extension, TicketExtensionRefused),
    Step.SUPERVISE: (Ticket.supervise, TicketSupervised),
    Step.REJECT: (Ticket.reject, TicketRejected),
    Step.PAUSE: (Ticket.pause, None),
    Step.RESUME: (Ticket.resume, None),
    Step.MISS: (Ticket.miss, None),
}
"""For the district's operation centre; each says why."""

_STEPS: Mapping[Step, tuple[_Take, type[Event] | None]] = {**UNIT_STEPS, **HUB_STEPS}


@dataclass(frozen=True, slots=True)
class TakePlainStep:
    """One step of one ticket. Raises Unknown, Conflict, IllegalStep, and what `authorise` does."""

    desk: Desk

    def __call__(self, work: Work, ticket_id: str, step: Step, said: Said, authorise: Authorise) -> None:
        take, fact = _STEPS[step]
        ticket = self.desk.held(work, ticket_id, said.version, authorise)
        if step is Step.REQUEST_RETURN:
            self._in_time(work, ticket)
        take(ticket, work.clock.now(), said.actor, self.desk.redacted(work, ticket, said.words))
        self.desk.keep(work, ticket, fact)
        work.after_commit(metrics.TICKET_STEPS.labels(step).inc)

    def _in_time(self, work: Work, ticket: Ticket) -> None:
        """A return may be asked for within its own days alone; then the ticket is the unit's (domain.md §2.1)."""
        for clock in self.desk.clocks.running(work, [ticket.id]):
            if clock.kind is ClockKind.RETURN and clock.due_at < work.clock.now():
                assert ticket.state
                why = f"the time to return it ended at {clock.due_at.isoformat()}; tell the hub whom you need"
                raise Conflict(why, ticket.version, ticket.state)
