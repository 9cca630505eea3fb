"""Reads the departments' topics as departments do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Self

from kafka import KafkaConsumer, TopicPartition

from services.chassis.messaging.kafka import flavour
from services.chassis.messaging.transport import kafka_options
from services.chassis.settings import KafkaSettings
from services.contracts.event import Envelope
from services.contracts.registry import EVENTS
from services.contracts.topics import topic_table

DEPARTMENTS = "departments."
ONLY_PARTITION = 0


class Mailbox:
    """Reads every department's messages from the beginning, each once. Not thread-safe."""

    def __init__(self, brokers: KafkaSettings) -> None:
        self._consumer = KafkaConsumer(
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            allow_auto_create_topics=False,
            **flavour(brokers).consumer,
            **kafka_options(brokers),
        )
        topics = topic_table().topics
        streams = {name: topic for name, topic in topics.items() if name.startswith(DEPARTMENTS) and not topic.state_of}
        self.topics = {name for name, topic in streams.items() if topic.events}
        self._partitions = {name: TopicPartition(name, ONLY_PARTITION) for name in sorted(self.topics)}
        self._consumer.assign([*self._partitions.values()])
        self._consumer.seek_to_beginning(*self._partitions.values())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._consumer.close()

    def read(self, published: Mapping[str, int]) -> Iterator[tuple[str, Envelope]]:
        """The messages since the last call, as (department, message), up to what is `published` on each topic."""
        unread = {name: end for name in self.topics if self._position(name) < (end := published.get(name, 0))}
        while unread:
            for batch in self._consumer.poll(timeout_ms=200).values():
                for record in batch:
                    yield (
                        record.topic.removeprefix(DEPARTMENTS),
                        Envelope.parse(list(record.headers), record.value, EVENTS),
                    )
            unread = {name: end for name, end in unread.items() if self._position(name) < end}

    def _position(self, topic: str) -> int:
        position: int = self._consumer.position(self._partitions[topic])
        return position
