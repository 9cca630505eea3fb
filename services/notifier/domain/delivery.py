"""A delivery: one message, for one event, to one recipient, on one channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Self, TypeVar
from uuid import UUID

from services.contracts.department_answer_events import DepartmentReplyTaken, DepartmentReplyTurnedDown
from services.contracts.department_events import (
    CaseNotice,
    DepartmentReplyRefused,
    HotIssueNotice,
    ProjectNotice,
    StandardNotice,
    TicketAssigned,
    TicketNotice,
    TicketShared,
)
from services.contracts.event import Envelope, Event, deterministic_id
from services.contracts.supervision_events import SupervisingParty
from services.contracts.supervisor_events import SupervisionNotice, SupervisorCaseNotice, SupervisorNotice
from services.contracts.ticket_events import DepartmentCode, TicketCoHandlerCalledIn, TicketDispatched
from services.contracts.webhook_events import DepartmentWebhookDisabled, DepartmentWebhookFailing
from services.contracts.works_notices import DefectNotice, ImpactNotice

CONSUMER = "notifier"
PARTIES = frozenset(SupervisingParty)

SUBJECT_FIELDS: Mapping[type[Event], str] = {
    TicketAssigned: "ticket_id",
    TicketShared: "ticket_id",
    TicketNotice: "ticket_id",
    DepartmentReplyRefused: "ticket_id",
    DepartmentReplyTaken: "aggregate_id",
    DepartmentReplyTurnedDown: "aggregate_id",
    HotIssueNotice: "hot_issue_id",
    ProjectNotice: "project_id",
    SupervisionNotice: "topic_id",
    SupervisorNotice: "topic_id",
    ImpactNotice: "project_id",
    DefectNotice: "project_id",
    CaseNotice: "case_id",
    SupervisorCaseNotice: "case_id",
    StandardNotice: "standard_id",
    DepartmentWebhookDisabled: "webhook_id",
    DepartmentWebhookFailing: "webhook_id",
}
"""By message, the field that names what it is about: a ticket, hot issue, project, case, standard, topic or webhook; of
an answer, the reply itself."""

Notice = TypeVar("Notice", bound=Event)


class DeliveryChannel(StrEnum):
    TOPIC = "topic"
    WEBHOOK = "webhook"


class DeliveryStatus(StrEnum):
    """On a topic: `awaiting_text` → `published`; a delivery that needs no text starts as published.

    Published means: in the outbox, written by the same transaction. By webhook: `waiting` → `sent` (the receiver
    answered 2xx) or `failed`; a person may set both back to `waiting`.
    """

    AWAITING_TEXT = "awaiting_text"
    PUBLISHED = "published"
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class RedactedText(NamedTuple):
    """The caller's words without personal data."""

    text: str
    address: str | None


@dataclass(slots=True)
class TopicDelivery:
    """A message to a department on its topic. `published_at` is business time; None while it waits for the text.

    `dispatch` is kept for a message with the text alone, which is made from it when the text arrives. `number` is what
    people call the matter by.
    """

    delivery_id: UUID
    event_id: UUID
    department: DepartmentCode
    message: type[Event]
    subject_id: str
    version: int
    caused_at: datetime
    dispatch: TicketDispatched | None = None
    published_at: datetime | None = None
    number: str | None = None

    @classmethod
    def of(cls, cause: Envelope, department: DepartmentCode, message: type[Event]) -> Self:
        return cls(
            delivery_id(cause.id, recipient_of(department), DeliveryChannel.TOPIC, message.type),
            cause.id,
            department,
            message,
            getattr(cause.event, SUBJECT_FIELDS[message]),
            cause.event.version,
            cause.time,
            number=number if isinstance(number := getattr(cause.event, "number", None), str) else None,
        )

    @property
    def recipient(self) -> str:
        return recipient_of(self.department)

    @property
    def status(self) -> DeliveryStatus:
        return DeliveryStatus.AWAITING_TEXT if self.published_at is None else DeliveryStatus.PUBLISHED


@dataclass(frozen=True, slots=True)
class DepartmentMessage:
    """What goes out for a delivery; `traceparent` is the trace of the event that let it go."""

    delivery: TopicDelivery
    event: Event
    traceparent: str | None


def recipient_of(department: DepartmentCode) -> str:
    """The recipient's name, which is also the role that may read its deliveries (ADR 27). A supervising party, named
    by its code, is one too."""
    return f"supervisor:{department}" if department in PARTIES else f"department:{department}"


def department_of(recipient: str) -> DepartmentCode:
    """The reverse of `recipient_of`."""
    return recipient.partition(":")[2]


def delivery_id(
    event_id: UUID, recipient: str, channel: DeliveryChannel, message: str, webhook: UUID | None = None
) -> UUID:
    """The same id each time the same delivery is made, so that a receiver can drop repeats.

    `message` is the message's type; `webhook` says to which of the recipient's webhooks it goes.
    """
    address = channel if webhook is None else f"{channel}|{webhook}"
    return deterministic_id(CONSUMER, f"{event_id}|{recipient}|{address}", message)


def with_text(
    message: type[Event], dispatch: TicketDispatched, text: RedactedText, department: DepartmentCode, delivery: UUID
) -> Event:
    """The message that gives a ticket to a unit, to lead it or to help: those of its facts that the message has."""
    facts = {"department": department, "delivery_id": delivery, "text": text.text, "address": text.address}
    return message.model_validate(dispatch.model_dump() | facts)


def as_dispatched(called_in: TicketCoHandlerCalledIn) -> TicketDispatched:
    """The ticket as a unit that is called in gets it."""
    return TicketDispatched.model_validate(called_in.model_dump())


def notice(
    message: type[Notice], fact: Event, department: DepartmentCode, delivery: UUID, said: Mapping[str, str]
) -> Notice:
    """The message about `fact` for a department: those of the fact's fields that the message has, and what is said to
    people."""
    own_fields = {"stage": fact.type, "department": department, "delivery_id": delivery}
    return message.model_validate(fact.model_dump() | {**own_fields, **said})
