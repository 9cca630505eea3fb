"""The loop of a worker that takes small steps: it waits for what is down, and rests when it finds nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

from services.chassis.messaging.errors import Kind, cause_of, kind_of
from services.chassis.web.health import Health

log = structlog.get_logger(__name__)

RETRY_S = 1.0


def step_until(
    stop: threading.Event, health: Health, name: str, step: Callable[[], bool], rest: Callable[[], object]
) -> None:
    """Takes steps until `stop` is set and beats under `name` after each. `step` returns whether it found anything;
    after one that did not, `rest` is called.

    A step whose dependency is down is taken again, later by `RETRY_S`. Whatever else it raises goes to the caller.
    """
    while not stop.is_set():
        try:
            found = step()
        except Exception as error:
            if kind_of(error) is not Kind.RETRY:
                raise
            log.warning("worker waits: dependency down", worker=name, cause=cause_of(error))
            found = False
            stop.wait(RETRY_S)
        health.beat(name)
        if not found:
            rest()
