"""`closedloop reclassify`: reads the texts that are kept again and publishes what the model now reads differently.

Progress is saved after the broker's acknowledgement. A run that was stopped continues from there; what it publishes
twice has the same id, so readers drop it.
"""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from kafka import KafkaProducer
from kafka.errors import KafkaError

from services.chassis.clock import Clock, SystemClock
from services.chassis.messaging.kafka import flavour
from services.chassis.messaging.transport import kafka_options, reaching
from services.chassis.settings import KafkaSettings
from services.classifier.app.answer import CLASSIFICATIONS, TEXTS
from services.classifier.app.reading_again import LastReadings, event_id_of
from services.classifier.domain.reading import Reader
from services.classifier.files.model_files import BadModel
from services.classifier.files.model_store import ModelStore
from services.classifier.files.reader_data import reader_with
from services.classifier.files.reclassify_progress import ReclassifyProgress
from services.classifier.jobs.job import JobFailed
from services.classifier.stream.topic_reading import TopicUnreachable, events_of
from services.contracts.classification_events import TicketReadAgain
from services.contracts.event import Envelope
from services.contracts.fingerprint import TermKey
from services.contracts.text_events import TicketTextRecorded

PIECE: Final = 200
SEND_LIMIT_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Reclassified:
    """Texts read by `model`, and how many of them it reads differently from before."""

    read: int
    published: int
    model: str


def reclassify(
    models: Path, key: TermKey, brokers: KafkaSettings, *, since: datetime, rate: float, jurisdiction: str
) -> Reclassified:
    """Publishes at most `rate` events a second. `key` is the running classifier's.

    Raises JobFailed; the same call again then continues.
    """
    try:
        model = ModelStore(models).active().model
    except BadModel as error:
        raise JobFailed(str(error)) from None
    purpose = {"kafka": brokers.kafka_bootstrap, "since": since.isoformat(), "model": model.version}
    progress = ReclassifyProgress.load(models / "reclassify.json", purpose)
    source = f"/{jurisdiction}/classifier"
    try:
        _Run(brokers, reader_with(model, key), SystemClock(), source, since, rate).run(progress)
    except TopicUnreachable as error:
        raise JobFailed(f"{error}. Run the same command again to continue.") from None
    return Reclassified(progress.read, progress.published, model.version)


@dataclass(frozen=True, slots=True)
class _Run:
    """`source` is the `ce_source` of what is published."""

    brokers: KafkaSettings
    reader: Reader
    clock: Clock
    source: str
    since: datetime
    rate: float

    def run(self, progress: ReclassifyProgress) -> None:
        """From where `progress` stands to where the topic ends now. Raises TopicUnreachable."""
        last = LastReadings()
        for placed in events_of(self.brokers, CLASSIFICATIONS):
            last.record(placed.envelope.event)
        try:
            options = {**flavour(self.brokers).producer, **kafka_options(self.brokers)}
            made = reaching(self.brokers, lambda: KafkaProducer(acks="all", enable_idempotence=True, **options))
        except KafkaError as error:
            raise TopicUnreachable(str(error)) from None
        with closing(made) as producer:
            unacknowledged: list[Any] = []
            reached = dict(progress.next_offsets)
            for placed in events_of(self.brokers, TEXTS, progress.next_offsets):
                text = placed.envelope.event
                if isinstance(text, TicketTextRecorded) and text.occurred_at >= self.since:
                    progress.read += 1
                    if event := last.reread(text, self.reader):
                        last.record(event)
                        unacknowledged.append(self._send(producer, event, placed.envelope.traceparent))
                        time.sleep(1 / self.rate)
                reached[placed.partition] = placed.offset + 1
                if len(unacknowledged) >= PIECE:
                    _acknowledge(progress, unacknowledged, reached)
            _acknowledge(progress, unacknowledged, reached)

    def _send(self, producer: KafkaProducer, event: TicketReadAgain, traceparent: str | None) -> Any:
        made = Envelope(UUID(event_id_of(event)), self.source, self.clock.now(), event, traceparent)
        return producer.send(CLASSIFICATIONS, key=made.key, value=made.value(), headers=made.headers())


def _acknowledge(progress: ReclassifyProgress, unacknowledged: list[Any], reached: dict[int, int]) -> None:
    """Waits until everything sent is acknowledged, and only then counts it as done."""
    try:
        for sent in unacknowledged:
            sent.get(timeout=SEND_LIMIT_S)
    except KafkaError as error:
        raise TopicUnreachable(f"the broker did not acknowledge ({type(error).__name__})") from None
    progress.published += len(unacknowledged)
    unacknowledged.clear()
    progress.next_offsets = dict(reached)
    progress.save()
