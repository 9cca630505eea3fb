"""Departments take steps of their tickets by events on their own topics, by the rows of the steps' table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from services.chassis.database.work import Work
from services.chassis.database.work_parts import part_of
from services.chassis.messaging.reply_desk import Refusal, ReplyDesk, by_event
from services.chassis.messaging.subscription import Subscription, one_by_one
from services.chassis.web.identity import Actor, Role
from services.chassis.web.problems import Problem, invalid
from services.contracts.event import Envelope, Event, deterministic_id
from services.contracts.persons import named_by
from services.contracts.registry import TICKET_REPLY_EVENTS
from services.contracts.reply_answer_events import TicketReplyAnswered
from services.contracts.reply_events import (
    ActReplied,
    NoticesReadReplied,
    ReplyEvent,
    ReplyRefused,
    TicketAssigneeReplied,
    TicketContactMissedReplied,
    TicketContactReplied,
    TicketExtensionReplied,
    TicketInterimReplied,
    TicketReturnReplied,
    TicketSettlementReplied,
    TicketSignReplied,
)
from services.contracts.topics import topic_table
from services.intake.app.to_tell import person_of
from services.intake.domain.scope import TicketScope
from services.intake.domain.steps import TicketStep
from services.intake.http.refusals import answered
from services.intake.http.step_bodies import TicketStepBody
from services.intake.http.step_table import STEP_TABLE, StepRow, TicketSteps

CONSUMER = "intake-replies"


def _note(reply: Any) -> dict[str, Any]:
    return {"note": reply.text}


def _settlement(reply: Any) -> dict[str, Any]:
    said = reply.model_dump(include={"unit_solved", "reason", "handling", "matter_true", "beyond_duty"})
    return {"public_answer": reply.text, **said}


STEP_OF: Mapping[type[Event], tuple[TicketStep, Callable[[Any], dict[str, Any]]]] = {
    TicketSignReplied: (TicketStep.SIGN, lambda _: {}),
    TicketContactReplied: (TicketStep.CONTACT, _note),
    TicketContactMissedReplied: (TicketStep.MISS_CONTACT, lambda reply: {"result": reply.result}),
    TicketInterimReplied: (TicketStep.REPORT, _note),
    TicketReturnReplied: (TicketStep.REQUEST_RETURN, _note),
    TicketExtensionReplied: (TicketStep.REQUEST_EXTENSION, _note),
    TicketSettlementReplied: (TicketStep.SETTLE, _settlement),
    TicketAssigneeReplied: (TicketStep.ASSIGN, lambda reply: {"person": reply.person}),
}
"""By reply: the lead's step, and what its body holds beside the version."""
SAID_AS = {"note": "text", "public_answer": "text", "version": "base_version"}
"""By a field of a step's body: what the reply calls it."""
PART_OF: Mapping[type[Event], bool] = {TicketContactReplied: True, TicketInterimReplied: False}
"""What a co-handler replies is its part of the ticket: whether it spoke with the caller."""


@dataclass(frozen=True, slots=True)
class TakeReply:
    """Handles replies. One that does not fit changes nothing and is answered with the reason.

    The department is the owner of the topic, whatever the event says. A co-handler's contact and interim report are
    its part of the ticket; every other step is the lead's.
    """

    steps: TicketSteps
    desk: ReplyDesk

    @classmethod
    def of(cls, steps: TicketSteps) -> TakeReply:
        """Takes all replies but those that projects and notifier take, and answers whatever is no reply."""
        topics = topic_table().reply_topics()
        others = (ActReplied.type, NoticesReadReplied.type)
        tell = by_event("tickets", TicketReplyAnswered)
        return cls(steps, ReplyDesk(tell, lambda kind: kind not in others, topics))

    @property
    def subscription(self) -> Subscription:
        return Subscription(
            CONSUMER,
            tuple(self.desk.departments),
            frozenset(TICKET_REPLY_EVENTS),
            one_by_one(dict.fromkeys(TICKET_REPLY_EVENTS, self), self.lock_tickets),
            self.desk.read,
            self.desk.rejected,
        )

    def lock_tickets(self, envelopes: Sequence[Envelope], work: Work) -> None:
        """Locks the tickets of a batch in the order of their ids, then their callers, so that two batches cannot
        deadlock."""
        tickets = self.steps.plain.desk
        found = tickets.tickets.lock_all(work, {envelope.event.aggregate_id for envelope in envelopes})
        tickets.tell.lock(work, {person_of(ticket) for ticket in found})

    def __call__(self, envelope: Envelope, work: Work) -> None:
        reply = envelope.event
        assert isinstance(reply, ReplyEvent)
        department = self.desk.department_of(envelope)
        subject = named_by(department, reply.actor)
        actor = Actor(subject, subject, frozenset({Role.DEPARTMENT}), frozenset({department}))
        try:
            with part_of(work), answered(_no_ticket_of_yours):
                self._take(work, reply, actor)
        except Exception as error:  # noqa: BLE001 - each kind has its end in `Refusal.by`
            self._refuse(work, envelope, Refusal.by(error))
        else:
            ticket = self.steps.plain.desk.tickets.find(work, reply.ticket_id)
            assert ticket
            self.desk.taken(work, envelope, ticket.version, ticket.state, number=ticket.number)

    def _take(self, work: Work, reply: ReplyEvent, actor: Actor) -> None:
        step, said = STEP_OF[type(reply)]
        contacted = PART_OF.get(type(reply))
        facts = said(reply)
        if contacted is not None and self._helps(work, reply, actor):
            step, facts = TicketStep.ASSIST, facts | {"contacted": contacted}
        row = STEP_TABLE[step]
        row.take_at(reply.base_version, self.steps, work, reply.ticket_id, _body(row, facts), actor)

    def _helps(self, work: Work, reply: ReplyEvent, actor: Actor) -> bool:
        ticket = self.steps.plain.desk.tickets.lock(work, reply.ticket_id)
        helps = ticket is not None and not actor.departments.isdisjoint(ticket.co_handlers)
        return helps and ticket is not None and TicketScope(actor.departments).holds(ticket)

    def _refuse(self, work: Work, envelope: Envelope, refused: Refusal) -> None:
        refusal = _by_own_fields(refused)
        reply = envelope.event
        assert isinstance(reply, ReplyEvent)
        seen = refusal.current_state is not None  # whoever is shown the state may see the ticket
        numbers = self.steps.plain.desk.tickets.numbers(work, [reply.ticket_id]) if seen else {}
        number = numbers.get(reply.ticket_id)
        self.desk.refused(work, envelope, refusal, number=number)
        self._tell_old_readers(work, envelope, reply, refusal, number)

    def _tell_old_readers(
        self, work: Work, envelope: Envelope, reply: ReplyEvent, refusal: Refusal, number: str | None
    ) -> None:
        """Departments that read `department.reply_refused.v1` go on getting it (ADR 20: both versions meanwhile)."""
        department = self.desk.department_of(envelope)
        refused = ReplyRefused(
            version=1,
            reply_id=envelope.id,
            department=department,
            ticket_id=reply.ticket_id,
            number=number,
            reply=reply.type,
            reason=refusal.reason,
            current_version=refusal.current_version or None,
            current_state=refusal.current_state,
        )
        answer_id = deterministic_id("replies", f"{envelope.topic}:{envelope.id}", ReplyRefused.type)
        work.publish("tickets", refused, event_id=answer_id)


def _by_own_fields(refusal: Refusal) -> Refusal:
    """What the use case says of a field of the step's body is said of the reply's own."""
    field, colon, rest = refusal.reason.partition(":")
    name = field.removeprefix("body.")
    return refusal if name == field else replace(refusal, reason=f"{SAID_AS.get(name, name)}{colon}{rest}")


def _no_ticket_of_yours() -> Problem:
    remedy = "ticket_id: there is no such ticket of yours; take it from the message that gave it to you."
    return Problem(404, "not-found", "No such ticket", remedy)


def _body(row: StepRow, said: dict[str, Any]) -> TicketStepBody:
    """The body of the step's route. Its version is the reply's to give, or not. Raises Problem 422, by the reply's own
    fields."""
    try:
        return row.body.model_validate({"version": 1, **said})
    except ValidationError as error:
        faults = error.errors(include_url=False)
        said_as = [{**one, "loc": [SAID_AS.get(str(part), part) for part in one["loc"]]} for one in faults]
        raise invalid(said_as) from None
