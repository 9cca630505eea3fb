"""The classifier's stream: `ticket-texts` through faust to `classifications`, at least once, with the same ids.

Offsets: faust commits what `Pipeline` acknowledged, once a second and when it stops; a killed process begins again at
the last commit. Whatever goes out of order ends the process instead of an event: see `Stream.run`.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

import structlog

from services.chassis import metrics
from services.chassis.health import Health
from services.chassis.settings import Settings
from services.classifier.adapters.broker import why_not_ready
from services.classifier.adapters.faust_app import make_app
from services.classifier.adapters.pipeline import Pipeline
from services.classifier.adapters.publisher import Publisher
from services.classifier.adapters.watch import CommitsStandStill, Watch
from services.classifier.app.answer import CONSUMER, TEXTS, Answering

log = structlog.get_logger(__name__)

LOOK_EVERY_S: Final = 0.5
RECONNECT_EVERY_S: Final = 1.0


class StreamFailed(Exception):
    """The stream cannot go on in this process; what it had not acknowledged comes again after a restart."""


class Stream:
    """Owns the faust app. `run` may be called once, on the loop that serves HTTP too."""

    def __init__(self, settings: Settings, answering: Answering, health: Health) -> None:
        self._settings = settings
        self._app = make_app(settings)
        self._watch = Watch(self._app, settings, health)
        self.publisher = Publisher(self._app, self._watch.progress)
        self._pipeline = Pipeline(answering, self.publisher.publish, self._watch.progress)
        metrics.CONSUMER_HALTED.labels(CONSUMER).set(0)
        texts = self._app.topic(TEXTS, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
        self._app.agent(texts, name=CONSUMER, concurrency=1)(self._read)

    @property
    def read_until(self) -> float:
        """Real time (epoch seconds) up to which every published text is answered; 0 before the first time."""
        return self._watch.read_until(self._pipeline)

    @property
    def settled(self) -> dict[str, int]:
        """The sum over partitions of the offsets up to which the texts read have their answer on the broker."""
        return {TEXTS: sum(self._pipeline.settled_to.values())}

    async def run(self) -> None:
        """Waits for the broker, then reads until cancelled. Raises StreamFailed when the process must be restarted."""
        while reason := await why_not_ready(self._settings):
            log.warning("waiting for the broker", reason=reason)
            self._watch.unready = reason
            self._watch.progress()
            await asyncio.sleep(RECONNECT_EVERY_S)
        self._watch.unready = "joining the group"
        starting = asyncio.create_task(self._app.start())
        settling = asyncio.create_task(self._pipeline.settle())
        try:
            while True:
                await asyncio.wait([self._pipeline.failure], timeout=LOOK_EVERY_S)
                self._raise_failure(starting)
                if starting.done():
                    await self._watch.look(self._pipeline)
        except CommitsStandStill as stall:
            raise StreamFailed(str(stall)) from stall
        except asyncio.CancelledError:
            # Told to stop: what is in flight gets its acknowledgement and its commit. After a failure there is nothing
            # to wait for; the process ends as it stands.
            await self._app.stop()
            raise
        finally:
            settling.cancel()

    async def _read(self, stream: Any) -> None:
        """The agent. faust would restart it after an exception, and go on behind the event it had in hand."""
        self._watch.fetched = stream.channel.queue
        try:
            async for event in stream.noack().events():
                await self._pipeline.take(event)
        except Exception as error:  # noqa: BLE001 - nothing may escape an agent
            await self._pipeline.fail(error)

    def _raise_failure(self, starting: asyncio.Task[None]) -> None:
        if self._pipeline.failure.done():
            error = self._pipeline.failure.exception()
            raise StreamFailed(str(error)) from error
        if starting.done() and (error := starting.exception()):
            raise StreamFailed(f"faust did not start: {error}") from error
        if self._app.crashed:
            raise StreamFailed(f"faust crashed: {self._app.crash_reason!r}") from self._app.crash_reason
