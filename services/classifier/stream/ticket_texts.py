"""The classifier's stream: `ticket-texts` through faust to `classifications`, at least once, with stable ids.

faust commits the offsets that `Pipeline` acknowledged once a second and on a stop; a killed process resumes at the last
commit. A failure ends the process rather than skip an event: see `Stream.run`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog

from services.chassis import metrics
from services.chassis.messaging.doorbell import Doorbell
from services.chassis.messaging.errors import cause_of
from services.chassis.messaging.published import Published
from services.chassis.settings import Settings
from services.chassis.web.health import Health
from services.classifier.app.answer import CONSUMER, TEXTS, Answering
from services.classifier.stream.attempts import Attempts
from services.classifier.stream.broker import why_not_ready
from services.classifier.stream.broker_marks import BrokerMarks
from services.classifier.stream.faust_app import make_app
from services.classifier.stream.pipeline import Pipeline
from services.classifier.stream.publisher import FaustPublisher
from services.classifier.stream.watch import CommitsStandStill, Watch

log = structlog.get_logger(__name__)

LOOK_EVERY_S: Final = 0.5
RECONNECT_EVERY_S: Final = 1.0


class StreamFailed(Exception):
    """The stream cannot continue in this process; unacknowledged texts are delivered again after a restart."""


class Stream:
    """Owns the faust app. `run` may be called once, on the loop that serves HTTP too.

    `prepare` is awaited once, when the broker answers and before the first text is read.
    """

    def __init__(
        self, settings: Settings, answering: Answering, health: Health, prepare: Callable[[], Awaitable[None]]
    ) -> None:
        self._settings = settings
        self._prepare = prepare
        self._app = make_app(settings)
        self._watch = Watch(self._app, settings, health)
        self.publisher = FaustPublisher(self._app, self._watch.progress, Doorbell(settings.kafka_doorbell).ring)
        attempts = Attempts(BrokerMarks(settings, self._watch.progress))
        self._pipeline = Pipeline(answering, self.publisher.publish, self._watch.progress, attempts)
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

    @property
    def published(self) -> Published:
        return self.publisher.published

    async def run(self) -> None:
        """Waits for the broker, then reads until cancelled. Raises StreamFailed if the process must be restarted."""
        while reason := await why_not_ready(self._settings):
            log.warning("waiting for the broker", reason=reason)
            self._watch.unready = reason
            self._watch.progress()
            await asyncio.sleep(RECONNECT_EVERY_S)
        self._watch.unready = "reading the register of estates"
        await self._prepare()
        self._watch.progress()
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
            # On a stop, what is in flight is still acknowledged and committed. After a failure there is nothing to
            # wait for.
            await self._app.stop()
            raise
        finally:
            settling.cancel()

    async def _read(self, stream: Any) -> None:
        """The agent. After an exception, faust would restart it and skip the current event."""
        self._watch.fetched = stream.channel.queue
        try:
            async for event in stream.noack().events():
                await self._pipeline.take(event)
        except Exception as error:  # noqa: BLE001 - nothing may escape an agent
            await self._pipeline.fail(error)

    def _raise_failure(self, starting: asyncio.Task[None]) -> None:
        if self._pipeline.failure.done():
            error = self._pipeline.failure.exception()
            raise StreamFailed(cause_of(error) if error else "stopped") from error
        if starting.done() and (error := starting.exception()):
            raise StreamFailed(f"faust did not start: {cause_of(error)}") from error
        if self._app.crashed:
            raise StreamFailed(f"faust crashed: {cause_of(self._app.crash_reason)}") from self._app.crash_reason
