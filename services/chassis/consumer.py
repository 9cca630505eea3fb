"""The idempotent consumer's loop: poll, settle in the database, commit offsets; back off, stop, rejoin."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Mapping, Sequence

import structlog
from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import (
    CommitFailedError,
    FencedInstanceIdError,
    IllegalGenerationError,
    IllegalStateError,
    KafkaError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)
from kafka.structs import OffsetAndMetadata

from services.chassis import metrics
from services.chassis.errors import Kind, cause_of, kind_of
from services.chassis.health import Health
from services.chassis.kafka import BREATH_S, FEW, ConsumerFactory
from services.chassis.processing import Halted, Processor

log = structlog.get_logger(__name__)

POLL_MS = 50
"""How often an idle consumer looks whether it has read to the end: deadlines, and the demo's clock, wait for that."""
BACK_OFF_S = (0.1, 5.0)
COMMIT_TIMEOUT_MS = 10_000
MEASURE_EVERY_S = 1.0

# The partition went to another member while we worked: our batch is its batch now, and the inbox drops the rest.
_LOST_PARTITION = (CommitFailedError, IllegalGenerationError, RebalanceInProgressError, UnknownMemberIdError)


class ConsumerLoop:
    """Runs one Processor against its topics until `stop` is set. At-least-once from Kafka; the inbox makes it once.

    Offsets are committed after the database, so a crash in between redelivers what the inbox then drops.
    Ends by returning when stopped, by raising when the consumer must not go on: Halted, a bug, or a second
    process running under the same instance name (FencedInstanceIdError).
    """

    def __init__(self, processor: Processor, connect: ConsumerFactory, health: Health, stop: threading.Event) -> None:
        self._processor = processor
        self._connect = connect
        self._health = health
        self._stop = stop
        self._name = processor.consumer
        self._failures = 0
        self._topics = processor.subscription.topics
        self._last_settled: dict[str, float] = {}
        self._measured_at = 0.0
        self._read_until = 0.0
        self._settled_to: dict[TopicPartition, int] = {}
        self._read_to: dict[TopicPartition, int] = {}

    @property
    def settled(self) -> dict[str, int]:
        """By topic, the sum over partitions of how far this process has settled them: from the log's beginning."""
        settled = dict.fromkeys(self._topics, 0)
        for partition, offset in self._settled_to.copy().items():
            settled[partition.topic] += offset
        return settled

    @property
    def read_until(self) -> float:
        """Real time (epoch seconds) up to which everything published has been settled; 0 before the first time."""
        return self._read_until

    def run(self) -> None:
        while not self._stop.is_set():
            consumer: KafkaConsumer | None = None
            try:
                consumer = self._connect()
                self._consume(consumer)
            except FencedInstanceIdError:
                raise
            except KafkaError as error:
                log.warning("broker away", consumer=self._name, cause=cause_of(error))
                self._back_off()
            finally:
                if consumer is not None:
                    consumer.close(autocommit=False, timeout_ms=1000)

    def _consume(self, consumer: KafkaConsumer) -> None:
        while not self._stop.is_set():
            asked_at = time.time()
            batches: Mapping[TopicPartition, Sequence[ConsumerRecord]] = consumer.poll(timeout_ms=POLL_MS)
            self._health.beat(self._name)
            records = [record for batch in batches.values() for record in batch]
            if records and not self._settle(consumer, records):
                continue
            if not records and self._waiting(consumer) == 0:
                self._read_until = asked_at
            self._measure(consumer, records)
            if 0 < len(records) < FEW:
                self._stop.wait(BREATH_S)

    def _settle(self, consumer: KafkaConsumer, records: Sequence[ConsumerRecord]) -> bool:
        """False when a dependency was down: positions are set back, so that the same records come again."""
        try:
            self._processor.process(records)
        except Halted:
            raise
        except Exception as error:
            if kind_of(error) is not Kind.RETRY:
                raise
            for record in records:
                metrics.EVENT_RETRIES.labels(self._name, record.topic).inc()
            log.warning("dependency down, will retry", consumer=self._name, cause=cause_of(error))
            _set_back(consumer, records)
            self._back_off()
            return False
        self._failures = 0
        self._settled_to |= {TopicPartition(one.topic, one.partition): one.offset + 1 for one in records}
        self._commit(consumer, records)
        return True

    def _commit(self, consumer: KafkaConsumer, records: Sequence[ConsumerRecord]) -> None:
        nexts: dict[TopicPartition, OffsetAndMetadata] = {}
        for record in records:
            position = OffsetAndMetadata(record.offset + 1, "", record.leader_epoch)
            nexts[TopicPartition(record.topic, record.partition)] = position
        try:
            consumer.commit(nexts, timeout_ms=COMMIT_TIMEOUT_MS)
        except _LOST_PARTITION as error:
            log.info("partition lost, batch is settled all the same", consumer=self._name, cause=cause_of(error))

    def _back_off(self) -> None:
        low, high = BACK_OFF_S
        ceiling = min(high, low * 2 ** min(self._failures, 10))
        self._failures += 1
        self._stop.wait(random.uniform(ceiling / 2, ceiling))
        self._health.beat(self._name)

    def _measure(self, consumer: KafkaConsumer, records: Sequence[ConsumerRecord]) -> None:
        """Lag per topic over this member's partitions. In seconds: the last settled record's age, while more wait."""
        self._last_settled.update((record.topic, record.timestamp / 1000) for record in records)
        if time.monotonic() < self._measured_at + MEASURE_EVERY_S:
            return
        self._measured_at = time.monotonic()
        waiting = {topic: self._waiting(consumer, topic) or 0 for topic in self._topics}
        for topic, events in waiting.items():
            behind = time.time() - self._last_settled.get(topic, time.time()) if events else 0
            metrics.CONSUMER_LAG_EVENTS.labels(self._name, topic).set(events)
            metrics.CONSUMER_LAG_SECONDS.labels(self._name, topic).set(behind)

    def _waiting(self, consumer: KafkaConsumer, topic: str | None = None) -> int | None:
        """Records on this member's partitions (of `topic`) not yet read; None while it has none or knows no end."""
        events = 0
        partitions = consumer.assignment()
        if not partitions:
            return None
        for partition in partitions:
            if topic in (None, partition.topic):
                try:
                    end = consumer.highwater(partition)
                    if end is not None and self._read_to.get(partition) == end:
                        continue  # the client looks at all partitions to say where it is on one
                    position = consumer.position(partition, timeout_ms=0)
                except IllegalStateError:  # taken away since
                    return None
                if end is None or position is None:
                    return None
                if position >= end:
                    self._read_to[partition] = end
                events += max(0, end - position)
        return events


def _set_back(consumer: KafkaConsumer, records: Sequence[ConsumerRecord]) -> None:
    first: dict[TopicPartition, int] = {}
    for record in records:
        first.setdefault(TopicPartition(record.topic, record.partition), record.offset)
    for partition, offset in first.items():
        try:
            consumer.seek(partition, offset)
        except ValueError:
            log.info("partition went to another member", partition=str(partition))
