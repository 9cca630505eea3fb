"""The threads of one process, each guarded so that none dies unnoticed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog

from services.chassis import metrics
from services.chassis.database.work import Workshop
from services.chassis.messaging.processing import Halted
from services.chassis.web.health import Health

log = structlog.get_logger(__name__)

STUCK_AFTER_S = 90.0
GRACE_S = 2.5  # beside the 2 s that HTTP may take to finish its answers (chassis/service.py)

WorkerLoop = Callable[[Workshop, threading.Event, Health], None]
"""A service's own worker: runs until the event is set and beats under its name. What it raises ends the process."""


class Workers:
    """Runs threads until `stop` is set. A bug in one ends the process (`on_death`); a halted consumer ends alone."""

    def __init__(self, health: Health) -> None:
        self.stop = threading.Event()
        self.failed = False
        self.on_death: Callable[[], None] = lambda: None
        self._health = health
        self._threads: list[threading.Thread] = []

    def add(self, name: str, run: Callable[[], None]) -> None:
        self._threads.append(threading.Thread(target=self._guarded, args=(name, run), name=name, daemon=True))

    def start(self) -> None:
        for thread in self._threads:
            self._health.expect(thread.name, STUCK_AFTER_S)
            thread.start()

    def join(self) -> None:
        """Asks all to end and waits `GRACE_S` at most; a thread that hangs in an outside call is abandoned."""
        self.stop.set()
        deadline = time.monotonic() + GRACE_S
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _guarded(self, name: str, run: Callable[[], None]) -> None:
        try:
            run()
        except Halted as halt:
            reason = f"halted: {halt}"
            metrics.CONSUMER_HALTED.labels(name).set(1)
            self._health.retire(name)
            self._health.ready_when(name, lambda: reason)
            log.error("consumer halted", consumer=name, cause=str(halt))
        except Exception as bug:
            log.exception("worker stopped by a bug", worker=name)
            self._health.died(name, type(bug).__name__)
            self.failed = True
            self.on_death()
