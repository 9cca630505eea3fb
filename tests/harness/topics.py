"""Reading topics from their beginning to their end."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from kafka import KafkaConsumer, TopicPartition

from services.chassis.messaging.kafka import flavour as flavour_of
from services.chassis.messaging.topic_ends import ends_of
from services.chassis.messaging.transport import kafka_options
from services.chassis.settings import KafkaFlavour, KafkaSecurity, KafkaSettings, Profile
from tests.harness.waiting import LONGEST_S


@dataclass(frozen=True, slots=True)
class Record:
    topic: str
    partition: int
    offset: int
    key: bytes | None
    headers: dict[str, str]
    value: bytes | None


def read_topic(bootstrap: str, flavour: str, *topics: str, read_committed: bool = True) -> list[Record]:
    """As `read_by`, from a broker that lets everybody in."""
    brokers = KafkaSettings(
        profile=Profile.DEMO,
        kafka_bootstrap=bootstrap,
        kafka_flavour=KafkaFlavour(flavour),
        kafka_security=KafkaSecurity.PLAINTEXT,
    )
    return read_by(brokers, *topics, read_committed=read_committed)


def read_by(brokers: KafkaSettings, *topics: str, read_committed: bool = True) -> list[Record]:
    """All records the topics hold now, each partition in its order. Fails when the end is not reached in time.

    With `read_committed` (Apache Kafka alone knows the difference) aborted transactions are left out.
    """
    options = dict(flavour_of(brokers).consumer)
    if not read_committed:
        options["isolation_level"] = "read_uncommitted"
    consumer = KafkaConsumer(
        **kafka_options(brokers),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        allow_auto_create_topics=False,
        **options,
    )
    try:
        return list(_read(consumer, topics))
    finally:
        consumer.close()


def _read(consumer: KafkaConsumer, topics: Iterable[str]) -> Iterable[Record]:
    numbers = {topic: sorted(consumer.partitions_for_topic(topic) or ()) for topic in topics}
    partitions = [TopicPartition(topic, number) for topic in topics for number in numbers[topic]]
    if not partitions:
        return
    consumer.assign(partitions)
    unread = {partition: end for partition, end in ends_of(consumer, partitions).items() if end > 0}
    consumer.seek_to_beginning(*partitions)
    deadline = time.monotonic() + LONGEST_S
    while unread:
        if time.monotonic() > deadline:
            raise AssertionError(f"the end was not reached: {unread}")
        for batch in consumer.poll(timeout_ms=200).values():
            for one in batch:
                headers = {name: value.decode(errors="replace") for name, value in one.headers if value is not None}
                yield Record(one.topic, one.partition, one.offset, one.key, headers, one.value)
        unread = {partition: end for partition, end in unread.items() if consumer.position(partition) < end}
