"""One service in one process: HTTP, outbox relay, consumers and timers; SIGTERM stops all within 5 s."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import uvicorn
from fastapi import APIRouter, FastAPI
from kafka import KafkaConsumer
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from services.chassis import kafka
from services.chassis.clock import Clock, SystemClock, VirtualClock
from services.chassis.consumer import ConsumerLoop
from services.chassis.database import engine_for
from services.chassis.dead_letter_routes import dead_letter_routes
from services.chassis.gauges import Gauging, measure_until
from services.chassis.health import Health
from services.chassis.http import create_app
from services.chassis.identity import Verifier
from services.chassis.logs import configure
from services.chassis.processing import Processor
from services.chassis.progress import progress_routes
from services.chassis.publisher import Publisher
from services.chassis.relay import Relay
from services.chassis.settings import EX_CONFIG, PREFIX, Settings
from services.chassis.subscription import Subscription
from services.chassis.timers import TimerHandler, TimerLoop
from services.chassis.work import Workshop
from services.chassis.workers import WorkerLoop, Workers


@dataclass(slots=True)
class Service:
    """What one service is made of; its `main.py` says it."""

    name: str
    settings: Settings
    routes: Callable[[Workshop], Sequence[APIRouter]]
    subscriptions: Sequence[Subscription]
    timers: Mapping[str, TimerHandler] = field(default_factory=dict)
    gauges: Sequence[Gauging] = ()
    workers: Mapping[str, WorkerLoop] = field(default_factory=dict)
    body_limits: Mapping[str, int] = field(default_factory=dict)
    max_poll_records: int = 200


def run(service: Service) -> int:
    """Runs until SIGTERM or SIGINT (exit code 0) or until a worker must not go on (1)."""
    settings = service.settings
    configure(service.name, settings.instance, settings.log_level)
    if settings.database_url is None:
        print(f"{PREFIX}DATABASE_URL: is missing; {Settings.model_fields['database_url'].description}", file=sys.stderr)
        raise SystemExit(EX_CONFIG)
    engine = engine_for(
        settings.database_url,
        name=f"{service.name}-{settings.instance}",
        idle_in_transaction_s=settings.kafka_session_timeout_s / 2,
    )
    workshop = Workshop(engine, clock_of(settings), f"/{settings.jurisdiction}/{service.name}")
    health = Health()
    workers = Workers(health)
    loops = {one.consumer: _consumer(service, one, workshop, health, workers) for one in service.subscriptions}
    for name, loop in loops.items():
        workers.add(name, loop.run)
    workers.add("relay", _relay(service, settings.database_url, health, workers).run)
    workers.add("gauges", lambda: measure_until(workers.stop, engine, service.name, health, service.gauges))
    if service.timers:
        inputs = list(loops.values())
        workers.add("timers", TimerLoop(workshop, service.timers, inputs, health, workers.stop).run)
    for name, worker in service.workers.items():
        workers.add(name, partial(worker, workshop, workers.stop, health))
    server = _Server(_http(settings, _app(service, workshop, health, loops)))

    def stop(*_: object) -> None:
        workers.stop.set()
        server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    workers.on_death = stop
    address = server.config.bind_socket()  # a port that is taken ends us before anything has begun
    workers.start()
    server.run(sockets=[address])
    workers.join()
    logging.shutdown()
    # Neither a producer that waits for a lost broker nor its thread may hold up the end of the process.
    os._exit(1 if workers.failed else 0)


def clock_of(settings: Settings) -> Clock:
    return VirtualClock(settings.clock_file) if settings.clock_file else SystemClock()


def _consumer(
    service: Service, subscription: Subscription, workshop: Workshop, health: Health, workers: Workers
) -> ConsumerLoop:
    def connect() -> KafkaConsumer:
        return kafka.consumer(
            service.settings, subscription.consumer, subscription.topics, service.max_poll_records
        )

    return ConsumerLoop(Processor(service.name, subscription, workshop), connect, health, workers.stop)


def _relay(service: Service, database_url: str, health: Health, workers: Workers) -> Relay:
    settings = service.settings
    transactional_id = f"{settings.jurisdiction}-{service.name}-outbox"

    def connect() -> Publisher:
        return Publisher(
            lambda: kafka.producer(settings, transactional_id),
            transactions=kafka.flavour(settings).transactions,
        )

    return Relay(database_url.replace("+psycopg", "", 1), connect, health, workers.stop)


def _app(service: Service, workshop: Workshop, health: Health, loops: Mapping[str, ConsumerLoop]) -> FastAPI:
    health.ready_when("database", lambda: _database_answers(workshop.engine))
    routers = [
        *service.routes(workshop),
        dead_letter_routes(workshop, {one.consumer: one for one in service.subscriptions}),
        progress_routes(workshop, loops),
    ]
    return create_app(
        title=service.name,
        routers=routers,
        health=health,
        verifier=Verifier(service.settings),
        body_limits=service.body_limits,
    )


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None: uvicorn's way is to end the process by the signal, when HTTP has ended and the workers have not."""
        yield


def _http(settings: Settings, app: FastAPI) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=settings.http_host,
        port=settings.http_port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=2,
    )


def _database_answers(engine: Engine) -> str | None:
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        return f"does not answer: {type(error).__name__}"
    return None
