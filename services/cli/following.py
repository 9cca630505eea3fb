"""Reads topics from now on, to watch the events of one aggregate."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from kafka import KafkaConsumer, TopicPartition

from services.chassis.messaging.kafka import flavour
from services.chassis.messaging.transport import kafka_options, reaching
from services.chassis.settings import KafkaSettings
from services.contracts.event import Envelope, MalformedEvent
from services.contracts.registry import EVENTS


class Follower:
    """Belongs to no group and commits nothing. Sees only records written after it was created, and no aborted ones."""

    def __init__(self, brokers: KafkaSettings, topics: Iterable[str]) -> None:
        self._consumer = reaching(
            brokers,
            lambda: KafkaConsumer(
                enable_auto_commit=False,
                allow_auto_create_topics=False,
                **flavour(brokers).consumer,
                **kafka_options(brokers),
            ),
        )
        partitions = [
            TopicPartition(topic, partition)
            for topic in topics
            for partition in self._consumer.partitions_for_topic(topic) or ()
        ]
        self._consumer.assign(partitions)
        self._consumer.seek_to_end(*partitions)
        for partition in partitions:
            self._consumer.position(partition)  # now, not at the first poll
        self._seen: list[tuple[str, Envelope, float]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._consumer.close()

    def first(self, matches: Callable[[str, Envelope], bool], until: float) -> tuple[Envelope, float] | None:
        """The first event that matches and when it arrived; None after `until` (both by `time.monotonic`)."""
        while True:
            for topic, envelope, at in self._seen:
                if matches(topic, envelope):
                    return envelope, at
            if time.monotonic() > until:
                return None
            self._read()

    def _read(self) -> None:
        batches = self._consumer.poll(timeout_ms=200)
        now = time.monotonic()
        for record in (record for batch in batches.values() for record in batch):
            try:
                envelope = Envelope.parse(list(record.headers), record.value, EVENTS)
            except MalformedEvent:
                continue
            self._seen.append((record.topic, envelope, now))
