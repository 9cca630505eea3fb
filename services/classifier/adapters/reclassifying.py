"""Running over the texts that are kept and publishing what another model reads otherwise: slowly, and in pieces.

How far it is stands in a file, written after the broker's acknowledgement; a run that was ended goes on from there,
and what it publishes twice has the same id (readers drop it).
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from kafka import KafkaProducer
from kafka.errors import KafkaError

from services.chassis.clock import Clock
from services.classifier.adapters.topic_reading import Unreachable, events_of
from services.classifier.app.answer import CLASSIFICATIONS, TEXTS
from services.classifier.app.reading_again import LastReadings, event_id_of
from services.classifier.domain.reading import Reader
from services.contracts.classification_events import TicketReadAgain
from services.contracts.event import Envelope
from services.contracts.ticket_events import TicketTextRecorded

PIECE: Final = 200
SEND_LIMIT_S: Final = 60.0


@dataclass(slots=True)
class Progress:
    """The next offset of each partition of `ticket-texts`, and what was done; kept in `file` for one purpose."""

    file: Path
    purpose: Mapping[str, str]
    next_offsets: dict[int, int] = field(default_factory=dict)
    read: int = 0
    published: int = 0

    @classmethod
    def of(cls, file: Path, purpose: Mapping[str, str]) -> Progress:
        """As it stands in the file, if that is of the same purpose; otherwise from the beginning."""
        fresh = cls(file, purpose)
        try:
            kept = json.loads(file.read_text(encoding="utf-8"))
            if kept["purpose"] == dict(purpose):
                offsets = {int(partition): int(offset) for partition, offset in kept["next_offsets"].items()}
                return cls(file, purpose, offsets, int(kept["read"]), int(kept["published"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return fresh
        return fresh

    def keep(self) -> None:
        told = {
            "purpose": dict(self.purpose),
            "next_offsets": self.next_offsets,
            "read": self.read,
            "published": self.published,
        }
        self.file.parent.mkdir(parents=True, exist_ok=True)
        draft = self.file.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(told) + "\n", encoding="utf-8")
        os.replace(draft, self.file)


@dataclass(frozen=True, slots=True)
class Reclassification:
    """`source` is the `ce_source` of what is published; `rate` is at most so many events a second."""

    bootstrap: str
    reader: Reader
    clock: Clock
    source: str
    since: datetime
    rate: float
    producer: Mapping[str, Any]

    def run(self, progress: Progress, advance: Callable[[], None] = lambda: None) -> Progress:
        """Reads every text since `since` from where `progress` stands to where the topic ends now. Raises Unreachable;
        then the same again goes on."""
        last = LastReadings()
        for placed in events_of(self.bootstrap, CLASSIFICATIONS):
            last.hear(placed.envelope.event)
        try:
            made = KafkaProducer(
                bootstrap_servers=self.bootstrap.split(","), acks="all", enable_idempotence=True, **self.producer
            )
        except KafkaError as error:
            raise Unreachable(f"no broker answers at {self.bootstrap} ({type(error).__name__}): name another") from None
        with closing(made) as producer:
            waiting: list[Any] = []
            reached = dict(progress.next_offsets)
            for placed in events_of(self.bootstrap, TEXTS, progress.next_offsets):
                text = placed.envelope.event
                if isinstance(text, TicketTextRecorded) and text.occurred_at >= self.since:
                    progress.read += 1
                    if event := last.again(text, self.reader):
                        last.hear(event)
                        waiting.append(self._send(producer, event, placed.envelope.traceparent))
                        time.sleep(1 / self.rate)
                reached[placed.partition] = placed.offset + 1
                advance()
                if len(waiting) >= PIECE:
                    _settle(progress, waiting, reached)
            _settle(progress, waiting, reached)
        return progress

    def _send(self, producer: KafkaProducer, event: TicketReadAgain, traceparent: str | None) -> Any:
        made = Envelope(UUID(event_id_of(event)), self.source, self.clock.now(), event, traceparent)
        return producer.send(CLASSIFICATIONS, key=made.key, value=made.value(), headers=made.headers())


def _settle(progress: Progress, waiting: list[Any], reached: dict[int, int]) -> None:
    """What was sent is acknowledged, and only then counted as done."""
    try:
        for sent in waiting:
            sent.get(timeout=SEND_LIMIT_S)
    except KafkaError as error:
        raise Unreachable(f"the broker did not acknowledge ({type(error).__name__}): run the same again") from None
    progress.published += len(waiting)
    waiting.clear()
    progress.next_offsets = dict(reached)
    progress.keep()
