"""One record of `ticket-texts` becomes one record to publish: its classification, or a dead letter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

import structlog

from services.chassis import metrics
from services.chassis.clock import Clock
from services.chassis.dead_letters import cause_headers
from services.chassis.errors import cause_of
from services.classifier.domain.reading import Reader, Reading
from services.contracts.classification_events import TicketClassified
from services.contracts.event import Envelope, Headers, MalformedEvent, deterministic_id
from services.contracts.registry import EVENTS
from services.contracts.ticket_events import TicketTextRecorded

log = structlog.get_logger(__name__)

CONSUMER: Final = "classifier"
TEXTS: Final = "ticket-texts"
CLASSIFICATIONS: Final = "classifications"
DEAD_LETTERS: Final = "classifier.dlq"

Outcome = Literal["handled", "ignored", "rejected"]


@dataclass(frozen=True, slots=True)
class Source:
    """A record as it stands on its topic."""

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
        """A dead letter that is too large for the broker says at least where its record is."""
        return replace(self, headers=[*self.headers, ("dlq_value", b"left at its source")], value=None)


@dataclass(frozen=True, slots=True)
class Answer:
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

    def answer(self, record: Source) -> Answer:
        """Never raises: what cannot be read, and what the reader cannot cope with, is a dead letter."""
        kind = "unknown"
        try:
            envelope = Envelope.parse(record.headers, record.value, EVENTS)
            kind = envelope.event.type
            if not isinstance(envelope.event, TicketTextRecorded):
                return Answer("ignored", kind, None)
            return Answer("handled", kind, self.classify(envelope, envelope.event))
        except MalformedEvent as fault:
            cause = cause_of(fault)
        except Exception as bug:
            metrics.EVENT_BUGS.labels(CONSUMER, record.topic, kind).inc()
            log.exception("the reader failed", topic=record.topic, partition=record.partition, offset=record.offset)
            cause = f"bug: {cause_of(bug)}"
        log.warning("event rejected", cause=cause, topic=record.topic, partition=record.partition, offset=record.offset)
        return Answer("rejected", kind, self._dead_letter(record, cause))

    def classify(self, envelope: Envelope, text: TicketTextRecorded) -> Outgoing:
        """The classification of one text; raises whatever the reader raises."""
        with metrics.HANDLER_SECONDS.labels(CONSUMER, text.type).time():
            event = classified(text, self.reader.read(text.text, text.address))
        event_id = deterministic_id(CONSUMER, f"{text.ticket_id}:{text.version}", event.type)
        made = Envelope(event_id, self.source, self.clock.now(), event, envelope.traceparent)
        return Outgoing(CLASSIFICATIONS, made.key, made.headers(), made.value(), event.type)

    def _dead_letter(self, record: Source, cause: str) -> Outgoing:
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
        urgency=reading.urgency,
        emergency=reading.emergency,
        sensitive=reading.sensitive,
        reasons=reading.reasons,
        fingerprint=reading.fingerprint,
        model_version=reading.model_version,
    )


def pairs(headers: dict[str, str]) -> Iterable[tuple[str, bytes]]:
    return ((name, value.encode()) for name, value in headers.items())
