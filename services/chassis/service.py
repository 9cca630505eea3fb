"""One service in one process: HTTP, outbox relay, consumers and timers; SIGTERM stops all within 5 s."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from fastapi import APIRouter, FastAPI
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from services.chassis.activity import Activity
from services.chassis.clock import Clock, SystemClock, VirtualClock
from services.chassis.database.database import engine_for
from services.chassis.database.gauges import Gauging, measure_until
from services.chassis.database.work import Workshop
from services.chassis.logs import configure
from services.chassis.messaging import certificate, kafka
from services.chassis.messaging.consumer import ConsumerLoop
from services.chassis.messaging.doorbell import WORKER, Doorbell
from services.chassis.messaging.processing import Processor
from services.chassis.messaging.publisher import Publisher
from services.chassis.messaging.relay import Relay
from services.chassis.messaging.subscription import Subscription
from services.chassis.messaging.timers import TimerHandler, TimerLoop
from services.chassis.settings import EX_CONFIG, PREFIX, KafkaSecurity, Settings
from services.chassis.web.dead_letter_routes import dead_letter_routes
from services.chassis.web.health import Health
from services.chassis.web.http import create_app
from services.chassis.web.identity import Verifier
from services.chassis.web.progress import progress_routes
from services.chassis.web.server import Server, server_config
from services.chassis.workers import WorkerLoop, Workers


@dataclass(slots=True)
class Service:
    """The parts of one service, as its `main.py` puts them together."""

    name: str
    settings: Settings
    routes: Callable[[Workshop], Sequence[APIRouter]]
    subscriptions: Sequence[Subscription]
    timers: Mapping[str, TimerHandler] = field(default_factory=dict)
    gauges: Sequence[Gauging] = ()
    workers: Mapping[str, WorkerLoop] = field(default_factory=dict)
    body_limits: Mapping[str, int] = field(default_factory=dict)
    further_databases: Mapping[str, Engine] = field(default_factory=dict)
    """By what they are called; without one the service is not ready."""
    before: Callable[[Workshop], None] | None = None
    """Runs before anything else does; raises SystemExit if the service cannot be."""
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
    activity, doorbell = Activity(), Doorbell(settings.kafka_doorbell)
    if service.before:
        service.before(workshop)
    loops = {
        one.consumer: _consumer(service, one, workshop, health, workers, activity, doorbell)
        for one in service.subscriptions
    }
    for name, loop in loops.items():
        workers.add(name, loop.run)
    relay = _relay(service, settings.database_url, health, workers, doorbell, workshop.relay_looks_again)
    workers.add("relay", relay.run)
    if settings.kafka_doorbell:
        workers.add(WORKER, partial(doorbell.listen, workers.stop, health))
    workers.add("gauges", lambda: measure_until(workers.stop, engine, service.name, health, service.gauges))
    if settings.kafka_security is KafkaSecurity.SASL_SSL:
        workers.add(certificate.WORKER, lambda: certificate.watch_until(workers.stop, settings, health))
    if service.timers:
        inputs = list(loops.values())
        workers.add("timers", TimerLoop(workshop, service.timers, inputs, health, workers.stop, activity).run)
    for name, worker in service.workers.items():
        workers.add(name, partial(worker, workshop, workers.stop, health))
    server = Server(server_config(settings, _app(service, workshop, health, loops, relay, activity)))

    def stop(*_: object) -> None:
        workers.stop.set()
        doorbell.wake()
        server.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    workers.on_death = stop
    address = server.config.bind_socket()  # fails here if the port is taken, before anything has started
    workers.start()
    server.run(sockets=[address])
    workers.join()
    logging.shutdown()
    # Neither a producer that waits for a lost broker nor its thread may delay the end of the process.
    os._exit(1 if workers.failed else 0)


def clock_of(settings: Settings) -> Clock:
    return VirtualClock(settings.clock_file) if settings.clock_file else SystemClock()


def _consumer(
    service: Service,
    subscription: Subscription,
    workshop: Workshop,
    health: Health,
    workers: Workers,
    activity: Activity,
    doorbell: Doorbell,
) -> ConsumerLoop:
    group = kafka.ConsumerGroup(service.settings, subscription.consumer, subscription.topics, service.max_poll_records)
    processor = Processor(service.name, subscription, workshop)
    return ConsumerLoop(processor, group, health, workers.stop, activity, doorbell.bell(subscription.topics))


def _relay(
    service: Service,
    database_url: str,
    health: Health,
    workers: Workers,
    doorbell: Doorbell,
    looks_again: threading.Event,
) -> Relay:
    settings = service.settings
    transactional_id = f"{settings.jurisdiction}-{service.name}-outbox"

    def connect() -> Publisher:
        return Publisher(
            lambda: kafka.producer(settings, transactional_id),
            transactions=kafka.flavour(settings).transactions,
        )

    breath_after, dsn = kafka.flavour(settings).pace.breath_after, database_url.replace("+psycopg", "", 1)
    return Relay(dsn, connect, health, workers.stop, doorbell.ring, breath_after, looks_again)


def _app(
    service: Service,
    workshop: Workshop,
    health: Health,
    loops: Mapping[str, ConsumerLoop],
    relay: Relay,
    activity: Activity,
) -> FastAPI:
    for name, engine in {"database": workshop.engine, **service.further_databases}.items():
        health.ready_when(name, partial(_database_answers, engine))
    routers = [
        *service.routes(workshop),
        dead_letter_routes(workshop, {one.consumer: one for one in service.subscriptions}),
        progress_routes(workshop, loops, relay.published, activity.hurry),
    ]
    return create_app(
        title=service.name,
        routers=routers,
        health=health,
        verifier=Verifier(service.settings),
        body_limits=service.body_limits,
        operations_token=service.settings.operations_token,
        secure_cookies=service.settings.secure_cookies,
        on_request=activity.stir,
    )


def _database_answers(engine: Engine) -> str | None:
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        return f"does not answer: {type(error).__name__}"
    return None
