"""Producers and consumers by the broker's flavour. Every quirk of the embedded broker lives in this file.

Apache Kafka: a relay's producer is transactional (its `transactional_id` fences a predecessor that wakes up), and
readers see committed records only. The embedded broker knows no transactions, so there a frozen relay may publish
a record a second time (readers drop it by its id); its end offsets are right only for batches of one record; a
fetch returns when its wait ends, not when a record comes; and its log is empty after a restart (anchors.md C.6).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kafka import KafkaConsumer, KafkaProducer
from kafka.errors import UnknownTopicOrPartitionError

from services.chassis.settings import KafkaFlavour, Settings


@dataclass(frozen=True, slots=True)
class Flavour:
    transactions: bool
    producer: dict[str, Any]
    consumer: dict[str, Any]


# A batch has costs of its own (two transactions, a commit of offsets or of a Kafka transaction). After a small one we
# take a breath, so that at a high rate the next is larger; a record that comes alone does not wait for it.
BREATH_S = 0.025
FEW = 50

# The library's own limit of 30 s would keep us away for so long after the broker is back.
RECONNECT_AFTER_MS_AT_MOST = 2_000

# A connection that leads nowhere is given up after this. (The producer keeps the library's limits: see below.)
FETCH_OVERDUE_MS = 15_000

FLAVOURS = {
    KafkaFlavour.APACHE: Flavour(
        transactions=True,
        producer={"linger_ms": 2},
        consumer={"isolation_level": "read_committed"},
    ),
    KafkaFlavour.EMBEDDED: Flavour(
        transactions=False,
        producer={"batch_size": 0, "max_in_flight_requests_per_connection": 1},
        consumer={"fetch_max_wait_ms": 20},
    ),
}


def flavour(settings: Settings) -> Flavour:
    return FLAVOURS[settings.kafka_flavour]


def producer(settings: Settings, transactional_id: str) -> KafkaProducer:
    """A producer that is acknowledged by all in-sync replicas; transactional where the broker can.

    Time-outs stay the library's own: shorter ones leave a producer that never acknowledges again after a paused
    broker (anchors.md C.9). Raises KafkaError if the broker cannot be reached.
    """
    kind = flavour(settings)
    made = KafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap.split(","),
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
    )
    if kind.transactions:
        try:
            made.init_transactions()
        except Exception:
            made.close(timeout=0)
            raise
    return made


def consumer(settings: Settings, group: str, topics: tuple[str, ...], max_poll_records: int) -> KafkaConsumer:
    """A member of `group` that commits offsets only when told.

    Membership is static: a process that is killed and started again under the same `instance` takes its
    partitions back at once instead of after the session time-out. Raises KafkaError if the broker cannot be reached
    or lacks a topic.
    """
    session_ms = int(settings.kafka_session_timeout_s * 1000)
    made = KafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap.split(","),
        client_id=f"{group}-{settings.instance}",
        group_id=group,
        group_instance_id=f"{group}-{settings.instance}",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        allow_auto_create_topics=False,
        max_poll_records=max_poll_records,
        request_timeout_ms=FETCH_OVERDUE_MS,
        reconnect_backoff_max_ms=RECONNECT_AFTER_MS_AT_MOST,
        session_timeout_ms=session_ms,
        heartbeat_interval_ms=session_ms // 3,
        metrics_enabled=False,
        **flavour(settings).consumer,
    )
    made.subscribe(topics=list(topics))
    # A member that joins before it knows the topics assigns itself nothing; and a metadata answer that was under way
    # when they were named counts as theirs, so that it would sit there until the next refresh, minutes later.
    unknown = [topic for topic in topics if not made.partitions_for_topic(topic)]
    if unknown:
        made.close(autocommit=False, timeout_ms=1000)
        raise UnknownTopicOrPartitionError(f"{', '.join(unknown)}: run `closedloop topics apply`")
    return made


ProducerFactory = Callable[[], KafkaProducer]
ConsumerFactory = Callable[[], KafkaConsumer]
