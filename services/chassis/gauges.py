"""What a service measures of its own database now and then."""

from __future__ import annotations

import threading

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from services.chassis import dead_letters, metrics
from services.chassis.health import Health
from services.chassis.outbox import backlog

log = structlog.get_logger(__name__)

EVERY_S = 5.0


def measure_until(stop: threading.Event, engine: Engine, service: str, health: Health) -> None:
    while not stop.is_set():
        try:
            waiting = backlog(engine)
            with engine.connect() as connection:
                letters = dead_letters.open_count(connection)
        except SQLAlchemyError:
            log.info("gauges not read: database away")
        else:
            metrics.OUTBOX_DEPTH.set(waiting.depth)
            metrics.OUTBOX_OLDEST_SECONDS.set(waiting.oldest_age_s)
            metrics.OUTBOX_SET_ASIDE.set(waiting.set_aside)
            metrics.DEAD_LETTERS.labels(service).set(letters)
        health.beat("gauges")
        stop.wait(EVERY_S)
