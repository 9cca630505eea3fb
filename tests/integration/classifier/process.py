"""The classifier as a process, and the topics around it, for the tests on either broker."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient
from kafka.consumer.fetcher import ConsumerRecord

from services.chassis.messaging.kafka import FLAVOURS
from services.chassis.messaging.topic_admin import apply_topics
from services.chassis.messaging.topic_ends import ends_of
from services.chassis.settings import KafkaFlavour
from services.chassis.web.demo_issuer import DemoIssuer
from services.classifier.stream.broker import TOPICS
from services.classifier.stream.register_feed import ESTATES
from services.contracts.topics import topic_table
from services.localstack.brokers import Broker
from services.localstack.processes import ChildProcess, free_port
from tests.harness.clients import HTTP
from tests.harness.waiting import eventually
from tests.unit.classifier.texts import Raw

TEXTS, CLASSIFICATIONS, DEAD_LETTERS = TOPICS
FINGERPRINT_KEY = "f1" * 31 + "02"
SESSION_S = 10.0


class ClassifierProcess(ChildProcess):
    """`module` stands in for `services.classifier.main`, to plant a fault."""

    start_limit_s = 300.0
    stop_limit_s = 15.0

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
            "FINGERPRINT_KEY": FINGERPRINT_KEY,
            "INSTANCE": instance,
        }
        super().__init__(
            f"classifier-{instance}",
            [sys.executable, "-m", module],
            folder / f"classifier-{instance}.log",
            env={f"CLOSEDLOOP_{name}": value for name, value in settings.items()} | dict(env or {}),
            restart=restart,
        )

    @property
    def returncode(self) -> int | None:
        """Of the process that ended last."""
        return self._process.returncode if self._process else None

    def answers(self) -> bool:
        return self.get("/readyz").status_code == 200

    def get(self, path: str, role: str | None = None) -> httpx.Response:
        return self.ask("GET", path, role)

    def ask(self, method: str, path: str, role: str | None = None, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.issuer.mint('tester', [role])}"} if role else {}
        try:
            return HTTP.request(method, f"http://127.0.0.1:{self.port}{path}", headers=headers, **more)
        except httpx.TransportError as error:
            return httpx.Response(599, text=repr(error))

    def metric(self, name: str, **labels: str) -> float:
        """The sum of the samples of `name` that carry `labels`."""
        wanted = [f'{label}="{value}"' for label, value in labels.items()]
        lines = [line for line in self.get("/metrics").text.splitlines() if line.startswith((name + "{", name + " "))]
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if all(one in line for one in wanted))


class Topics:
    """The classifier's topics on a broker, written and read from outside."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self.create()

    def create(self) -> None:
        with contextlib.closing(KafkaAdminClient(bootstrap_servers=self._broker.bootstrap)) as admin:
            apply_topics(admin, [topic_table().topics[name] for name in (*TOPICS, ESTATES)])

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

    def write(self, records: Sequence[Raw], topic: str = TEXTS, partition: int | None = None) -> list[tuple[int, int]]:
        """Appends to a topic; returns where each record went, after all acknowledgements.

        Without a `partition` the keys decide. Only records of one partition are read in their order.
        """
        with self.producer() as producer:
            sent = [
                producer.send(topic, key=key, value=value, headers=headers, partition=partition)
                for key, headers, value in records
            ]
            done = [future.get(timeout=60) for future in sent]
        return [(metadata.partition, metadata.offset) for metadata in done]

    def read(self, topic: str, until: int = 0, within: float = 30.0) -> list[ConsumerRecord]:
        """All records of a topic, once there are at least `until`, and a moment later: there might be too many."""
        if until:
            eventually(lambda: len(self._read(topic)) >= until, within, every=0.2, what=f"{until} records on {topic}")
            time.sleep(0.5)
        return self._read(topic)

    def _read(self, topic: str) -> list[ConsumerRecord]:
        kind = FLAVOURS[KafkaFlavour(self._broker.flavour)].consumer
        consumer = KafkaConsumer(bootstrap_servers=self._broker.bootstrap, enable_auto_commit=False, **kind)
        with contextlib.closing(consumer):
            partitions = [TopicPartition(topic, number) for number in range(topic_table().topics[topic].partitions)]
            consumer.assign(partitions)
            ends, records = ends_of(consumer, partitions), []
            consumer.seek_to_beginning()
            while any(consumer.position(partition) < end for partition, end in ends.items()):
                records += [record for batch in consumer.poll(timeout_ms=200).values() for record in batch]
            return records


def headers_of(record: ConsumerRecord) -> dict[str, str]:
    return {name: value.decode() for name, value in record.headers}
