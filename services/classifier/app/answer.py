"""Turns one record of `ticket-texts` into one record to publish: its classification, or a dead letter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

import structlog

from services.chassis import metrics
from services.chassis.clock import Clock
from services.chassis.messaging.dead_letters import cause_headers
from services.chassis.messaging.errors import cause_of
from services.classifier.domain.reading import Reader, Reading
from services.contracts.classification_events import TicketClassified
from services.contracts.event import Envelope, Headers, MalformedEvent, deterministic_id
from services.contracts.registry import EVENTS
from services.contracts.text_events import TicketTextRecorded

log = structlog.get_logger(__name__)

CONSUMER: Final = "classifier"
TEXTS: Final = "ticket-texts"
CLASSIFICATIONS: Final = "classifications"
DEAD_LETTERS: Final = "classifier.dlq"

Outcome = Literal["handled", "ignored", "rejected"]


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A record of a topic."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    headers: Headers
    value: bytes | None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record to publish; `type` labels its metric."""

    topic: str
    key: bytes
    headers: Headers
    value: bytes | None
    type: str

    def without_value(self) -> Outgoing:
        """For a dead letter that is too large for the broker: it still says where its record is."""
        return replace(self, headers=[*self.headers, ("dlq_value", b"left at its source")], value=None)


@dataclass(frozen=True, slots=True)
class RecordAnswer:
    outcome: Outcome
    type: str
    outgoing: Outgoing | None


@dataclass(frozen=True, slots=True)
class Answering:
    """Answers records. The same record gets an answer with the same id, however often it is delivered.

    `source` is the `ce_source` of what is published.
    """

    reader: Reader
    clock: Clock
    source: str

    def answer(self, record: SourceRecord) -> RecordAnswer:
        """Never raises: a malformed record, or one on which the reader fails, becomes a dead letter."""
        kind = "unknown"
        try:
            envelope = Envelope.parse(record.headers, record.value, EVENTS)
            kind = envelope.event.type
            if not isinstance(envelope.event, TicketTextRecorded):
                return RecordAnswer("ignored", kind, None)
            return RecordAnswer("handled", kind, self.classify(envelope, envelope.event))
        except MalformedEvent as fault:
            cause = cause_of(fault)
        except Exception as bug:
            metrics.EVENT_BUGS.labels(CONSUMER, record.topic, kind).inc()
            log.exception("the reader failed", topic=record.topic, partition=record.partition, offset=record.offset)
            cause = f"bug: {cause_of(bug)}"
        return self.reject(record, cause, kind)

    def reject(self, record: SourceRecord, cause: str, kind: str = "unknown") -> RecordAnswer:
        """A dead letter of the record, which is not looked into. `kind` is its type, if that is known."""
        log.warning("event rejected", cause=cause, topic=record.topic, partition=record.partition, offset=record.offset)
        return RecordAnswer("rejected", kind, self._dead_letter(record, cause))

    def classify(self, envelope: Envelope, text: TicketTextRecorded) -> Outgoing:
        """Classifies one text. Raises whatever the reader raises."""
        with metrics.HANDLER_SECONDS.labels(CONSUMER, text.type).time():
            event = classified(text, self.reader.read(text.text, text.address))
        event_id = deterministic_id(CONSUMER, f"{text.ticket_id}:{text.version}", event.type)
        made = Envelope(event_id, self.source, self.clock.now(), event, envelope.traceparent)
        return Outgoing(CLASSIFICATIONS, made.key, made.headers(), made.value(), event.type)

    def _dead_letter(self, record: SourceRecord, cause: str) -> Outgoing:
        position = f"{record.topic}-{record.partition}-{record.offset}"
        about = {
            "dlq_id": str(deterministic_id(CONSUMER, position, "dead-letter")),
            "dlq_at": self.clock.now().isoformat(),
        }
        headers = [
            *((name, value or b"") for name, value in record.headers),
            *cause_headers(CONSUMER, record.topic, record.partition, record.offset, cause),
            *pairs(about),
        ]
        # A client refuses to send a record without key and value.
        return Outgoing(DEAD_LETTERS, record.key or b"", headers, record.value, "dead-letter")


def classified(text: TicketTextRecorded, reading: Reading) -> TicketClassified:
    return TicketClassified(
        version=text.version,
        ticket_id=text.ticket_id,
        type_code=reading.type_code,
        confidence=reading.confidence,
        runner_up=reading.runner_up,
        secondary=reading.secondary,
        kind=reading.kind,
        place=reading.place,
        place_candidates=reading.place_candidates,
        place_words=reading.place_words,
        elsewhere=reading.elsewhere,
        urgency=reading.urgency,
        emergency=reading.emergency,
        sensitive=reading.sensitive,
        reasons=reading.reasons,
        fingerprint=reading.fingerprint,
        model_version=reading.model_version,
    )


def pairs(headers: dict[str, str]) -> Iterable[tuple[str, bytes]]:
    return ((name, value.encode()) for name, value in headers.items())
