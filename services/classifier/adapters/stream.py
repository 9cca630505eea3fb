"""The classifier's stream: `ticket-texts` through faust to `classifications`, at least once, with the same ids.

Offsets: faust commits what `Pipeline` acknowledged, once a second and when it stops; a killed process begins again at
the last commit. Every way out of order ends the process instead of an event: see `Stream.run`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any, Final

import structlog

from services.chassis import metrics
from services.chassis.health import Health
from services.chassis.settings import Settings
from services.classifier.adapters.broker import why_not_ready
from services.classifier.adapters.faust_app import Consumption, make_app
from services.classifier.adapters.pipeline import Pipeline
from services.classifier.adapters.publisher import Publisher
from services.classifier.app.answer import CONSUMER, TEXTS, Answering

log = structlog.get_logger(__name__)

WORKER: Final = "stream"
STUCK_AFTER_S: Final = 60.0
WATCH_EVERY_S: Final = 0.5
FETCH_OVERDUE_S: Final = 10.0
RECONNECT_EVERY_S: Final = 1.0
COMMIT_OVERDUE_S: Final = 60.0


class StreamFailed(Exception):
    """The stream cannot go on in this process; what it had not acknowledged comes again after a restart."""


class Stream:
    """Owns the faust app. `run` may be called once, on the loop that serves HTTP too."""

    def __init__(self, settings: Settings, answering: Answering, health: Health) -> None:
        self._settings = settings
        self._health = health
        self._app = make_app(settings)
        self.publisher = Publisher(self._app, self._progress)
        self._pipeline = Pipeline(answering, self.publisher.publish, self._progress)
        self._unready: str | None = "starting"
        self._fetched: asyncio.Queue[Any] = asyncio.Queue()
        self._uncommitted: dict[Any, tuple[int, float]] = {}
        health.expect(WORKER, STUCK_AFTER_S)
        health.ready_when(WORKER, lambda: self._pipeline.halted or self._unready)
        metrics.CONSUMER_HALTED.labels(CONSUMER).set(0)
        texts = self._app.topic(TEXTS, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
        self._app.agent(texts, name=CONSUMER, concurrency=1)(self._read)

    async def run(self) -> None:
        """Waits for the broker, then reads until cancelled. Raises StreamFailed when the process must be restarted."""
        while reason := await why_not_ready(self._settings):
            log.warning("waiting for the broker", reason=reason)
            self._unready = reason
            self._progress()
            await asyncio.sleep(RECONNECT_EVERY_S)
        self._unready = "joining the group"
        starting = asyncio.create_task(self._app.start())
        settling = asyncio.create_task(self._pipeline.settle())
        try:
            await self._watch(starting)
        except asyncio.CancelledError:
            # Told to stop: what is in flight gets its acknowledgement and its commit. After a failure there is nothing
            # to wait for; the process ends as it stands.
            await self._app.stop()
            raise
        finally:
            settling.cancel()

    async def _read(self, stream: Any) -> None:
        self._fetched = stream.channel.queue
        events: AsyncIterator[Any] = stream.noack().events()
        async for event in events:
            await self._pipeline.take(event)

    async def _watch(self, starting: asyncio.Task[None]) -> None:
        while True:
            await asyncio.wait([self._pipeline.failure], timeout=WATCH_EVERY_S)
            if self._pipeline.failure.done():
                error = self._pipeline.failure.exception()
                raise StreamFailed(str(error)) from error
            if starting.done() and (error := starting.exception()):
                raise StreamFailed(f"faust did not start: {error}") from error
            if self._app.crashed:
                raise StreamFailed(f"faust crashed: {self._app.crash_reason!r}") from self._app.crash_reason
            if starting.done():
                await self._look()

    async def _look(self) -> None:
        """Measures lag, and tells an idle stream from one that stands still: only the latter makes no progress."""
        if self._app.rebalancing:
            self._unready = "rebalancing"
            return
        now, state = time.time(), self._app.consumption()
        waiting = state.unfetched + self._fetched.qsize() + self._pipeline.in_flight
        metrics.CONSUMER_LAG_EVENTS.labels(CONSUMER, TEXTS).set(waiting)
        behind = max(0.0, now - self._pipeline.last_settled_at) if waiting else 0.0
        metrics.CONSUMER_LAG_SECONDS.labels(CONSUMER, TEXTS).set(behind)
        self._unready = None
        if self._pipeline.halted or not state.partitions:
            self._progress()
        elif now - state.last_fetch < FETCH_OVERDUE_S:
            self._commits_move(state, now)
            if not waiting:
                self._progress()
        elif waiting == state.unfetched:
            # Nothing in hand and nothing fetched: is the broker away, which no restart of ours would mend?
            self._unready = await why_not_ready(self._settings)
            if self._unready:
                self._progress()

    def _commits_move(self, state: Consumption, now: float) -> None:
        """faust may see a gap in the offsets that nothing fills, and commit no more (anchors.md C.2, #596)."""
        overdue: dict[Any, tuple[int, float]] = {}
        for place, offset in state.uncommitted.items():
            known, since = self._uncommitted.get(place, (offset, now))
            overdue[place] = (offset, since if known == offset else now)
            if now - overdue[place][1] > COMMIT_OVERDUE_S:
                raise StreamFailed(
                    f"{place}: offset {offset} is answered and not committed for {COMMIT_OVERDUE_S:.0f} s"
                )
        self._uncommitted = overdue

    def _progress(self) -> None:
        self._health.beat(WORKER)
