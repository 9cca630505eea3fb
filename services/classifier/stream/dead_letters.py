"""The classifier's dead letters. There is no database: letters and their replays are records of `classifier.dlq`.

A letter is the rejected record with `dlq_*` headers. A record that was rejected twice (redelivered) is there twice
under one `dlq_id`; the first one counts. A replay is recorded by a marker: its `dlq_replays` is the `dlq_id`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from services.chassis import metrics
from services.chassis.clock import Clock
from services.chassis.messaging.transport import aiokafka_options
from services.chassis.settings import Settings
from services.classifier.app.answer import CONSUMER, DEAD_LETTERS, Answering, Outgoing, pairs
from services.classifier.stream.publisher import FaustPublisher
from services.contracts.event import Envelope, Headers, MalformedEvent
from services.contracts.registry import EVENTS
from services.contracts.text_events import TicketTextRecorded

READ_LIMIT_S: Final = 10.0
REPLAY_LIMIT_S: Final = 10.0
COUNT_EVERY_S: Final = 30.0
OWN_HEADERS: Final = "dlq_"


class StillRejected(Exception):
    """The replay failed; nothing was published. The message says why."""


@dataclass(frozen=True, slots=True)
class RejectedRecord:
    """`partition` and `offset` are those of the letter; `topic`, `source_…` those of the rejected record."""

    partition: int
    offset: int
    dlq_id: str
    topic: str
    source_partition: int
    source_offset: int
    cause: str
    rejected_at: datetime
    replayed_at: datetime | None = None

    @property
    def id(self) -> str:
        return f"{self.partition}-{self.offset}"

    @property
    def status(self) -> str:
        return "replayed" if self.replayed_at else "rejected"


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A letter's record, read again."""

    key: bytes
    headers: Headers
    value: bytes | None


class DeadLetters:
    """Reads and replays dead letters; remembers what it has read. Runs on the stream's event loop."""

    def __init__(self, settings: Settings, answering: Answering, publisher: FaustPublisher, clock: Clock) -> None:
        self._settings = settings
        self._answering = answering
        self._publisher = publisher
        self._clock = clock
        self._lock = asyncio.Lock()
        self._letters: dict[str, RejectedRecord] = {}
        self._read_to: dict[TopicPartition, int] = {}

    async def all(self) -> list[RejectedRecord]:
        """Every letter that is still kept, in the order of the topic.

        Raises KafkaError or TimeoutError when the broker is away.
        """
        async with self._lock, asyncio.timeout(READ_LIMIT_S), self._consumer() as consumer:
            partitions = consumer.assignment()
            begins, ends = await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)
            for partition in partitions:
                consumer.seek(partition, max(self._read_to.get(partition, 0), begins[partition]))
            while behind := [
                one for one in partitions if await consumer.position(one) < max(ends[one], consumer.highwater(one) or 0)
            ]:
                for records in (await consumer.getmany(*behind, timeout_ms=500)).values():
                    for record in records:
                        self._fold(record)
            self._read_to = {partition: await consumer.position(partition) for partition in partitions}
            firsts = {partition.partition: offset for partition, offset in begins.items()}
            self._letters = {
                key: one for key, one in self._letters.items() if one.offset >= firsts.get(one.partition, 0)
            }
            waiting = sum(1 for one in self._letters.values() if one.replayed_at is None)
            metrics.DEAD_LETTERS.labels(CONSUMER).set(waiting)
            return sorted(self._letters.values(), key=lambda one: (one.partition, one.offset))

    async def keep_count(self) -> None:
        """Updates the gauge of letters that wait for a replay, until cancelled."""
        while True:
            with contextlib.suppress(KafkaError, TimeoutError):
                await self.all()
            await asyncio.sleep(COUNT_EVERY_S)

    async def find(self, partition: int, offset: int) -> RejectedRecord | None:
        letters = await self.all()
        return next((one for one in letters if (one.partition, one.offset) == (partition, offset)), None)

    async def stored(self, letter: RejectedRecord) -> StoredRecord:
        """The letter's record. Raises KafkaError or TimeoutError when the broker is away."""
        async with asyncio.timeout(READ_LIMIT_S), self._consumer() as consumer:
            place = TopicPartition(DEAD_LETTERS, letter.partition)
            consumer.seek(place, letter.offset)
            record = await consumer.getone(place)
            return StoredRecord(record.key or b"", list(record.headers), record.value)

    async def replay(self, letter: RejectedRecord, actor: str) -> RejectedRecord:
        """Classifies the stored record; publishes the result and then the marker, both acknowledged.

        Repeated after a crash in between, it publishes the same id again. Raises StillRejected, and TimeoutError when
        the broker does not acknowledge in time: the effect is then unknown, so repeat it.
        """
        stored = await self.stored(letter)
        answer = self._answer(stored)
        now = self._clock.now()
        marker = {"dlq_replays": letter.dlq_id, "dlq_by": actor, "dlq_at": now.isoformat(), "dlq_consumer": CONSUMER}
        async with asyncio.timeout(REPLAY_LIMIT_S):
            await self._publisher.publish(answer)
            await self._publisher.publish(Outgoing(DEAD_LETTERS, stored.key, list(pairs(marker)), b"", "replay-marker"))
        metrics.EVENTS_CONSUMED.labels(CONSUMER, letter.topic, TicketTextRecorded.type, "replayed").inc()
        return replace(letter, replayed_at=now)

    def _answer(self, stored: StoredRecord) -> Outgoing:
        original = [(name, value) for name, value in stored.headers if not name.startswith(OWN_HEADERS)]
        if any(name == "dlq_value" for name, _ in stored.headers):
            raise StillRejected("the record was too large to be kept here; have its text published again")
        try:
            envelope = Envelope.parse(original, stored.value, EVENTS)
        except MalformedEvent as fault:
            raise StillRejected(str(fault)) from fault
        if not isinstance(envelope.event, TicketTextRecorded):
            raise StillRejected(f"{envelope.event.type} is not a text")
        try:
            return self._answering.classify(envelope, envelope.event)
        except Exception as bug:
            raise StillRejected(f"the reader failed again: {type(bug).__name__}") from bug

    def _fold(self, record: Any) -> None:
        headers = {name: value.decode("utf-8", "replace") for name, value in record.headers if value is not None}
        replayed = self._letters.get(headers.get("dlq_replays", ""))
        if replayed:
            self._letters[replayed.dlq_id] = replace(replayed, replayed_at=datetime.fromisoformat(headers["dlq_at"]))
        elif "dlq_id" in headers and headers["dlq_id"] not in self._letters:
            self._letters[headers["dlq_id"]] = RejectedRecord(
                record.partition,
                record.offset,
                headers["dlq_id"],
                headers["dlq_topic"],
                int(headers["dlq_partition"]),
                int(headers["dlq_offset"]),
                headers["dlq_cause"],
                datetime.fromisoformat(headers["dlq_at"]),
            )

    @contextlib.asynccontextmanager
    async def _consumer(self) -> AsyncIterator[AIOKafkaConsumer]:
        consumer = AIOKafkaConsumer(
            client_id=f"{CONSUMER}-{self._settings.instance}-dead-letters",
            enable_auto_commit=False,
            fetch_max_wait_ms=100,
            **aiokafka_options(self._settings),
        )
        await consumer.start()
        try:
            known = (await consumer._client.fetch_all_metadata()).partitions_for_topic(DEAD_LETTERS) or set()
            consumer.assign([TopicPartition(DEAD_LETTERS, number) for number in known])
            yield consumer
        finally:
            await consumer.stop()
