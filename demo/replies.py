"""Replies of departments on their own topics, as a department's own system would send them."""

from __future__ import annotations

from datetime import datetime
from types import TracebackType
from typing import Self
from uuid import uuid4

from kafka import KafkaProducer

from services.chassis.clock import Clock
from services.chassis.messaging.doorbell import Doorbell
from services.chassis.messaging.kafka import flavour
from services.chassis.messaging.published import Published
from services.chassis.messaging.transport import kafka_options
from services.chassis.settings import KafkaSettings
from services.contracts.event import Envelope, Event

ACKNOWLEDGED_WITHIN_S = 30


class Replies:
    """Sends one reply at a time and waits for the broker's acknowledgement."""

    def __init__(self, brokers: KafkaSettings, clock: Clock) -> None:
        self._producer = KafkaProducer(
            acks="all",
            allow_auto_create_topics=False,
            **flavour(brokers).producer,
            **kafka_options(brokers),
        )
        self._clock = clock
        self._doorbell = Doorbell(brokers.kafka_doorbell)
        self.published = Published()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._producer.close(timeout=5)

    def send(self, department: str, reply: Event) -> None:
        now: datetime = self._clock.now()
        envelope = Envelope(uuid4(), department, now, reply)
        topic = f"departments.{department}.replies"
        sent = self._producer.send(topic, key=envelope.key, value=envelope.value(), headers=envelope.headers())
        self.published.record(sent.get(ACKNOWLEDGED_WITHIN_S))
        self._doorbell.ring([topic])
