"""The classifier as a process, and the topics around it, for the tests on either broker."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

import httpx
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient
from kafka.consumer.fetcher import ConsumerRecord

from services.chassis.demo_issuer import DemoIssuer
from services.chassis.kafka import FLAVOURS
from services.chassis.settings import KafkaFlavour
from services.chassis.topic_admin import apply_topics
from services.classifier.adapters.broker import TOPICS
from services.cli.local.brokers import Broker
from services.cli.local.processes import ChildProcess, free_port
from services.contracts.event import NAMESPACE, Envelope
from services.contracts.ticket_events import Channel, TicketTextRecorded
from services.contracts.topics import topic_table

TEXTS, CLASSIFICATIONS, DEAD_LETTERS = TOPICS
SESSION_S = 10.0

Raw = tuple[bytes | None, list[tuple[str, bytes]], bytes | None]
"""Key, headers and value of a record."""


def text_event(number: int, text: str = "屋顶漏水", version: int = 1, **fields: Any) -> Envelope:
    """The text of ticket `number`: the same number gives the same ticket."""
    event = TicketTextRecorded(
        version=version,
        ticket_id=ticket(number),
        text=text,
        channel=Channel.PHONE,
        occurred_at=datetime(2026, 7, 1, 8, tzinfo=UTC),
        **fields,
    )
    return Envelope(uuid4(), "/310109/intake", datetime.now(UTC), event, "00-" + "a" * 32 + "-" + "b" * 16 + "-01")


def ticket(number: int) -> str:
    return str(uuid5(NAMESPACE, str(number)))


def raw(envelope: Envelope) -> Raw:
    return envelope.key, envelope.headers(), envelope.value()


class ClassifierProcess(ChildProcess):
    """`module` stands in for `services.classifier.main`, to plant a fault."""

    start_limit_s = 30.0

    def __init__(
        self,
        broker: Broker,
        folder: Path,
        *,
        instance: str = "1",
        module: str = "services.classifier.main",
        restart: bool = False,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.issuer = DemoIssuer.ensure(folder / "issuer")
        self.port = free_port()
        settings = {
            "PROFILE": "demo",
            "KAFKA_BOOTSTRAP": broker.bootstrap,
            "KAFKA_FLAVOUR": broker.flavour,
            "KAFKA_SESSION_TIMEOUT_S": str(SESSION_S),
            "HTTP_PORT": str(self.port),
            "OIDC_ISSUER": "urn:closedloop:demo-issuer",
            "OIDC_JWKS": str(self.issuer.jwks),
            "INSTANCE": instance,
        }
        super().__init__(
            f"classifier-{instance}",
            [sys.executable, "-m", module],
            folder / f"classifier-{instance}.log",
            env={f"CLOSEDLOOP_{name}": value for name, value in settings.items()} | dict(env or {}),
            restart=restart,
        )

    def answers(self) -> bool:
        return self.get("/readyz").status_code == 200

    def get(self, path: str, role: str | None = None) -> httpx.Response:
        return self.ask("GET", path, role)

    def ask(self, method: str, path: str, role: str | None = None, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.issuer.mint('tester', [role])}"} if role else {}
        try:
            return httpx.request(method, f"http://127.0.0.1:{self.port}{path}", headers=headers, timeout=15, **more)
        except httpx.TransportError as error:
            return httpx.Response(599, text=repr(error))

    def metric(self, name: str, **labels: str) -> float:
        """The sum of the samples of `name` that carry `labels`."""
        wanted = [f'{label}="{value}"' for label, value in labels.items()]
        lines = [line for line in self.get("/metrics").text.splitlines() if line.startswith((name + "{", name + " "))]
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if all(one in line for one in wanted))


class Topics:
    """The classifier's three topics on a broker, written and read from outside."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        with contextlib.closing(KafkaAdminClient(bootstrap_servers=broker.bootstrap)) as admin:
            apply_topics(admin, [topic_table().topics[name] for name in TOPICS])

    @contextlib.contextmanager
    def producer(self, **options: Any) -> Iterator[KafkaProducer]:
        kind = FLAVOURS[KafkaFlavour(self._broker.flavour)]
        producer = KafkaProducer(
            bootstrap_servers=self._broker.bootstrap, max_request_size=4_000_000, **kind.producer, **options
        )
        try:
            yield producer
        finally:
            producer.close(timeout=5)

    def write(self, records: Sequence[Raw]) -> list[tuple[int, int]]:
        """Appends to `ticket-texts`; returns where each record went, after all acknowledgements."""
        with self.producer() as producer:
            sent = [producer.send(TEXTS, key=key, value=value, headers=headers) for key, headers, value in records]
            done = [future.get(timeout=20) for future in sent]
        return [(metadata.partition, metadata.offset) for metadata in done]

    def read(self, topic: str, until: int, within: float = 30.0, settle_s: float = 1.0) -> list[ConsumerRecord]:
        """All records of a topic: waits until there are `until`, then `settle_s` longer for any too many."""
        kind = FLAVOURS[KafkaFlavour(self._broker.flavour)].consumer
        consumer = KafkaConsumer(bootstrap_servers=self._broker.bootstrap, enable_auto_commit=False, **kind)
        with contextlib.closing(consumer):
            count = topic_table().topics[topic].partitions
            consumer.assign([TopicPartition(topic, number) for number in range(count)])
            consumer.seek_to_beginning()
            records: list[ConsumerRecord] = []
            deadline = time.monotonic() + within
            while time.monotonic() < deadline:
                records += [record for batch in consumer.poll(timeout_ms=200).values() for record in batch]
                if len(records) >= until:
                    deadline = min(deadline, time.monotonic() + settle_s)
                    until = sys.maxsize
            return records


def headers_of(record: ConsumerRecord) -> dict[str, str]:
    return {name: value.decode() for name, value in record.headers}


def event_id(record: ConsumerRecord) -> UUID:
    return UUID(headers_of(record)["ce_id"])
