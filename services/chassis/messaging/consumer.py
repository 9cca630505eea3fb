"""The idempotent consumer's loop: poll, settle in the database, commit offsets; back off, stop, rejoin."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from typing import Protocol
from uuid import UUID

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
from services.chassis.activity import Activity
from services.chassis.messaging.errors import Kind, cause_of, kind_of
from services.chassis.messaging.lag import Lag
from services.chassis.messaging.membership import GroupMembership, OutOfGroup
from services.chassis.messaging.pace import FEW, JOINING, Pace
from services.chassis.messaging.processing import Halted, Processor
from services.chassis.messaging.topic_identity import TopicIdentity
from services.chassis.messaging.unreadable import find_unreadable, may_be_undecodable
from services.chassis.web.health import Health

log = structlog.get_logger(__name__)

BACK_OFF_S = (0.1, 5.0)
COMMIT_TIMEOUT_MS = 10_000
ENOUGH_IN_VAIN = 2
"""Polls that find nothing before a rest: the first may have waited for a fetch that was under way before a ring."""

# The partition went to another member while we worked: it reads our batch again, and the inbox drops the repeats.
_LOST_PARTITION = (CommitFailedError, IllegalGenerationError, RebalanceInProgressError, UnknownMemberIdError)


class Group(Protocol):
    """Makes the loop's Kafka consumers (messaging/kafka.py: ConsumerGroup)."""

    @property
    def pace(self) -> Pace: ...

    def join(self) -> KafkaConsumer: ...

    def reader(self) -> KafkaConsumer: ...

    def topic_id(self, member: KafkaConsumer, topic: str) -> UUID | None: ...


class ConsumerLoop:
    """Runs one Processor against its topics until `stop` is set. At-least-once from Kafka; the inbox makes it once.

    Offsets are committed after the database, so a crash in between redelivers what the inbox then drops.
    Ends by returning when stopped, by raising when the consumer must not go on: Halted, a bug, or a second
    process running under the same instance name (FencedInstanceIdError).
    """

    def __init__(
        self,
        processor: Processor,
        group: Group,
        health: Health,
        stop: threading.Event,
        activity: Activity | None = None,
        bell: threading.Event | None = None,
    ) -> None:
        self._processor = processor
        self._group = group
        self._health = health
        self._stop = stop
        self._activity = activity or Activity()
        self._bell = bell or threading.Event()
        self._name = processor.consumer
        self._failures = 0
        self._lag = Lag(self._name, processor.subscription.topics)
        self._membership = GroupMembership(self._name)
        self._identity = TopicIdentity(processor.subscription.topics, group.topic_id)
        self._read_until = 0.0
        health.ready_when(self._name, self._membership.unready)

    @property
    def settled(self) -> dict[str, int]:
        """By topic, the sum over partitions of the offsets up to which this process has settled them."""
        return self._lag.settled

    @property
    def read_until(self) -> float:
        """Real time (epoch seconds) up to which everything published has been settled; 0 before the first time."""
        return self._read_until

    def look_now(self) -> None:
        """Ends a rest and a breath: somebody waits for `read_until`."""
        self._bell.set()
        self._activity.hurry()

    def run(self) -> None:
        while not self._stop.is_set():
            member: KafkaConsumer | None = None
            try:
                self._membership.renewed()
                member = self._group.join()
                self._consume(member)
            except FencedInstanceIdError:
                raise
            except (KafkaError, OutOfGroup) as error:
                log.warning("consumer starts afresh", consumer=self._name, cause=cause_of(error))
                self._membership.failed(cause_of(error))
                self._back_off()
            finally:
                self._membership.ended()
                if member is not None:
                    member.close(autocommit=False, timeout_ms=1000)

    def _consume(self, member: KafkaConsumer) -> None:
        in_vain = 0
        while not self._stop.is_set():
            pace = self._pace()
            if pace.rest_s and in_vain >= ENOUGH_IN_VAIN:
                if self._bell.wait(pace.rest_s):
                    in_vain = 0
                self._bell.clear()  # before the poll, which finds whatever was rung for by now
            asked_at = time.time()
            records = self._poll(member, pace)
            in_vain = 0 if records else in_vain + 1
            self._health.beat(self._name)
            self._membership.polled(member)
            if topics := self._identity.made_again(member):
                self._start_over(member, topics)
                continue
            if records:
                self._activity.stir()
                began = time.monotonic()
                if not self._settle(member, records):
                    continue
            else:
                if self._membership.to_be_proved:
                    self._prove(member)
                if self._lag.waiting(member) == 0:
                    self._read_until = asked_at
            self._lag.measure(member)
            if 0 < len(records) < FEW:
                self._activity.pause(pace.breath_after(time.monotonic() - began))

    def _start_over(self, member: KafkaConsumer, topics: Collection[str]) -> None:
        log.warning("topics were deleted and made again: read from the beginning", topics=sorted(topics))
        for partition in member.assignment():
            if partition.topic in topics:
                member.seek(partition, 0)
                self._commit(member, {partition: OffsetAndMetadata(0, "", -1)})

    def _prove(self, member: KafkaConsumer) -> None:
        for partition, position in _positions(member).items():
            self._commit(member, {partition: OffsetAndMetadata(position, "", -1)})
            return

    def _pace(self) -> Pace:
        return self._group.pace if self._membership.is_member else JOINING

    def _poll(self, member: KafkaConsumer, pace: Pace) -> Sequence[ConsumerRecord]:
        try:
            batches: Mapping[TopicPartition, Sequence[ConsumerRecord]] = member.poll(timeout_ms=pace.poll_ms)
        except Exception as error:
            if not may_be_undecodable(error) or not self._pass_over(member):
                raise
            return []
        return [record for batch in batches.values() for record in batch]

    def _pass_over(self, member: KafkaConsumer) -> bool:
        """Dead-letters records that cannot be decoded and continues after them; False if there are none."""
        with closing(self._group.reader()) as reader:
            found = find_unreadable(reader, _positions(member))
        if found is None:
            return False
        self._processor.reject_unreadable(found)
        self._lag.pass_over(found.partition, found.last + 1)
        following = OffsetAndMetadata(found.last + 1, "", -1)
        try:
            member.seek(found.partition, following.offset)
            self._commit(member, {found.partition: following})
        except (ValueError, IllegalStateError):
            log.info("partition went to another member", partition=str(found.partition))
        self._bell.set()  # good records may follow
        return True

    def _settle(self, member: KafkaConsumer, records: Sequence[ConsumerRecord]) -> bool:
        """False if a dependency is down: positions are reset, so that the same records are read again."""
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
            _set_back(member, records)
            self._back_off()
            return False
        self._failures = 0
        self._lag.settle(records)
        self._commit(
            member,
            {
                TopicPartition(one.topic, one.partition): OffsetAndMetadata(one.offset + 1, "", one.leader_epoch)
                for one in records
            },
        )
        return True

    def _commit(self, member: KafkaConsumer, offsets: Mapping[TopicPartition, OffsetAndMetadata]) -> None:
        try:
            member.commit(dict(offsets), timeout_ms=COMMIT_TIMEOUT_MS)
        except _LOST_PARTITION as error:
            log.info("partition lost after its batch was settled", consumer=self._name, cause=cause_of(error))
        else:
            self._membership.committed()

    def _back_off(self) -> None:
        low, high = BACK_OFF_S
        ceiling = min(high, low * 2 ** min(self._failures, 10))
        self._failures += 1
        self._stop.wait(random.uniform(ceiling / 2, ceiling))
        self._health.beat(self._name)


def _positions(member: KafkaConsumer) -> dict[TopicPartition, int]:
    """The next offset to read, by partition, where it is known."""
    positions = {}
    for partition in member.assignment():
        try:
            position = member.position(partition, timeout_ms=0)
        except IllegalStateError:  # revoked meanwhile
            continue
        if position is not None:
            positions[partition] = position
    return positions


def _set_back(member: KafkaConsumer, records: Sequence[ConsumerRecord]) -> None:
    first: dict[TopicPartition, int] = {}
    for record in records:
        first.setdefault(TopicPartition(record.topic, record.partition), record.offset)
    for partition, offset in first.items():
        try:
            member.seek(partition, offset)
        except ValueError:
            log.info("partition went to another member", partition=str(partition))
