"""Consumers of their own group on a real broker, in threads of the test."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import uuid4

from kafka import KafkaProducer

from services.chassis.messaging.consumer import ConsumerLoop
from services.chassis.messaging.kafka import FLAVOURS, ConsumerGroup
from services.chassis.messaging.processing import Processor
from services.chassis.settings import KafkaFlavour, Profile, Settings
from services.chassis.web.health import Health
from services.contracts.event import Envelope


class Consumer(Protocol):
    """What a group runs; each `life` is its process started again."""

    @property
    def consumer(self) -> str: ...

    def life(self) -> Processor: ...


@dataclass
class Running:
    """A loop in its thread; `error` is what ended it."""

    loop: ConsumerLoop
    health: Health
    stop: threading.Event
    thread: threading.Thread
    error: list[BaseException] = field(default_factory=list)

    def end(self) -> None:
        self.stop.set()
        self.thread.join(20)


@dataclass
class Groups:
    """Starts consumers like `counting`, all of one group, on a broker."""

    bootstrap: str
    flavour: KafkaFlavour
    counting: Consumer
    name: str = field(default_factory=lambda: f"group-{uuid4()}")
    running: list[Running] = field(default_factory=list)

    def start(self, instance: str = "1", topics: Sequence[str] = ("t", "u")) -> Running:
        settings = Settings(
            profile=Profile.DEMO,
            kafka_bootstrap=self.bootstrap,
            kafka_flavour=self.flavour,
            kafka_session_timeout_s=6,
            http_port=0,
            oidc_issuer="nobody",
            oidc_jwks="none",
            operations_token="prometheus-reads-it",
            instance=instance,
        )
        health, stop = Health(), threading.Event()
        health.expect(self.counting.consumer, 90)
        group = ConsumerGroup(settings, self.name, tuple(topics), 200)
        loop = ConsumerLoop(self.counting.life(), group, health, stop)

        def run() -> None:
            try:
                loop.run()
            except BaseException as error:  # noqa: BLE001 - the test looks at it
                one.error.append(error)

        one = Running(loop, health, stop, threading.Thread(target=run, daemon=True))
        self.running.append(one)
        one.thread.start()
        return one

    def end(self) -> None:
        for one in self.running:
            one.stop.set()
        for one in self.running:
            one.thread.join(20)

    def publish(
        self, *envelopes: Envelope, topic: str = "t", compression: str | None = None, spoilt: Collection[int] = ()
    ) -> None:
        """In one batch on partition 0; those `spoilt`, by place in it, have a header that no client can decode."""
        settings = FLAVOURS[self.flavour].producer | {"batch_size": 65_536, "linger_ms": 50}
        producer = KafkaProducer(bootstrap_servers=self.bootstrap, acks="all", compression_type=compression, **settings)
        sent = [
            producer.send(
                topic,
                key=one.key,
                value=one.value(),
                headers=[*one.headers(), *([(NotText("spoilt"), b"")] if number in spoilt else [])],
                partition=0,
            )
            for number, one in enumerate(envelopes)
        ]
        for future in sent:
            future.get(timeout=20)
        producer.close()


class NotText(str):
    """A header's name that is not UTF-8 on the wire."""

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        return b"\xff\xfe"
