"""Watches the stream twice a second: its lag, its readiness, and whether it is idle or stuck."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import Any, Final

import structlog

from services.chassis import metrics
from services.chassis.activity import QUIET_AFTER_S
from services.chassis.settings import Settings
from services.chassis.web.health import Health
from services.classifier.app.answer import CONSUMER, TEXTS
from services.classifier.stream.broker import why_not_ready
from services.classifier.stream.faust_app import ClassifierApp, Consumption
from services.classifier.stream.pipeline import Pipeline

WORKER: Final = "stream"
STUCK_AFTER_S: Final = 60.0
FETCH_OVERDUE_S: Final = 5.0
COMMIT_OVERDUE_S: Final = 60.0
REBALANCES: Final = 8
REBALANCES_WITHIN_S: Final = 60.0

log = structlog.get_logger(__name__)


class CommitsStandStill(Exception):
    """faust waits for an offset that never comes and commits no more (docs/pitfalls.md §2, #596)."""


class Watch:
    """Maintains health and lag. `fetched`: events that faust has fetched and the pipeline has not taken yet."""

    def __init__(self, app: ClassifierApp, settings: Settings, health: Health) -> None:
        self._app = app
        self._settings = settings
        self._health = health
        self._uncommitted: dict[Any, tuple[int, float]] = {}
        self._rebalanced: deque[float] = deque(maxlen=REBALANCES)
        self._rebalances = 0
        self._looking = False
        self._read_until = 0.0
        self._busy_at = time.time()
        self.fetched: asyncio.Queue[Any] = asyncio.Queue()
        self.unready: str | None = "starting"
        health.expect(WORKER, STUCK_AFTER_S)
        health.ready_when(WORKER, lambda: self.unready)

    def progress(self) -> None:
        self._health.beat(WORKER)

    async def look(self, pipeline: Pipeline) -> None:
        """To be called often once faust has started. Only an idle or a moving stream makes progress."""
        self._looking = True
        now = time.time()
        self._count_rebalances(now)
        if self._app.rebalancing:
            self.unready = "rebalancing"
            return
        state = self._app.consumption()
        waiting = state.unfetched + self.fetched.qsize() + pipeline.in_flight
        if waiting:
            self._busy_at = now
        if state.partitions:
            self._app.pace(quiet=now - max(self._busy_at, pipeline.last_settled_at) > QUIET_AFTER_S)
        metrics.CONSUMER_LAG_EVENTS.labels(CONSUMER, TEXTS).set(waiting)
        behind = max(0.0, now - pipeline.last_settled_at) if waiting else 0.0
        metrics.CONSUMER_LAG_SECONDS.labels(CONSUMER, TEXTS).set(behind)
        unready = pipeline.halted or self._restless(now)
        if pipeline.halted or not state.partitions:
            self.progress()
        elif now - state.last_fetch < FETCH_OVERDUE_S:
            self._check_commits(state, now)
            if not waiting:
                self.progress()
        elif away := await why_not_ready(self._settings):
            # Nothing is fetched because the broker is away or refuses us: a restart would not help.
            if away != self.unready:
                log.warning("nothing can be read", cause=away)
            unready = away
            self.progress()
        self.unready = unready

    def read_until(self, pipeline: Pipeline) -> float:
        """Real time up to which every published text has its answer on the broker; 0 before the first time.

        A fetch shows what was there when it began; that moment is known only to within its longest wait.
        """
        self._busy_at = time.time()  # whoever asks waits for the answer
        if not self._looking or self._app.rebalancing:
            return self._read_until
        state = self._app.consumption()
        waiting = state.unfetched + self.fetched.qsize() + pipeline.in_flight
        if state.partitions and not waiting:
            self._read_until = max(self._read_until, state.last_fetch - 2 * self._app.longest_wait_s)
        return self._read_until

    def _check_commits(self, state: Consumption, now: float) -> None:
        uncommitted: dict[Any, tuple[int, float]] = {}
        for place, offset in state.uncommitted.items():
            known, since = self._uncommitted.get(place, (offset, now))
            uncommitted[place] = (offset, since if known == offset else now)
            if now - uncommitted[place][1] > COMMIT_OVERDUE_S:
                raise CommitsStandStill(f"{place}: offset {offset} is answered and waits for its commit")
        self._uncommitted = uncommitted

    def _count_rebalances(self, now: float) -> None:
        if self._app.rebalancing_count != self._rebalances:
            self._rebalances = self._app.rebalancing_count
            self._rebalanced.append(now)

    def _restless(self, now: float) -> str | None:
        """aiokafka does not notice that another process took over its static membership: the two evict each other."""
        if len(self._rebalanced) < REBALANCES or now - self._rebalanced[0] > REBALANCES_WITHIN_S:
            return None
        return f"rebalances without end: does another process run as instance {self._settings.instance!r}?"
