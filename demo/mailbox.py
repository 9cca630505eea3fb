"""Reads the departments' topics as departments do, and counts the records on every topic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from kafka import KafkaConsumer, TopicPartition

from services.chassis.messaging.kafka import FLAVOURS
from services.chassis.settings import KafkaFlavour
from services.contracts.event import Envelope
from services.contracts.registry import EVENTS
from services.contracts.topics import topic_table

DEPARTMENTS = "departments."


class Mailbox:
    """Reads every department's messages from the beginning, each once. Not thread-safe."""

    def __init__(self, bootstrap: str, flavour: str) -> None:
        self._consumer = KafkaConsumer(
            bootstrap_servers=bootstrap.split(","),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            allow_auto_create_topics=False,
            **FLAVOURS[KafkaFlavour(flavour)].consumer,
        )
        topics = topic_table().topics
        self._partitions = [
            TopicPartition(name, number)
            for name in topics
            for number in sorted(self._consumer.partitions_for_topic(name) or ())
        ]
        self._messages = [
            one for one in self._partitions if one.topic.startswith(DEPARTMENTS) and topics[one.topic].events
        ]
        # All are assigned because the library forgets the leaders of topics it does not read; the others are paused.
        self._consumer.assign(self._partitions)
        self._consumer.pause(*set(self._partitions).difference(self._messages))
        self._consumer.seek_to_beginning(*self._partitions)
        self.counts: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._consumer.close()

    def published(self) -> Counter[str]:
        """How many records each topic holds. Also updates `counts`, where the departments' topics are one."""
        self._ends = self._consumer.end_offsets(self._partitions)
        self.counts, held = Counter(), Counter[str]()
        for partition, end in self._ends.items():
            held[partition.topic] += end
            self.counts["departments" if partition in self._messages else partition.topic] += end
        return held

    def read(self) -> Iterator[tuple[str, Envelope]]:
        """The messages since the last call, as (department, message), up to what the last `published` counted."""
        unread = {one for one in self._messages if self._consumer.position(one) < self._ends[one]}
        while unread:
            for batch in self._consumer.poll(timeout_ms=200).values():
                for record in batch:
                    yield (
                        record.topic.removeprefix(DEPARTMENTS),
                        Envelope.parse(list(record.headers), record.value, EVENTS),
                    )
            unread = {one for one in unread if self._consumer.position(one) < self._ends[one]}
