"""Measures a service's database every few seconds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from services.chassis import metrics
from services.chassis.messaging import dead_letters
from services.chassis.messaging.outbox import backlog
from services.chassis.web.health import Health

log = structlog.get_logger(__name__)

EVERY_S = 5.0

Gauging = Callable[[Connection], None]
"""Reads one figure of the service and sets its gauge. Must be quick: by an index, never a table scan."""


def measure_until(
    stop: threading.Event, engine: Engine, service: str, health: Health, own: Sequence[Gauging] = ()
) -> None:
    while not stop.is_set():
        try:
            waiting = backlog(engine)
            with engine.begin() as connection:
                letters = dead_letters.open_count(connection)
                for gauging in own:
                    gauging(connection)
        except SQLAlchemyError:
            log.info("gauges not read: database away")
        else:
            metrics.OUTBOX_DEPTH.set(waiting.depth)
            metrics.OUTBOX_OLDEST_SECONDS.set(waiting.oldest_age_s)
            metrics.OUTBOX_SET_ASIDE.set(waiting.set_aside)
            metrics.DEAD_LETTERS.labels(service).set(letters)
        health.beat("gauges")
        stop.wait(EVERY_S)
