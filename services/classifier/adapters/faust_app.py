"""The faust app with every setting said aloud (anchors.md C.3), and the few things that faust has no setting for."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faust
from aiokafka import AIOKafkaConsumer
from faust.transport.drivers import aiokafka as driver

from services.chassis.kafka import flavour
from services.chassis.settings import Settings
from services.classifier.app.answer import CONSUMER

PRODUCER_TRY_S = 20.0

# faust logs its subclasses' comings and goings under the name of the module they stand in.
logging.getLogger(__name__).setLevel(logging.WARNING)


def make_app(settings: Settings) -> ClassifierApp:
    """A stateless app: no tables, no directories, no topics made, no web server of its own.

    Its producer is not idempotent: faust has that for transactions alone, and an idempotent producer is poisoned for
    good by one refused record (anchors.md C.9). A repeated send repeats an id that every reader drops.
    """
    session_s = settings.kafka_session_timeout_s
    single_records = flavour(settings).producer.get("batch_size") == 0
    return ClassifierApp(
        CONSUMER,
        broker=[f"kafka://{host}" for host in settings.kafka_bootstrap.split(",")],
        broker_client_id=f"{CONSUMER}-{settings.instance}",
        broker_session_timeout=session_s,
        broker_heartbeat_interval=session_s / 4,
        broker_rebalance_timeout=max(session_s, 10.0),
        broker_request_timeout=max(session_s * 1.5, 40.0),
        broker_commit_interval=1.0,
        broker_max_poll_records=500,
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=f"{CONSUMER}-{settings.instance}",
        producer_acks=-1,
        producer_linger=0.002,
        producer_max_batch_size=1 if single_records else 65_536,
        producer_max_request_size=4_000_000,
        producer_request_timeout=PRODUCER_TRY_S,
        processing_guarantee="at_least_once",
        stream_buffer_maxsize=512,
        stream_wait_empty=True,
        stream_publish_on_commit=False,
        table_standby_replicas=0,
        topic_allow_declare=False,
        topic_disable_leader=True,
        topic_partitions=12,
        topic_replication_factor=1,
        key_serializer="raw",
        value_serializer="raw",
        store="memory://",
        web_enabled=False,
        autodiscover=False,
        datadir=Path("/nonexistent"),
        fetch_max_wait_ms=flavour(settings).consumer.get("fetch_max_wait_ms", 500),
    )


class _Thread(driver.AIOKafkaConsumerThread):  # type: ignore[misc]
    def _create_worker_consumer(self, transport: driver.Transport) -> AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        # faust fixes 1500 ms, which the embedded broker always waits out.
        consumer._fetch_max_wait_ms = self.app.fetch_max_wait_ms
        return consumer


class _Consumer(driver.Consumer):  # type: ignore[misc]
    def _new_consumer_thread(self) -> _Thread:
        return _Thread(self, loop=self.loop, beacon=self.beacon)

    async def _add_gap(self, tp: Any, offset_from: int, offset_to: int) -> None:
        # Offsets that no record has: a transaction leaves its marker there. faust counts the record behind the gap
        # as part of it; acknowledged, that record stands twice, and each commit gets no further than the next pair.
        await super()._add_gap(tp, offset_from, offset_to - 1)


class _Transport(driver.Transport):  # type: ignore[misc]
    Consumer = _Consumer


@dataclass(frozen=True, slots=True)
class Consumption:
    """How far this member is: partitions it holds, events the broker has beyond those fetched, time of the last
    fetch, and by partition the first offset that is acknowledged but not committed."""

    partitions: int
    unfetched: int
    last_fetch: float
    uncommitted: dict[Any, int]


class ClassifierApp(faust.App):  # type: ignore[misc]
    def __init__(self, *args: Any, fetch_max_wait_ms: int, **options: Any) -> None:
        self.fetch_max_wait_ms = fetch_max_wait_ms
        super().__init__(*args, **options)

    def _new_transport(self) -> _Transport:
        return _Transport(self.conf.broker_consumer, self)

    def consumption(self) -> Consumption:
        """As of the last fetch: no request is made. `last_fetch` is 0 before the first."""
        subscription = self.consumer._thread._consumer._subscription.subscription
        assignment = subscription and subscription.assignment
        states = [assignment.state_value(partition) for partition in assignment.tps] if assignment else []
        return Consumption(
            partitions=len(states),
            unfetched=sum(
                max(0, state.highwater - state.position)
                for state in states
                if state.highwater is not None and state.has_valid_position
            ),
            last_fetch=max((state.timestamp or 0 for state in states), default=0) / 1000,
            uncommitted={partition: min(acked) for partition, acked in self.consumer._acked.items() if acked},
        )

    def _create_directories(self) -> None:
        """None: the app keeps nothing."""
