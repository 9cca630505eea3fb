"""What departments answer on their own topics: steps of their tickets, with the same checks as over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.chassis import metrics
from services.chassis.errors import Reject
from services.chassis.work import Work
from services.contracts.event import Envelope, Event, deterministic_id
from services.contracts.reply_events import (
    TicketContactReplied,
    TicketExtensionReplied,
    TicketInterimReplied,
    TicketReturnReplied,
    TicketSettlementReplied,
    TicketSignReplied,
)
from services.contracts.ticket_events import ReplyRefused
from services.intake.app.commands import Authorise, Conflict, Unfit, Unknown
from services.intake.app.desk import Said
from services.intake.app.ports import Result
from services.intake.app.use_cases import TicketSteps
from services.intake.domain.steps import IllegalStep, Step
from services.intake.domain.ticket import Ticket

Reply = (
    TicketSignReplied
    | TicketContactReplied
    | TicketInterimReplied
    | TicketReturnReplied
    | TicketExtensionReplied
    | TicketSettlementReplied
)
_STEPS: Mapping[type[Event], Step] = {
    TicketSignReplied: Step.SIGN,
    TicketContactReplied: Step.CONTACT,
    TicketInterimReplied: Step.REPORT,
    TicketReturnReplied: Step.REQUEST_RETURN,
    TicketExtensionReplied: Step.REQUEST_EXTENSION,
}


@dataclass(frozen=True, slots=True)
class TakeReply:
    """Handles replies, each once. One that does not fit is answered with the reason and changes nothing.

    The department is the one whose topic it came on, whatever the event says.
    """

    steps: TicketSteps
    department_of: Callable[[str], str | None]

    def __call__(self, envelope: Envelope, work: Work) -> None:
        reply = envelope.event
        assert isinstance(reply, Reply)
        department = self.department_of(envelope.topic or "")
        if department is None:
            raise Reject(f"topic {envelope.topic} is no department's; replies come on departments.<code>.replies")
        try:
            self._take(work, reply, department)
        except Unknown:
            self._refuse(work, envelope, reply, department, "there is no such ticket of yours")
        except Unfit as unfit:
            self._refuse(work, envelope, reply, department, f"{unfit.field} {unfit}")
        except (Conflict, IllegalStep) as conflict:
            self._refuse(work, envelope, reply, department, str(conflict), conflict.version, conflict.state)
        else:
            work.after_commit(metrics.REPLIES.labels("taken").inc)

    def _take(self, work: Work, reply: Reply, department: str) -> None:
        actor, authorise = f"{department}:{reply.actor}", _as_lead(department)
        if isinstance(reply, TicketSettlementReplied):
            result = Result(
                reply.text, reply.unit_solved, reply.reason, reply.handling, reply.matter_true, reply.beyond_duty
            )
            if not result.public_answer.strip():
                raise Unfit("text", "is blank: say what the caller is told")
            self.steps.settlement.settle(work, reply.ticket_id, Said(None, actor), result, authorise)
            return
        said = Said(None, actor, "" if isinstance(reply, TicketSignReplied) else reply.text)
        if not isinstance(reply, TicketSignReplied) and not said.words.strip():
            raise Unfit("text", "is blank: say what was done, or why")
        self.steps.plain(work, reply.ticket_id, _STEPS[type(reply)], said, authorise)

    def _refuse(
        self,
        work: Work,
        envelope: Envelope,
        reply: Reply,
        department: str,
        reason: str,
        version: int | None = None,
        state: str | None = None,
    ) -> None:
        refused = ReplyRefused(
            version=1,
            reply_id=envelope.id,
            department=department,
            ticket_id=reply.ticket_id,
            reply=reply.type,
            reason=reason,
            current_version=version or None,
            current_state=state,
        )
        work.publish("tickets", refused, event_id=deterministic_id("replies", str(envelope.id), ReplyRefused.type))
        work.after_commit(metrics.REPLIES.labels("refused").inc)


def _as_lead(department: str) -> Authorise:
    def authorise(ticket: Ticket) -> None:
        if ticket.lead == department:
            return
        if department in ticket.co_handlers:
            raise Unfit("ticket_id", f"is led by {ticket.lead}: tell them what you know")
        raise Unknown

    return authorise
