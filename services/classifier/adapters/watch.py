"""Whether the stream moves: lag, readiness, and the difference between idle and stuck, told twice a second."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import Any, Final

from services.chassis import metrics
from services.chassis.health import Health
from services.chassis.settings import Settings
from services.classifier.adapters.broker import why_not_ready
from services.classifier.adapters.faust_app import ClassifierApp, Consumption
from services.classifier.adapters.pipeline import Pipeline
from services.classifier.app.answer import CONSUMER, TEXTS

WORKER: Final = "stream"
STUCK_AFTER_S: Final = 60.0
FETCH_OVERDUE_S: Final = 5.0
COMMIT_OVERDUE_S: Final = 60.0
REBALANCES: Final = 8
REBALANCES_WITHIN_S: Final = 60.0


class CommitsStandStill(Exception):
    """faust sees a gap in the offsets that nothing fills and commits no more (anchors.md C.2, #596)."""


class Watch:
    """Keeps health and lag. `fetched` is the queue of events that faust has fetched and the pipeline not yet taken."""

    def __init__(self, app: ClassifierApp, settings: Settings, health: Health) -> None:
        self._app = app
        self._settings = settings
        self._health = health
        self._uncommitted: dict[Any, tuple[int, float]] = {}
        self._rebalanced: deque[float] = deque(maxlen=REBALANCES)
        self._rebalances = 0
        self._looking = False
        self._read_until = 0.0
        self.fetched: asyncio.Queue[Any] = asyncio.Queue()
        self.unready: str | None = "starting"
        health.expect(WORKER, STUCK_AFTER_S)
        health.ready_when(WORKER, lambda: self.unready)

    def progress(self) -> None:
        self._health.beat(WORKER)

    async def look(self, pipeline: Pipeline) -> None:
        """To be called often once faust has started. Only an idle stream and one that moves make progress."""
        self._looking = True
        now = time.time()
        self._count_rebalances(now)
        if self._app.rebalancing:
            self.unready = "rebalancing"
            return
        state = self._app.consumption()
        waiting = state.unfetched + self.fetched.qsize() + pipeline.in_flight
        metrics.CONSUMER_LAG_EVENTS.labels(CONSUMER, TEXTS).set(waiting)
        behind = max(0.0, now - pipeline.last_settled_at) if waiting else 0.0
        metrics.CONSUMER_LAG_SECONDS.labels(CONSUMER, TEXTS).set(behind)
        self.unready = pipeline.halted or self._restless(now)
        if pipeline.halted or not state.partitions:
            self.progress()
        elif now - state.last_fetch < FETCH_OVERDUE_S:
            self._check_commits(state, now)
            if not waiting:
                self.progress()
        elif away := await why_not_ready(self._settings):
            # Nothing fetched because the broker is away: no restart of ours would mend that.
            self.unready = away
            self.progress()

    def read_until(self, pipeline: Pipeline) -> float:
        """Real time up to which every published text has its answer on the broker; 0 before the first time.

        A fetch shows what was there when it began, which is only known to be about its longest wait before it ended.
        """
        if not self._looking or self._app.rebalancing:
            return self._read_until
        state = self._app.consumption()
        waiting = state.unfetched + self.fetched.qsize() + pipeline.in_flight
        if state.partitions and not waiting:
            self._read_until = state.last_fetch - 2 * self._app.fetch_max_wait_ms / 1000
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
        """aiokafka cannot tell that its static membership was taken over: the two throw each other out for ever."""
        if len(self._rebalanced) < REBALANCES or now - self._rebalanced[0] > REBALANCES_WITHIN_S:
            return None
        return f"rebalances without end: does another process run as instance {self._settings.instance!r}?"
