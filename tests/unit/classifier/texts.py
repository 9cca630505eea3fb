"""Texts of tickets, as intake publishes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4, uuid5

from services.contracts.event import NAMESPACE, Envelope
from services.contracts.text_events import TicketTextRecorded
from services.contracts.ticket_events import Channel

Raw = tuple[bytes | None, list[tuple[str, bytes]], bytes | None]
"""Key, headers and value of a record."""


def text_event(number: int, text: str = "屋顶漏水", version: int = 1, **fields: Any) -> Envelope:
    """The text of ticket `number`: the same number gives the same ticket."""
    event = TicketTextRecorded(
        version=version,
        ticket_id=ticket(number),
        text=text,
        channel=Channel.PHONE,
        occurred_at=datetime(2026, 7, 1, 8, tzinfo=UTC),
        **fields,
    )
    return Envelope(uuid4(), "/310109/intake", datetime.now(UTC), event, "00-" + "a" * 32 + "-" + "b" * 16 + "-01")


def ticket(number: int) -> str:
    return str(uuid5(NAMESPACE, str(number)))


def raw(envelope: Envelope) -> Raw:
    return envelope.key, envelope.headers(), envelope.value()
