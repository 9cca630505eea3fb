"""The classifier's register follows the topic `estates`: what is imported is known without a restart."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient

from services.chassis.messaging.kafka import FLAVOURS
from services.chassis.messaging.topic_admin import apply_topics
from services.chassis.settings import KafkaFlavour, KafkaSettings, Profile
from services.classifier.domain.places import Register
from services.classifier.files.register_store import RegisterStore
from services.classifier.stream.register_feed import RegisterFeed
from services.contracts.estate_events import EstateRegistered, EstateRemoved
from services.contracts.event import Envelope, Event
from services.contracts.topics import topic_table
from services.localstack.embedded_broker import EmbeddedBroker

QUYANG = "310109010"


class Feed:
    """A feed on a broker, and the registers that it gave."""

    def __init__(self, bootstrap: str, folder: Path) -> None:
        self.bootstrap = bootstrap
        self.registers: list[Register] = []
        brokers = KafkaSettings(profile=Profile.DEMO, kafka_bootstrap=bootstrap)
        self.feed = RegisterFeed(brokers, RegisterStore(folder), self.registers.append)

    def look(self) -> int:
        """How many registers it gave."""
        before = len(self.registers)
        asyncio.run(self.feed.look())
        return len(self.registers) - before

    def estate(self, text: str) -> str | None:
        return self.registers[-1].locate(text, "").place.estate


def publish(bootstrap: str, *events: Event) -> None:
    producer = KafkaProducer(bootstrap_servers=bootstrap, **FLAVOURS[KafkaFlavour.EMBEDDED].producer, acks="all")
    for event in events:
        one = Envelope(uuid4(), "/310109/projects", datetime(2026, 7, 1, tzinfo=UTC), event)
        producer.send("estates", key=one.key, value=one.value(), headers=one.headers()).get(timeout=30)
    producer.close()


def registered(version: int, name: str, estate: str = "moon-1") -> Event:
    return EstateRegistered(version=version, estate_id=estate, estate_name=name, sub_district=QUYANG)


@pytest.fixture
def feed(embedded_broker: EmbeddedBroker, tmp_path: Path) -> Feed:
    admin = KafkaAdminClient(bootstrap_servers=embedded_broker.bootstrap)
    apply_topics(admin, list(topic_table().topics.values()))
    admin.close()
    return Feed(embedded_broker.bootstrap, tmp_path)


def test_an_imported_renamed_and_removed_estate_is_known_at_the_next_look(feed: Feed) -> None:
    publish(feed.bootstrap, registered(1, "琉璃月小区"))
    assert feed.look() == 1
    assert feed.estate("琉璃月小区漏雨") == "moon-1"
    assert feed.registers[-1].estates["moon-1"].sub_district == QUYANG
    assert len(feed.registers[-1].estates) > 1  # over the list that ships
    assert feed.look() == 0
    publish(feed.bootstrap, registered(2, "珊瑚月小区"), registered(1, "琉璃月小区"))
    assert feed.look() == 1
    assert feed.estate("珊瑚月小区漏雨") == "moon-1"
    publish(feed.bootstrap, registered(2, "珊瑚月小区"))
    assert feed.look() == 0
    publish(feed.bootstrap, EstateRemoved(version=3, estate_id="moon-1"))
    assert feed.look() == 1
    assert feed.estate("珊瑚月小区漏雨") is None
    fresh = Feed(feed.bootstrap, feed.feed._store._folder)
    assert fresh.look() == 1
    assert "moon-1" not in fresh.registers[-1].estates


def test_without_a_broker_the_register_stays_and_the_look_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.chassis.messaging.transport.BOOTSTRAP_MS", 100)
    assert Feed("127.0.0.1:1", tmp_path).look() == 0
