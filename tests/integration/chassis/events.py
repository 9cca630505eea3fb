"""Events and records to feed the chassis with: tickets 1, 2, 3 … as records of topics t, u …"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from kafka.consumer.fetcher import ConsumerRecord

from services.contracts.event import Envelope, Event, Headers, deterministic_id
from services.contracts.text_events import TicketTextRecorded
from services.contracts.ticket_events import Channel, TicketReceived

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def ticket_id(number: int) -> str:
    return str(UUID(int=number))


def received(number: int, version: int = 1) -> TicketReceived:
    """A ticket's first fact."""
    return TicketReceived(
        ticket_id=ticket_id(number),
        version=version,
        state="received",
        channel=Channel.PHONE,
        occurred_at=NOW,
        received_at=NOW,
    )


def ignored(number: int) -> TicketTextRecorded:
    """An event of a type the tests' subscriptions have no handler for."""
    return TicketTextRecorded(
        ticket_id=ticket_id(number), version=1, text="水管漏水", channel=Channel.PHONE, occurred_at=NOW
    )


def envelope(event: Event, event_id: UUID | None = None) -> Envelope:
    """Published twice, the same event has the same id."""
    envelope_id = event_id or deterministic_id("test", f"{event.aggregate_id}/{event.version}", event.type)
    return Envelope(envelope_id, "/310109/test", NOW, event)


def record(event: Event, offset: int, *, topic: str = "t", partition: int = 0) -> ConsumerRecord:
    """The event as a consumer reads it."""
    enveloped = envelope(event)
    headers, value = enveloped.headers(), enveloped.value()
    return raw_record(offset, headers=headers, value=value, key=enveloped.key, topic=topic, partition=partition)


def raw_record(
    offset: int,
    *,
    headers: Headers,
    value: bytes | None,
    key: bytes | None = b"k",
    topic: str = "t",
    partition: int = 0,
) -> ConsumerRecord:
    return ConsumerRecord(
        topic, partition, 0, offset, int(NOW.timestamp() * 1000), 0, key, value, headers, None, -1, -1, -1
    )


def garbage(offset: int, *, topic: str = "t", partition: int = 0) -> ConsumerRecord:
    """A record that is no event."""
    return raw_record(offset, headers=[], value=b"{", topic=topic, partition=partition)
