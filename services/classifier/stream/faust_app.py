"""The faust app: every setting explicit (docs/pitfalls.md §3), and the few changes that faust has no setting for."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faust
from aiokafka import AIOKafkaConsumer
from faust.transport.drivers import aiokafka as driver

from services.chassis.messaging.kafka import flavour
from services.chassis.messaging.transport import aiokafka_options
from services.chassis.settings import Settings
from services.classifier.app.answer import CONSUMER

PRODUCER_TRY_S = 20.0
QUIET_WAIT_MS = 500

# faust logs the start and stop of its subclasses under the name of their module.
logging.getLogger(__name__).setLevel(logging.WARNING)


def make_app(settings: Settings) -> ClassifierApp:
    """A stateless app: it has no tables, no directories and no web server, and creates no topics.

    Its producer is not idempotent: faust offers that for transactions only, and an idempotent producer stays broken
    after one refused record (docs/pitfalls.md §9). A repeated send repeats an id that every reader drops.
    """
    session_s = settings.kafka_session_timeout_s
    broker, name = flavour(settings), f"{CONSUMER}-{settings.instance}"
    return ClassifierApp(
        CONSUMER,
        broker=[f"kafka://{host}" for host in settings.kafka_bootstrap.split(",")],
        broker_credentials=_credentials(settings),
        broker_client_id=name,
        broker_session_timeout=session_s,
        broker_heartbeat_interval=session_s / 4,
        broker_rebalance_timeout=max(session_s, 10.0),
        broker_request_timeout=max(session_s * 1.5, 40.0),
        broker_commit_interval=1.0,
        broker_max_poll_records=500,
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=name if broker.static_members else None,
        producer_acks=-1,
        producer_linger=0.002,
        producer_max_batch_size=65_536,
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
        busy_wait_ms=broker.consumer.get("fetch_max_wait_ms", QUIET_WAIT_MS),
    )


def _credentials(settings: Settings) -> faust.SASLCredentials | None:
    options = aiokafka_options(settings)
    if "sasl_mechanism" not in options:
        return None
    return faust.SASLCredentials(
        mechanism=options["sasl_mechanism"],
        username=options["sasl_plain_username"],
        password=options["sasl_plain_password"],
        ssl_context=options["ssl_context"],
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
        # Offsets without a record: a transaction leaves its marker there. faust counts the record behind the gap as
        # part of it; once acknowledged, that record counts twice, and each commit stops at the next such pair.
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
    """A fetch waits for texts for `busy_wait_ms` while some come, and for `QUIET_WAIT_MS` while none does: the embedded
    broker always waits out the time.
    """

    def __init__(self, *args: Any, busy_wait_ms: int, **options: Any) -> None:
        self.fetch_max_wait_ms = self._busy_wait_ms = busy_wait_ms
        self._quiet_until = 0.0
        super().__init__(*args, **options)

    def pace(self, *, quiet: bool) -> None:
        """For the fetches that begin now; a partition must be assigned."""
        self.fetch_max_wait_ms = QUIET_WAIT_MS if quiet else self._busy_wait_ms
        self.consumer._thread._consumer._fetcher._fetch_max_wait_ms = self.fetch_max_wait_ms
        if quiet:
            self._quiet_until = time.time()

    @property
    def longest_wait_s(self) -> float:
        """Of the fetches that end now: one of them may have begun in quiet."""
        recently_quiet = time.time() - self._quiet_until < 2 * QUIET_WAIT_MS / 1000
        return (QUIET_WAIT_MS if recently_quiet else self.fetch_max_wait_ms) / 1000

    def _new_transport(self) -> _Transport:
        return _Transport(self.conf.broker_consumer, self)

    def consumption(self) -> Consumption:
        """As of the last fetch; makes no request. `last_fetch` is 0 before the first."""
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
        """Creates none: the app stores nothing."""
