"""Reads a topic once from its beginning to its current end, outside any consumer group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from services.chassis.messaging.topic_ends import ends_of
from services.chassis.messaging.transport import kafka_options, reaching
from services.chassis.settings import KafkaSettings
from services.contracts.event import Envelope, MalformedEvent
from services.contracts.registry import EVENTS

POLL_MS: Final = 500
QUIET_POLLS: Final = 20


class TopicUnreachable(Exception):
    """The broker or the topic is not there; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An event and its position."""

    partition: int
    offset: int
    envelope: Envelope


def events_of(brokers: KafkaSettings, topic: str, begin: Mapping[int, int] | None = None) -> Iterator[Placed]:
    """The committed events of a topic, in order within a partition, from the offsets `begin` on.

    Malformed records are skipped: they are dead letters of their owner. Raises TopicUnreachable.
    """
    try:
        made = reaching(
            brokers,
            lambda: KafkaConsumer(
                enable_auto_commit=False,
                isolation_level="read_committed",
                **kafka_options(brokers),
            ),
        )
    except (KafkaError, ValueError) as error:
        raise TopicUnreachable(str(error)) from None
    with closing(made) as consumer:
        try:
            yield from _read(consumer, topic, begin or {})
        except KafkaError as error:
            raise TopicUnreachable(
                f"{topic} at {brokers.kafka_bootstrap} cannot be read ({type(error).__name__}): try again"
            ) from None


def _read(consumer: KafkaConsumer, topic: str, begin: Mapping[int, int]) -> Iterator[Placed]:
    partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
    if not partitions:
        raise TopicUnreachable(f"{topic} is not there: run `closedloop topics apply`")
    consumer.assign(partitions)
    firsts, ends = consumer.beginning_offsets(partitions), ends_of(consumer, partitions)
    for partition in partitions:
        consumer.seek(partition, max(firsts[partition], begin.get(partition.partition, 0)))
    quiet = 0
    while quiet < QUIET_POLLS and any(consumer.position(one) < ends[one] for one in partitions):
        batches = consumer.poll(POLL_MS)
        quiet = 0 if batches else quiet + 1
        for partition, records in batches.items():
            for record in records:
                if record.offset < ends[partition]:
                    try:
                        envelope = Envelope.parse(list(record.headers), record.value, EVENTS)
                    except MalformedEvent:
                        continue
                    yield Placed(partition.partition, record.offset, envelope)
