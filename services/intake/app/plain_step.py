"""Steps that need only an actor and their words: one table (docs/domain.md §2.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.chassis import metrics
from services.chassis.commands import Conflict
from services.chassis.database.work import Work
from services.contracts.event import Event
from services.contracts.ticket_events import (
    TicketContacted,
    TicketInterimReported,
    TicketRejected,
    TicketSigned,
    TicketSupervised,
)
from services.contracts.unit_request_events import (
    TicketExtensionGranted,
    TicketExtensionRefused,
    TicketExtensionRequested,
    TicketReturnRefused,
    TicketReturnRequested,
)
from services.intake.app.ports import Authorise
from services.intake.app.ticket_desk import Command, TicketDesk
from services.intake.domain.limits import DeadlineKind
from services.intake.domain.step_causes import PLAIN_CAUSES
from services.intake.domain.steps import TicketStep
from services.intake.domain.ticket import Ticket

_Take = Callable[[Ticket, datetime, str, str], None]

UNIT_STEPS: Mapping[TicketStep, tuple[_Take, type[Event]]] = {
    TicketStep.SIGN: (lambda ticket, at, actor, _: ticket.sign(at, actor), TicketSigned),
    TicketStep.CONTACT: (Ticket.contact, TicketContacted),
    TicketStep.REPORT: (Ticket.report, TicketInterimReported),
    TicketStep.REQUEST_RETURN: (Ticket.request_return, TicketReturnRequested),
    TicketStep.REQUEST_EXTENSION: (Ticket.request_extension, TicketExtensionRequested),
}
"""For the unit that leads. All but `sign` need words: a record of the talk, a report, a reason."""

HUB_STEPS: Mapping[TicketStep, tuple[_Take, type[Event] | None]] = {
    TicketStep.REFUSE_RETURN: (Ticket.refuse_return, TicketReturnRefused),
    TicketStep.GRANT_EXTENSION: (Ticket.grant_extension, TicketExtensionGranted),
    TicketStep.REFUSE_EXTENSION: (Ticket.refuse_extension, TicketExtensionRefused),
    TicketStep.SUPERVISE: (Ticket.supervise, TicketSupervised),
    TicketStep.REJECT: (Ticket.reject, TicketRejected),
    TicketStep.PAUSE: (Ticket.pause, None),
    TicketStep.RESUME: (Ticket.resume, None),
    TicketStep.MISS: (Ticket.miss, None),
}
"""For the district's operation centre; all need a reason."""

_STEPS: Mapping[TicketStep, tuple[_Take, type[Event] | None]] = {**UNIT_STEPS, **HUB_STEPS}


@dataclass(frozen=True, slots=True)
class TakePlainStep:
    """Takes one step of one ticket. Raises Unknown, Conflict, IllegalTicketStep, and what `authorise` raises."""

    desk: TicketDesk

    def __call__(self, work: Work, ticket_id: str, step: TicketStep, command: Command, authorise: Authorise) -> None:
        take, fact = _STEPS[step]
        ticket = self.desk.lock_checked(work, ticket_id, command.version, authorise)
        if step is TicketStep.REQUEST_RETURN:
            self._check_return_in_time(work, ticket)
        take(ticket, work.clock.now(), command.actor, self.desk.redacted(work, ticket, command.words))
        cause = PLAIN_CAUSES.get(step)
        self.desk.save_and_publish(work, ticket, fact, **({"cause": cause(ticket)} if cause else {}))
        work.after_commit(metrics.TICKET_STEPS.labels(step).inc)

    def _check_return_in_time(self, work: Work, ticket: Ticket) -> None:
        """Raises Conflict if the time in which a unit may ask for a return is over (docs/domain.md §2.1)."""
        for clock in self.desk.deadlines.running(work, [ticket.id]):
            if clock.kind is DeadlineKind.RETURN and clock.due_at < work.clock.now():
                assert ticket.state
                why = f"the time to return it ended at {clock.due_at.isoformat()}; tell the hub whom you need"
                raise Conflict(why, ticket.version, ticket.state)
