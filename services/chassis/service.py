"""One service in one process: HTTP, outbox relay and consumers; SIGTERM stops all within 5 s."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog
import uvicorn
from fastapi import APIRouter, FastAPI
from kafka import KafkaConsumer
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from services.chassis import dead_letters, kafka, metrics
from services.chassis.clock import Clock, SystemClock
from services.chassis.consumer import ConsumerLoop
from services.chassis.database import engine_for
from services.chassis.dead_letter_routes import dead_letter_routes
from services.chassis.health import Health
from services.chassis.http import create_app
from services.chassis.identity import Verifier
from services.chassis.logs import configure
from services.chassis.outbox import backlog
from services.chassis.processing import Halted, Processor
from services.chassis.publisher import Publisher
from services.chassis.relay import Relay
from services.chassis.settings import Settings
from services.chassis.subscription import Subscription
from services.chassis.work import Workshop

log = structlog.get_logger(__name__)

STUCK_AFTER_S = 90.0
GRACE_S = 4.0
MEASURE_EVERY_S = 5.0


@dataclass(slots=True)
class Service:
    """What one service is made of. `routes` and `subscriptions` are built from the workshop by its main.py."""

    name: str
    settings: Settings
    routes: Callable[[Workshop], Sequence[APIRouter]]
    subscriptions: Sequence[Subscription]
    max_poll_records: int = 200
    clock: Clock = field(default_factory=SystemClock)


def run(service: Service) -> int:
    """Runs until SIGTERM or SIGINT (exit code 0) or until a worker must not go on (1)."""
    settings = service.settings
    configure(service.name, settings.instance, settings.log_level)
    running = _Running(service)
    running.start()
    server = uvicorn.Server(
        uvicorn.Config(
            running.app,
            host=settings.http_host,
            port=settings.http_port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=2,
        )
    )
    running.on_death = lambda: setattr(server, "should_exit", True)
    server.run()
    code = running.stop()
    logging.shutdown()
    # Neither a producer that waits for a lost broker nor its thread may hold up the end of the process.
    os._exit(code)


class _Running:
    def __init__(self, service: Service) -> None:
        settings = service.settings
        if settings.database_url is None:
            raise SystemExit("CLOSEDLOOP_DATABASE_URL: is missing; give postgresql+psycopg://USER:PASSWORD@HOST:PORT/DB")
        self._service = service
        self._stop = threading.Event()
        self._health = Health()
        self._failed = False
        self.on_death: Callable[[], None] = lambda: None
        self._engine = engine_for(
            settings.database_url,
            name=f"{service.name}-{settings.instance}",
            idle_in_transaction_s=settings.kafka_session_timeout_s / 2,
        )
        self._workshop = Workshop(self._engine, service.clock, f"/{settings.jurisdiction}/{service.name}")
        self._subscriptions = service.subscriptions
        self._threads = [self._relay(settings.database_url), *map(self._consumer, self._subscriptions), self._gauges()]
        self.app = self._app()

    def _app(self) -> FastAPI:
        routers = [
            *self._service.routes(self._workshop),
            dead_letter_routes(self._workshop, {one.consumer: one for one in self._subscriptions}),
        ]
        self._health.ready_when("database", lambda: _database_answers(self._engine))
        return create_app(
            health=self._health,
            verifier=Verifier(self._service.settings),
            routers=routers,
            title=self._service.name,
        )

    def _relay(self, database_url: str) -> threading.Thread:
        settings = self._service.settings
        transactional_id = f"{settings.jurisdiction}-{self._service.name}-outbox"

        def connect() -> Publisher:
            return Publisher(
                lambda: kafka.producer(settings, transactional_id),
                transactions=kafka.flavour(settings).transactions,
            )

        dsn = database_url.replace("+psycopg", "", 1)
        return self._worker("relay", Relay(dsn, connect, self._health, self._stop).run)

    def _consumer(self, subscription: Subscription) -> threading.Thread:
        settings = self._service.settings

        def connect() -> KafkaConsumer:
            return kafka.consumer(
                settings, subscription.consumer, subscription.topics, self._service.max_poll_records
            )

        processor = Processor(self._service.name, subscription, self._workshop)
        loop = ConsumerLoop(processor, connect, self._health, self._stop)
        return self._worker(subscription.consumer, loop.run)

    def _gauges(self) -> threading.Thread:
        return self._worker("gauges", self._measure)

    def _measure(self) -> None:
        while not self._stop.is_set():
            try:
                waiting = backlog(self._engine)
                with self._engine.connect() as connection:
                    letters = dead_letters.open_count(connection)
            except SQLAlchemyError:
                log.info("gauges not read: database away")
            else:
                metrics.OUTBOX_DEPTH.set(waiting.depth)
                metrics.OUTBOX_OLDEST_SECONDS.set(waiting.oldest_age_s)
                metrics.OUTBOX_SET_ASIDE.set(waiting.set_aside)
                metrics.DEAD_LETTERS.labels(self._service.name).set(letters)
            self._health.beat("gauges")
            self._stop.wait(MEASURE_EVERY_S)

    def _worker(self, name: str, work: Callable[[], None]) -> threading.Thread:
        """A thread whose escaping exception stops the consumer for good (Halted) or the whole process (a bug)."""

        def guarded() -> None:
            try:
                work()
            except Halted as halt:
                metrics.CONSUMER_HALTED.labels(name).set(1)
                reason = f"halted: {halt}"
                self._health.retire(name)
                self._health.ready_when(name, lambda: reason)
                log.error("consumer halted", consumer=name, cause=str(halt))
            except Exception as bug:
                log.exception("worker stopped by a bug", worker=name)
                self._health.died(name, type(bug).__name__)
                self._failed = True
                self.on_death()

        return threading.Thread(target=guarded, name=name, daemon=True)

    def start(self) -> None:
        for thread in self._threads:
            self._health.expect(thread.name, STUCK_AFTER_S)
            thread.start()

    def stop(self) -> int:
        self._stop.set()
        deadline = GRACE_S / len(self._threads)
        for thread in self._threads:
            thread.join(deadline)
        self._engine.dispose()
        return 1 if self._failed else 0


def _database_answers(engine: Engine) -> str | None:
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        return f"does not answer: {type(error).__name__}"
    return None
