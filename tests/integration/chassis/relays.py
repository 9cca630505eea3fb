"""A relay in a thread of its own, as a service runs it, and producers that misbehave on command."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError, MessageSizeTooLargeError, UnknownProducerIdError
from sqlalchemy import make_url

from services.chassis.messaging import kafka
from services.chassis.messaging.publisher import Publisher
from services.chassis.messaging.relay import Relay
from services.chassis.settings import KafkaFlavour, Profile, Settings
from services.chassis.web.health import Health
from tests.harness.acknowledged import Acknowledged

Connect = Callable[[], Any]


def settings_for(bootstrap: str) -> Settings:
    return Settings(profile=Profile.DEMO, kafka_bootstrap=bootstrap, kafka_flavour=KafkaFlavour.EMBEDDED, http_port=0)


def real_producer(bootstrap: str) -> Callable[[], KafkaProducer]:
    return lambda: kafka.producer(settings_for(bootstrap), "test-outbox")


@contextmanager
def relay(
    url: str,
    connect: Connect,
    *,
    overdue_s: float = 60,
    transactions: bool = False,
    looks_again: threading.Event | None = None,
) -> Iterator[Relay]:
    """Runs until the block ends. Its thread dies only of a bug. `transactions`: as `connect` makes its producers."""
    stop, health = threading.Event(), Health()
    health.expect("relay", 60)
    dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    running = Relay(
        dsn,
        lambda: Publisher(connect, transactions=transactions, overdue_s=overdue_s),
        health,
        stop,
        looks_again=looks_again,
    )
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    try:
        yield running
        assert thread.is_alive(), "the relay died"
    finally:
        stop.set()
        thread.join(60)


class Future:
    """What KafkaProducer.send returns."""

    def __init__(self, fate: KafkaError | Acknowledged) -> None:
        self.fate = fate

    @property
    def exception(self) -> KafkaError | None:
        return self.fate if isinstance(self.fate, KafkaError) else None

    def get(self, timeout: float | None = None) -> Acknowledged:
        if isinstance(self.fate, KafkaError):
            raise self.fate
        return self.fate


@dataclass
class Broker:
    """A broker as its producers see it, behaving as it is set. One failure spoils a producer for good.

    `refuses` are values it will never take; `failures` so many next sends fail; while `deaf` is set, no
    acknowledgement comes.
    """

    taken: list[tuple[bytes, bytes]] = field(default_factory=list)
    refuses: set[bytes] = field(default_factory=set)
    failures: int = 0
    deaf: threading.Event = field(default_factory=threading.Event)
    heard_again: threading.Event = field(default_factory=threading.Event)
    producers: int = 0
    closed: int = 0

    def connect(self) -> Producer:
        self.producers += 1
        return Producer(self)


@dataclass
class Producer:
    broker: Broker
    spoilt: bool = False

    def send(self, topic: str, key: bytes, value: bytes, headers: Sequence[tuple[str, bytes]]) -> Future:
        if self.spoilt:
            return Future(UnknownProducerIdError())
        if value in self.broker.refuses:
            self.spoilt = True
            return Future(MessageSizeTooLargeError())
        if self.broker.failures:
            self.broker.failures -= 1
            self.spoilt = True
            return Future(UnknownProducerIdError())
        self.broker.taken.append((key, value))
        return Future(Acknowledged(topic, len(self.broker.taken) - 1))

    def flush(self) -> None:
        if self.broker.deaf.is_set():
            assert self.broker.heard_again.wait(60)

    def close(self, timeout: float | None = None) -> None:
        self.broker.closed += 1
