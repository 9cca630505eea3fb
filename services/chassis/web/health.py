"""Is the service alive (it makes progress), and is it ready (its dependencies answer)?"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

ReadinessCheck = Callable[[], str | None]
"""Returns None if ready, otherwise the reason, for people. May block for a second at most; may raise."""


@dataclass(slots=True)
class _Worker:
    within_seconds: float
    last_beat: float
    death: str | None = None


class Health:
    """Whether the workers of one process make progress, and whether its dependencies answer. Thread-safe.

    A worker beats when it has *finished* something: a poll that returned, even without records, counts; being inside
    a call does not. So a worker that hangs is found although its thread runs.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._workers: dict[str, _Worker] = {}
        self._checks: dict[str, ReadinessCheck] = {}

    def expect(self, name: str, within_seconds: float) -> None:
        """From now on `name` must beat at least every `within_seconds` (real time)."""
        with self._lock:
            self._workers[name] = _Worker(within_seconds, self._monotonic())

    def beat(self, name: str) -> None:
        """`name` made progress. It must have been expected before; raises KeyError otherwise."""
        with self._lock:
            self._workers[name].last_beat = self._monotonic()

    def retire(self, name: str) -> None:
        """`name` has ended on purpose and is no longer expected to beat."""
        with self._lock:
            self._workers.pop(name, None)

    def died(self, name: str, why: str) -> None:
        """`name` has ended although it should run; only a restart of the process helps."""
        with self._lock:
            worker = self._workers.setdefault(name, _Worker(0, self._monotonic()))
            worker.death = why

    def ready_when(self, name: str, check: ReadinessCheck) -> None:
        """Adds a condition of readiness."""
        with self._lock:
            self._checks[name] = check

    def stuck(self) -> dict[str, str]:
        """The workers that died or did not beat in time, with the reason; empty means alive."""
        with self._lock:
            now = self._monotonic()
            return {
                name: f"ended: {worker.death}" if worker.death else f"no progress for {now - worker.last_beat:.0f} s"
                for name, worker in self._workers.items()
                if worker.death or now - worker.last_beat > worker.within_seconds
            }

    def unready(self) -> dict[str, str]:
        """Why this process should get no work now: what is stuck, and every condition that does not hold."""
        with self._lock:
            checks = dict(self._checks)
        reasons = {name: _reason(check) for name, check in checks.items()}
        return {name: reason for name, reason in reasons.items() if reason} | self.stuck()


def _reason(check: ReadinessCheck) -> str | None:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - a check that cannot answer is a reason, whatever it raised
        return f"the check failed: {type(error).__name__}"
