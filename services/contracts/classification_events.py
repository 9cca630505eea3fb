"""What classifier tells (topic `classifications`)."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from services.contracts.event import Event, TicketId
from services.contracts.ticket_events import Place, TypeCode, Urgency

Confidence = Annotated[float, Field(ge=0, le=1)]


class TicketClassified(Event):
    """A first reading of one text of a ticket: `version` is the text's. The first one wins (DESIGN §3).

    A machine's opinion, never a decision: it names its model and the words that decided
    (personal-information law art. 24), and a person's decision outranks it.
    """

    type: ClassVar[str] = "ticket.classified.v1"
    ticket_id: TicketId
    type_code: TypeCode
    confidence: Confidence
    runner_up: TypeCode | None = None
    place: Place
    urgency: Urgency
    reasons: tuple[str, ...] = Field((), description="The words of the text that decided, most telling first.")
    model_version: str

    @property
    def aggregate_id(self) -> str:
        return self.ticket_id
