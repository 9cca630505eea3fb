"""A worker that processes pending rows batch by batch, again and again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from services.chassis.database.work import Work, Workshop
from services.chassis.messaging.errors import Kind, cause_of, kind_of
from services.chassis.web.health import Health

log = structlog.get_logger(__name__)

REST_S = 30.0
RETRY_S = 1.0

NextBatch = Callable[[Work, str | None], str | None]
"""Treats the rows that follow a key, None: from the first; returns the last key, None when there are none left."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """Each batch has a transaction of its own and nothing is kept in between: if it is interrupted, it begins again.

    It must cost little when nothing is to be done: after the last batch it rests for `rest_s`.
    """

    name: str
    next_batch: NextBatch
    rest_s: float = REST_S

    def run(self, workshop: Workshop, stop: threading.Event, health: Health) -> None:
        after: str | None = None
        while not stop.is_set():
            try:
                with workshop.open() as work:
                    after = self.next_batch(work, after)
            except Exception as error:
                if kind_of(error) is not Kind.RETRY:
                    raise
                log.warning("sweep waits: dependency down", sweep=self.name, cause=cause_of(error))
                stop.wait(RETRY_S)
                continue
            finally:
                health.beat(self.name)
            if after is None:
                self._rest(stop, health)

    def _rest(self, stop: threading.Event, health: Health) -> None:
        until = time.monotonic() + self.rest_s
        while (left := until - time.monotonic()) > 0 and not stop.wait(min(left, REST_S)):
            health.beat(self.name)
