"""Notifier as a process: from the topic to the receiver, and through kill -9 between the POST and its being noted."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import httpx
import psutil
import pytest
from kafka import KafkaAdminClient, KafkaProducer
from sqlalchemy import create_engine, text

from services.chassis.messaging.kafka import FLAVOURS
from services.chassis.messaging.topic_admin import apply_topics
from services.chassis.settings import DEMO_ISSUER, KafkaFlavour
from services.chassis.web.demo_issuer import DemoIssuer
from services.contracts.event import Envelope
from services.contracts.hot_issue_events import HotIssueConfirmed
from services.contracts.topics import topic_table
from services.localstack.embedded_broker import EmbeddedBroker
from services.localstack.processes import free_port
from services.localstack.service_process import ServiceProcess
from tests.harness.fixtures import NewDatabase, NewFolder
from tests.harness.waiting import eventually
from tests.integration.notifier.conftest import NewReceiver
from tests.integration.notifier.events import hot_issue


class Notifier:
    def __init__(self, broker: EmbeddedBroker, database_url: str, folder: NewFolder) -> None:
        directory = folder()
        self.broker = broker
        self.issuer = DemoIssuer.ensure(directory)
        self.engine = create_engine(database_url)
        self.process = ServiceProcess(
            "notifier",
            1,
            free_port(),
            directory / "notifier.log",
            {
                "PROFILE": "demo",
                "KAFKA_BOOTSTRAP": broker.bootstrap,
                "KAFKA_FLAVOUR": "embedded",
                "KAFKA_SESSION_TIMEOUT_S": "6",
                "DATABASE_URL": database_url,
                "OIDC_ISSUER": DEMO_ISSUER,
                "OIDC_JWKS": str(self.issuer.jwks),
            },
        )

    def client(self) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.issuer.mint('somebody', ('admin',))}"}
        return httpx.Client(base_url=self.process.url, headers=headers, timeout=60)

    def publish(self, topic: str, envelope: Envelope) -> None:
        producer = KafkaProducer(
            bootstrap_servers=self.broker.bootstrap, acks="all", **FLAVOURS[KafkaFlavour.EMBEDDED].producer
        )
        producer.send(topic, key=envelope.key, value=envelope.value(), headers=envelope.headers()).get(timeout=60)
        producer.close()

    def kill(self) -> None:
        """It is started again at once, by whoever keeps it."""
        pid = self.process.pid
        assert pid
        psutil.Process(pid).kill()
        eventually(lambda: self.process.pid not in (None, pid), within=30)


@pytest.fixture
def notifier(embedded_broker: EmbeddedBroker, new_database: NewDatabase, new_folder: NewFolder) -> Iterator[Notifier]:
    admin = KafkaAdminClient(bootstrap_servers=embedded_broker.bootstrap)
    apply_topics(admin, list(topic_table().topics.values()))
    admin.close()
    running = Notifier(embedded_broker, new_database("notifier"), new_folder)
    running.process.start_and_wait()
    yield running
    running.process.stop()
    running.engine.dispose()


@pytest.mark.timeout(180)
def test_killed_between_the_post_and_its_note_it_sends_again_under_the_same_id(
    notifier: Notifier, new_receiver: NewReceiver
) -> None:
    held = threading.Event()
    receiver = new_receiver(before_answer=lambda: (held.wait(60), None)[1])
    with notifier.client() as client:
        made = client.post("/webhooks", json={"department": "quyanglu", "url": receiver.url()}).json()
        eventually(lambda: client.get("/webhooks").json()["items"][0]["status"] == "active", within=20)
        notifier.publish("hot-issues", hot_issue(HotIssueConfirmed))
        eventually(lambda: receiver.messages, within=30, what="the POST")
        notifier.kill()
        held.set()
        with notifier.engine.begin() as connection:  # the dead process's lease, which would last a minute
            connection.execute(text("UPDATE webhooks SET leased_until = now()"))
        eventually(lambda: len(receiver.messages) == 2, within=60, what="the second POST")

        def sent() -> bool:
            items = client.get(f"/webhooks/{made['webhook_id']}/deliveries").json()["items"]
            return [(one["status"], one["attempts"]) for one in items] == [("sent", 2)]

        eventually(sent, within=30)
    first, second = receiver.messages
    assert (first.id, first.body) == (second.id, second.body)
    assert second.verified_by(made["secret"])["stage"] == HotIssueConfirmed.type
