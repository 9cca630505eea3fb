"""How long what intake holds of people is kept (docs/domain.md §9)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.intake.domain.steps import TicketState


class RetentionClass(StrEnum):
    """What is kept for a time of its own."""

    CALLER = "caller"
    ATTACHMENT = "attachment"
    RECORDING = "recording"
    MESSAGE = "message"
    LINK = "link"
    RECEIPT = "receipt"
    READING = "reading"
    TOMBSTONE = "tombstone"


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """A row of `data/retention.yaml`. `since`, `what` and `source` are words for people."""

    kept: RetentionClass
    months: int
    since: str
    what: str
    source: str


ENDED: Final = (TicketState.ARCHIVED, TicketState.FILED_AWAY, TicketState.REJECTED, TicketState.TRANSFERRED)
"""Nobody works on the ticket any more, here."""
