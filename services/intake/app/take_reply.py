"""Departments take steps of their tickets by events on their own topics, with the same checks as over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from services.chassis import metrics
from services.chassis.commands import Conflict, Unfit, Unknown
from services.chassis.database.work import Work
from services.chassis.messaging.errors import Reject
from services.contracts.event import Envelope, Event, deterministic_id
from services.contracts.reply_events import (
    ReplyRefused,
    TicketContactReplied,
    TicketExtensionReplied,
    TicketInterimReplied,
    TicketReturnReplied,
    TicketSettlementReplied,
    TicketSignReplied,
)
from services.intake.app.assist import AssistTicket
from services.intake.app.plain_step import TakePlainStep
from services.intake.app.ports import Authorise, Result
from services.intake.app.settle_ticket import SettleTicket
from services.intake.app.ticket_desk import Command
from services.intake.app.to_tell import person_of
from services.intake.domain.persons import UNNAMED, is_identifier
from services.intake.domain.scope import TicketScope
from services.intake.domain.steps import IllegalTicketStep, TicketStep
from services.intake.domain.ticket import Ticket

Reply = (
    TicketSignReplied
    | TicketContactReplied
    | TicketInterimReplied
    | TicketReturnReplied
    | TicketExtensionReplied
    | TicketSettlementReplied
)
_STEPS: Mapping[type[Event], TicketStep] = {
    TicketSignReplied: TicketStep.SIGN,
    TicketContactReplied: TicketStep.CONTACT,
    TicketInterimReplied: TicketStep.REPORT,
    TicketReturnReplied: TicketStep.REQUEST_RETURN,
    TicketExtensionReplied: TicketStep.REQUEST_EXTENSION,
}


@dataclass(frozen=True, slots=True)
class TakeReply:
    """Handles replies. One that does not fit changes nothing and is answered with the reason.

    The department is the owner of the topic, whatever the event says. A co-handler's contact and interim report are
    its part of the ticket; every other step is the lead's.
    """

    plain: TakePlainStep
    assist: AssistTicket
    settlement: SettleTicket
    department_of: Callable[[str], str | None]

    def lock_tickets(self, envelopes: Sequence[Envelope], work: Work) -> None:
        """Locks the tickets of a batch in the order of their ids, then who is told of them, so that two batches cannot
        deadlock."""
        desk = self.plain.desk
        found = desk.tickets.lock_all(work, {envelope.event.aggregate_id for envelope in envelopes})
        desk.tell.lock(work, {person_of(ticket) for ticket in found})

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
        except (Conflict, IllegalTicketStep) as conflict:
            self._refuse(work, envelope, reply, department, str(conflict), conflict.version, conflict.state)
        else:
            work.after_commit(metrics.REPLIES.labels("taken").inc)

    def _take(self, work: Work, reply: Reply, department: str) -> None:
        actor = f"{department}:{reply.actor if is_identifier(reply.actor) else UNNAMED}"
        scope = TicketScope(frozenset({department}))
        authorise = _as_lead(department, scope)
        if isinstance(reply, TicketSettlementReplied):
            result = Result(
                reply.text, reply.unit_solved, reply.reason, reply.handling, reply.matter_true, reply.beyond_duty
            )
            if not result.public_answer.strip():
                raise Unfit("text", "is blank: say what the caller is answered")
            self.settlement.settle(work, reply.ticket_id, Command(None, actor), result, authorise)
            return
        said = Command(None, actor, "" if isinstance(reply, TicketSignReplied) else reply.text)
        if not isinstance(reply, TicketSignReplied) and not said.words.strip():
            raise Unfit("text", "is blank: say what was done, or why")
        if isinstance(reply, TicketContactReplied | TicketInterimReplied) and self._helps(
            work, reply, department, scope
        ):
            said = replace(said, departments=frozenset({department}))
            contacted = isinstance(reply, TicketContactReplied)
            self.assist(work, reply.ticket_id, said, lambda _: None, contacted=contacted)
            return
        self.plain(work, reply.ticket_id, _STEPS[type(reply)], said, authorise)

    def _helps(self, work: Work, reply: Reply, department: str, scope: TicketScope) -> bool:
        ticket = self.plain.desk.tickets.lock(work, reply.ticket_id)
        return ticket is not None and department in ticket.co_handlers and scope.holds(ticket)

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
        seen = state is not None  # whoever is told the state may see the ticket
        numbers = self.plain.desk.tickets.numbers(work, [reply.ticket_id]) if seen else {}
        refused = ReplyRefused(
            version=1,
            reply_id=envelope.id,
            department=department,
            ticket_id=reply.ticket_id,
            number=numbers.get(reply.ticket_id),
            reply=reply.type,
            reason=reason,
            current_version=version or None,
            current_state=state,
        )
        work.publish("tickets", refused, event_id=deterministic_id("replies", str(envelope.id), ReplyRefused.type))
        work.after_commit(metrics.REPLIES.labels("refused").inc)


def _as_lead(department: str, scope: TicketScope) -> Authorise:
    """A department sees by its scope the tickets that it leads, and those in which it helps."""

    def authorise(ticket: Ticket) -> None:
        if not scope.holds(ticket):
            raise Unknown
        if ticket.lead != department:
            raise Unfit(
                "ticket_id", f"is led by {ticket.lead}, whose step this is: report your part as reply.interim.v1"
            )

    return authorise
