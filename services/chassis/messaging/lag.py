"""How far behind a consumer is, and how far it has come."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import IllegalStateError

from services.chassis import metrics

MEASURE_EVERY_S = 1.0


class Lag:
    """Not thread-safe, except `settled`."""

    def __init__(self, consumer: str, topics: Sequence[str]) -> None:
        self._consumer = consumer
        self._topics = topics
        self._last_settled: dict[str, float] = {}
        self._measured_at = 0.0
        self._settled_to: dict[TopicPartition, int] = {}
        self._read_to: dict[TopicPartition, int] = {}

    @property
    def settled(self) -> dict[str, int]:
        """By topic, the sum over partitions of the offsets up to which this process has settled them."""
        settled = dict.fromkeys(self._topics, 0)
        for partition, offset in self._settled_to.copy().items():
            settled[partition.topic] += offset
        return settled

    def settle(self, records: Iterable[ConsumerRecord]) -> None:
        for record in records:
            self._settled_to[TopicPartition(record.topic, record.partition)] = record.offset + 1
            self._last_settled[record.topic] = record.timestamp / 1000

    def pass_over(self, partition: TopicPartition, following: int) -> None:
        """Everything before `following` is settled without having been read."""
        self._settled_to[partition] = following

    def measure(self, member: KafkaConsumer) -> None:
        """Sets the gauges, by topic over this member's partitions, once a second at most.

        In seconds: the age of the last settled record while more are waiting. A consumer that is out of its group has
        no partitions: the gauges keep their last values.
        """
        if time.monotonic() < self._measured_at + MEASURE_EVERY_S or not member.assignment():
            return
        self._measured_at = time.monotonic()
        for topic in self._topics:
            events = self.waiting(member, topic)
            if events is None:
                continue
            behind = time.time() - self._last_settled.get(topic, time.time()) if events else 0
            metrics.CONSUMER_LAG_EVENTS.labels(self._consumer, topic).set(events)
            metrics.CONSUMER_LAG_SECONDS.labels(self._consumer, topic).set(behind)

    def waiting(self, member: KafkaConsumer, topic: str | None = None) -> int | None:
        """Records on this member's partitions (of `topic`) not yet read; None while it has none or knows no end."""
        events = 0
        partitions = member.assignment()
        if not partitions:
            return None
        for partition in partitions:
            if topic in (None, partition.topic):
                try:
                    end = member.highwater(partition)
                    if end is not None and self._read_to.get(partition) == end:
                        continue  # position() iterates over all partitions
                    position = member.position(partition, timeout_ms=0)
                except IllegalStateError:  # revoked meanwhile
                    return None
                if end is None or position is None:
                    return None
                if position >= end:
                    self._read_to[partition] = end
                events += max(0, end - position)
        return events
