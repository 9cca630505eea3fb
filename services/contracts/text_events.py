"""Events of intake about a ticket's redacted text (topic `ticket-texts`)."""

from __future__ import annotations

from typing import ClassVar, Final

from pydantic import AwareDatetime

from services.contracts.event import Event, TicketId
from services.contracts.ticket_events import Channel

ERASED: Final = "〔已删除〕"
"""Stands where words were that have been erased."""


class TicketTextRecorded(Event):
    """The redacted text of a ticket. Retention is short, because no redaction is perfect.

    `version` counts the texts of the ticket, not the ticket's facts; a text that is published again keeps it.
    """

    type: ClassVar[str] = "ticket.text_recorded.v1"
    ticket_id: TicketId
    text: str
    address: str | None = None
    channel: Channel
    occurred_at: AwareDatetime

    @property
    def aggregate_id(self) -> str:
        return self.ticket_id


class TicketTextErased(Event):
    """The text of a ticket was erased, because the caller asked for it or its time was over.

    `version` is above that of every text before: whoever keeps one puts ERASED in its place, and takes no older text
    any more, however late it comes.
    """

    type: ClassVar[str] = "ticket.text_erased.v1"
    ticket_id: TicketId

    @property
    def aggregate_id(self) -> str:
        return self.ticket_id
