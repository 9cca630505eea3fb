"""Producers and consumers by the broker's flavour. Every quirk of the embedded broker lives in this file.

Apache Kafka: a relay's producer is transactional (its `transactional_id` fences a predecessor that wakes up), and
readers see committed records only. The embedded broker has no transactions, so a frozen relay may publish a record a
second time there (readers drop it by its id); a fetch returns when its wait ends, not when a record arrives, so readers
rest until they are rung (messaging/doorbell.py); the end of a topic that it names is wrong (messaging/topic_ends.py); a
static member waits twice as long for its partitions; and its log is empty after a restart (docs/pitfalls.md §6).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kafka import KafkaConsumer, KafkaProducer
from kafka.errors import UnknownTopicOrPartitionError

from services.chassis.messaging.pace import UNTIL_RUNG, Pace
from services.chassis.messaging.transport import kafka_options, reaching
from services.chassis.settings import KafkaFlavour, KafkaSettings, Settings


@dataclass(frozen=True, slots=True)
class Flavour:
    transactions: bool
    static_members: bool
    producer: dict[str, Any]
    consumer: dict[str, Any]
    pace: Pace


# The library's own limit of 30 s would delay us by as much after the broker is back.
RECONNECT_AFTER_MS_AT_MOST = 2_000
LOOK_AT_TOPICS_EVERY_MS = 30_000
"""A recreated topic is noticed within this time (docs/pitfalls.md §7)."""

# A dead connection is given up after this. (The producer keeps the library's limits: see below.)
FETCH_OVERDUE_MS = 15_000

FLAVOURS = {
    KafkaFlavour.APACHE: Flavour(
        transactions=True,
        static_members=True,
        producer={"linger_ms": 2},
        consumer={"isolation_level": "read_committed"},
        pace=Pace(500, breaths=10),
    ),
    KafkaFlavour.EMBEDDED: Flavour(
        transactions=False,
        static_members=False,
        producer={"linger_ms": 50, "max_in_flight_requests_per_connection": 1},
        consumer={"fetch_max_wait_ms": 20},
        pace=Pace(30, rest_s=0.2),
    ),
}


def flavour(settings: KafkaSettings) -> Flavour:
    return FLAVOURS[settings.kafka_flavour]


def producer(settings: Settings, transactional_id: str) -> KafkaProducer:
    """A producer that waits for all in-sync replicas; transactional if the broker supports it.

    Time-outs stay the library's own: shorter ones leave a producer that never acknowledges again after a paused
    broker (docs/pitfalls.md §9). Raises KafkaError if the broker cannot be reached or does not let us in.
    """
    kind = flavour(settings)
    made = reaching(
        settings,
        lambda: KafkaProducer(
            client_id=transactional_id,
            transactional_id=transactional_id if kind.transactions else None,
            acks="all",
            enable_idempotence=True,
            allow_auto_create_topics=False,
            max_request_size=4_000_000,
            max_block_ms=15_000,
            reconnect_backoff_max_ms=RECONNECT_AFTER_MS_AT_MOST,
            metrics_enabled=False,
            **kind.producer,
            **kafka_options(settings),
        ),
    )
    if kind.transactions:
        try:
            made.init_transactions()
        except Exception:
            made.close(timeout=0)
            raise
    return made


@dataclass(frozen=True, slots=True)
class ConsumerGroup:
    """Makes the consumers of one group, and readers outside it."""

    settings: Settings
    name: str
    topics: tuple[str, ...]
    max_poll_records: int

    @property
    def session_s(self) -> float:
        return self.settings.kafka_session_timeout_s

    @property
    def pace(self) -> Pace:
        return UNTIL_RUNG if self.settings.kafka_doorbell else flavour(self.settings).pace

    def join(self) -> KafkaConsumer:
        """A member that commits offsets only on request.

        On Apache Kafka its membership is static: a process that is killed and started again under the same `instance`
        takes its partitions back at once instead of after the session time-out. Raises KafkaError if the broker cannot
        be reached, does not let us in, or lacks a topic (or the right to read it).
        """
        name = f"{self.name}-{self.settings.instance}"
        session_ms = int(self.session_s * 1000)
        member = self._consumer(
            client_id=name,
            group_id=self.name,
            group_instance_id=name if flavour(self.settings).static_members else None,
            max_poll_records=self.max_poll_records,
            session_timeout_ms=session_ms,
            heartbeat_interval_ms=session_ms // 3,
        )
        member.subscribe(topics=list(self.topics))
        # A member that joins before it knows the topics assigns itself nothing. A metadata response that was under way
        # when they were subscribed counts as theirs, so it would be without partitions until the next refresh,
        # minutes later.
        unknown = [topic for topic in self.topics if not member.partitions_for_topic(topic)]
        if unknown:
            member.close(autocommit=False, timeout_ms=1000)
            raise UnknownTopicOrPartitionError(f"{', '.join(unknown)}: run `closedloop topics apply`")
        return member

    def reader(self) -> KafkaConsumer:
        """A consumer without a group, to look at single places of the log."""
        return self._consumer(client_id=f"{self.name}-{self.settings.instance}-reader", group_id=None)

    def topic_id(self, member: KafkaConsumer, topic: str) -> UUID | None:
        """The id that the broker gave the topic, as far as `member` has heard of it; None from the embedded broker."""
        found: UUID | None = member._cluster.topic_id(topic)  # the library shows it nowhere else
        return found

    def _consumer(self, **more: Any) -> KafkaConsumer:
        return reaching(
            self.settings,
            lambda: KafkaConsumer(
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                allow_auto_create_topics=False,
                request_timeout_ms=FETCH_OVERDUE_MS,
                reconnect_backoff_max_ms=RECONNECT_AFTER_MS_AT_MOST,
                metadata_max_age_ms=LOOK_AT_TOPICS_EVERY_MS,
                metrics_enabled=False,
                **flavour(self.settings).consumer,
                **kafka_options(self.settings),
                **more,
            ),
        )
