"""A delivery: one message, for one event, to one recipient, on one channel."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple, TypeVar
from uuid import UUID

from services.contracts.department_events import TicketAssigned
from services.contracts.event import Event, deterministic_id
from services.contracts.ticket_events import DepartmentCode, TicketDispatched

CONSUMER = "notifier"

Told = TypeVar("Told", bound=Event)


class DeliveryChannel(StrEnum):
    TOPIC = "topic"
    WEBHOOK = "webhook"


class Status(StrEnum):
    """On a topic: `awaiting_text` → `published`; a delivery that waits for no text is born published.

    Published means: in the outbox, in the transaction that says so. By webhook: `waiting` → `sent` (the receiver has
    answered 2xx) or `failed`; a person may set both back to `waiting`.
    """

    AWAITING_TEXT = "awaiting_text"
    PUBLISHED = "published"
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class Text(NamedTuple):
    """What was said, redacted."""

    text: str
    address: str | None


def recipient_of(department: DepartmentCode) -> str:
    """The recipient's name, which is also the role that may read its deliveries (DESIGN §7)."""
    return f"department:{department}"


def delivery_id(
    event_id: UUID, recipient: str, channel: DeliveryChannel, message: str, webhook: UUID | None = None
) -> UUID:
    """The same for the same delivery, however often it is made: by it a receiver drops repeats.

    `message` is the type of what is told; `webhook` which of the recipient's it goes to.
    """
    address = channel if webhook is None else f"{channel}|{webhook}"
    return deterministic_id(CONSUMER, f"{event_id}|{recipient}|{address}", message)


def assignment(dispatch: TicketDispatched, text: Text, delivery: UUID) -> TicketAssigned:
    """What the lead unit is told of a dispatch."""
    return TicketAssigned(
        version=dispatch.version,
        delivery_id=delivery,
        department=dispatch.lead,
        ticket_id=dispatch.ticket_id,
        type_code=dispatch.type_code,
        place=dispatch.place,
        urgency=dispatch.urgency,
        co_handlers=dispatch.co_handlers,
        occurred_at=dispatch.occurred_at,
        received_at=dispatch.received_at,
        text=text.text,
        address=text.address,
    )


def told(message: type[Told], fact: Event, department: DepartmentCode, delivery: UUID) -> Told:
    """What a department is told of a hot issue or project: those of the fact's fields that the message has."""
    return message.model_validate(
        fact.model_dump() | {"stage": fact.type, "department": department, "delivery_id": delivery}
    )
