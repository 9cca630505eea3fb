"""Reads topics from their beginning to their end, as often as asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from kafka import KafkaConsumer, TopicPartition

from services.chassis.messaging.kafka import flavour
from services.chassis.messaging.transport import kafka_options, reaching
from services.chassis.settings import KafkaSettings
from services.contracts.event import Envelope, MalformedEvent
from services.contracts.registry import EVENTS

GROUP = "projects-rebuild"
QUIET_POLLS = 20


@dataclass(slots=True)
class Topics:
    """A group of its own that commits nothing: the live service's offsets stay where they are.

    What is no event is left out and counted in `malformed`: the live service has it among its dead letters.
    """

    brokers: KafkaSettings
    topics: Sequence[str]
    malformed: int = 0
    _consumer: KafkaConsumer = field(init=False)

    def __enter__(self) -> Self:
        self._consumer = reaching(
            self.brokers,
            lambda: KafkaConsumer(
                group_id=GROUP,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                allow_auto_create_topics=False,
                max_poll_records=5000,
                metrics_enabled=False,
                **flavour(self.brokers).consumer,
                **kafka_options(self.brokers),
            ),
        )
        partitions = [
            TopicPartition(topic, number)
            for topic in self.topics
            for number in sorted(self._consumer.partitions_for_topic(topic) or ())
        ]
        self._consumer.assign(partitions)
        self._consumer.seek_to_beginning(*partitions)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._consumer.close(autocommit=False)

    def to_the_end(self) -> Iterator[list[Envelope]]:
        """Batches up to the end of the topics; when called again, from there to the new end.

        The end is where nothing more comes: the embedded broker reports wrong end offsets (chassis/messaging/kafka.py).
        """
        quiet = 0
        while quiet < QUIET_POLLS:
            batches = self._consumer.poll(timeout_ms=50)
            records = [record for batch in batches.values() for record in batch]
            quiet = 0 if records else quiet + (1 if not self._waiting() else 0)
            found: list[Envelope] = []
            for record in records:
                try:
                    found.append(Envelope.parse(record.headers or [], record.value, EVENTS))
                except MalformedEvent:
                    self.malformed += 1
            if found:
                yield found

    def _waiting(self) -> bool:
        for partition in self._consumer.assignment():
            end = self._consumer.highwater(partition)
            if end is not None and self._consumer.position(partition) < end:
                return True
        return False
