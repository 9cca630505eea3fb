"""Intake, projects and notifier read the same reply topics: each record is answered once, by the one whose it is."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import pytest
from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import NewTopic
from sqlalchemy import text

from services.chassis.database.work import Workshop
from services.chassis.messaging.kafka import FLAVOURS
from services.chassis.messaging.processing import Processor
from services.chassis.messaging.subscription import Subscription
from services.chassis.settings import KafkaFlavour
from services.intake.wiring import Wiring
from services.localstack.embedded_broker import EmbeddedBroker
from tests.harness.waiting import eventually
from tests.harness.workshops import Workshops
from tests.integration.chassis.groups import Groups
from tests.integration.intake.conftest import CALLER_KEY, NO_KEYS
from tests.integration.notifier.events import READINGS
from tests.integration.projects.conftest import NOW
from tests.integration.projects.replying import acted, subscription_of

TOPICS = ("departments.housing.replies", "departments.fire.replies")
NOBODYS = "00000000-0000-4000-8000-000000000000"


@dataclass
class Reader:
    """One service's consumer of the reply topics."""

    service: str
    workshop: Workshop
    subscription: Subscription

    @property
    def consumer(self) -> str:
        return self.subscription.consumer

    def life(self) -> Processor:
        return Processor(self.service, self.subscription, self.workshop)

    def answers(self) -> Counter[tuple[str, str]]:
        """By department and code."""
        with self.workshop.engine.connect() as connection:
            values = connection.execute(text("SELECT value FROM outbox WHERE topic NOT LIKE '%.dlq'")).scalars()
            bodies = [json.loads(value) for value in values]
        return Counter((one["department"], one["code"]) for one in bodies if "record" in one)


@pytest.fixture
def readers(workshops: Workshops, embedded_broker: EmbeddedBroker) -> Iterator[dict[str, Reader]]:
    embedded_broker.restart()
    with closing(KafkaAdminClient(bootstrap_servers=embedded_broker.bootstrap)) as admin:
        admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1) for name in TOPICS])
        admin.wait_for_topics(list(TOPICS))
    stores = {name: workshops.fresh(name, NOW, "replies") for name in ("intake", "projects", "notifier")}
    read = {
        "intake": Wiring.of(CALLER_KEY, NO_KEYS).replies.subscription,
        "projects": subscription_of(stores["projects"]),
        "notifier": READINGS,
    }
    found = {name: Reader(name, stores[name], replace(one, topics=TOPICS)) for name, one in read.items()}
    groups = [Groups(embedded_broker.bootstrap, KafkaFlavour.EMBEDDED, one) for one in found.values()]
    for group in groups:
        group.start(topics=TOPICS)
    yield found
    for group in groups:
        group.end()
        assert all(one.error == [] for one in group.running)


def test_plain_records_are_answered_once_each_by_whose_they_are(
    readers: dict[str, Reader], embedded_broker: EmbeddedBroker
) -> None:
    sign = {"type": "reply.signed.v1", "id": str(uuid4()), "ticket_id": NOBODYS, "actor": "li-07"}
    act = acted("project.step", {"project_id": NOBODYS}, {"version": 1, "to": "consulted"})
    read = {"type": "reply.notices_read.v1", "id": str(uuid4()), "notice_ids": [NOBODYS], "actor": "li-07"}
    sent: list[Any] = [
        b"{",
        b"\x00\xff",
        {"type": "reply.danced.v1", "id": str(uuid4())},
        act | {"colour": 1},
        sign,
        act,
        read,
        read | {"notice_ids": []},
    ]
    producer = KafkaProducer(
        bootstrap_servers=embedded_broker.bootstrap, acks="all", **FLAVOURS[KafkaFlavour.EMBEDDED].producer
    )
    for topic in TOPICS:
        for one in sent:
            value = one if isinstance(one, bytes) else json.dumps(one).encode()
            producer.send(topic, value=value).get(timeout=20)
    producer.close()
    intakes = {"not-json": 2, "unknown-type": 1, "not-found": 1}
    acts = {"unknown-field": 1, "not-found": 1}
    readings = {"not-found": 1, "invalid-request": 1}
    both = ("housing", "fire")
    expected = {
        "intake": {(one, code): count for one in both for code, count in intakes.items()},
        "projects": {(one, code): count for one in both for code, count in acts.items()},
        "notifier": {(one, code): count for one in both for code, count in readings.items()},
    }
    eventually(lambda: {name: dict(reader.answers()) for name, reader in readers.items()} == expected, within=40)
