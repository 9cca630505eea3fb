"""Events of classifier (topic `classifications`)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from services.contracts.event import Event, TicketId
from services.contracts.ticket_events import Place, RequestKind, TypeCode, Urgency

Confidence = Annotated[float, Field(ge=0, le=1)]
PlaceWord = Annotated[str, StringConstraints(pattern=r"^\S{2,20}$")]


class Sensitive(StrEnum):
    """Why a ticket is handled by few people only (personal-information law art. 28)."""

    HEALTH = "health"
    MINOR = "minor"


class _Reading(Event):
    """A machine's opinion of one text, never a decision: `version` is the text's.

    It names its model and the words that decided (personal-information law art. 24), and a person's decision
    outranks it.
    """

    ticket_id: TicketId
    type_code: TypeCode
    confidence: Confidence
    runner_up: TypeCode | None = None
    secondary: tuple[TypeCode, ...] = Field((), description="Further matters in the same text, the plainest first.")
    kind: RequestKind | None = None
    place: Place
    place_candidates: tuple[str, ...] = Field(
        (), description="Ids of the estates it may be, where the text fits more than one; `place` then names none."
    )
    place_words: tuple[PlaceWord, ...] = Field(
        (), description="Names of places in the text, whether or not the register knows them; none of a person."
    )
    elsewhere: PlaceWord | None = Field(
        None, description="Another district, city or province in which the matter is said to be."
    )
    urgency: Urgency
    emergency: bool | None = Field(
        None, description="Fire, gas, injury: to be transferred at once (docs/domain.md §2.1)."
    )
    sensitive: Sensitive | None = None
    reasons: tuple[str, ...] = Field((), description="The words of the text that decided, most telling first.")
    fingerprint: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,1024}$")] | None = Field(
        None, description="Recognises the same matter in other words; the text cannot be recovered from it."
    )
    model_version: str

    @property
    def aggregate_id(self) -> str:
        return self.ticket_id


class TicketClassified(_Reading):
    """A first reading of one text of a ticket. The first one wins (ADR 30)."""

    type: ClassVar[str] = "ticket.classified.v1"


class TicketReadAgain(_Reading):
    """What another model makes of the same text: published on command alone, and only where it differs.

    It moves counts, and a ticket that still waits for review; nothing that was dispatched by the first reading.
    """

    type: ClassVar[str] = "ticket.read_again.v1"
