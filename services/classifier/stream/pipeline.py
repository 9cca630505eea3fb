"""Answers many events at a time; acknowledges each only when its answer is on the broker.

Answers are sent in the order of the events, without waiting for one another. Events are acknowledged to faust in
that order too, each after its own answer: so no offset is ever committed past an event that has no answer on the
broker (faust's own accounting of offsets forgives a gap of one, consumer.py `_new_offset`).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

import structlog

from services.chassis import metrics
from services.chassis.messaging.reject_limit import RejectLimit
from services.classifier.app.answer import CONSUMER, Answering, RecordAnswer, SourceRecord
from services.classifier.stream.attempts import MAX_DEATHS, Attempts

log = structlog.get_logger(__name__)

IN_FLIGHT: Final = 200


class FaustEvent(Protocol):
    """The part of a faust event that is used here."""

    message: Any

    def ack(self) -> bool: ...


class Pipeline:
    """Takes events one after another. Runs on one event loop; `settle` must be running beside `take`."""

    def __init__(
        self,
        answering: Answering,
        publish: Callable[[Any], Awaitable[None]],
        on_progress: Callable[[], None],
        attempts: Attempts,
        limit: RejectLimit | None = None,
    ) -> None:
        self._answering = answering
        self._publish = publish
        self._on_progress = on_progress
        self._attempts = attempts
        self._limit = limit or RejectLimit()
        self._free = asyncio.Semaphore(IN_FLIGHT)
        self._waiting: asyncio.Queue[tuple[FaustEvent, RecordAnswer, asyncio.Task[None]]] = asyncio.Queue()
        self._forever = asyncio.Event()
        self.failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.halted: str | None = None
        self.in_flight = 0
        self.last_settled_at = time.time()
        self.settled_to: dict[int, int] = {}

    async def take(self, event: FaustEvent) -> None:
        """Begins to answer `event` and returns; waits while too many are in flight.

        Never raises, because faust drops an event whose exception escapes its agent. Never returns after a failure
        or past the reject limit: then no further event may be taken.
        """
        try:
            await self._free.acquire()
            self.in_flight += 1
            source = _source(event.message)
            async with self._attempts.attempt(source.partition, source.offset) as deaths:
                if deaths < MAX_DEATHS:
                    answer = self._answering.answer(source)
                else:
                    answer = self._answering.reject(source, f"killed the process {deaths} times")
            self._waiting.put_nowait((event, answer, asyncio.create_task(self._send(answer))))
            if self._limit.record(answer.outcome == "rejected"):
                self._halt()
        except Exception as bug:  # noqa: BLE001 - the process stops because of it
            self._fail(bug)
        if self.halted or self.failure.done():
            await self._forever.wait()

    async def fail(self, error: Exception) -> None:
        """Makes the process stop because of `error`. Never returns."""
        self._fail(error)
        await self._forever.wait()

    async def settle(self) -> None:
        """Acknowledges events in their order, each once its answer is on the broker; ends with the first failure."""
        try:
            while True:
                event, answer, sending = await self._waiting.get()
                await sending
                message = event.message
                event.ack()
                self.in_flight -= 1
                self.settled_to[message.partition] = message.offset + 1
                self.last_settled_at = message.timestamp or time.time()
                self._free.release()
                self._on_progress()
                metrics.EVENTS_CONSUMED.labels(CONSUMER, message.topic, answer.type, answer.outcome).inc()
        except Exception as error:  # noqa: BLE001 - the process stops because of it
            self._fail(error)

    async def _send(self, answer: RecordAnswer) -> None:
        if answer.outgoing is not None:
            await self._publish(answer.outgoing)

    def _halt(self) -> None:
        self.halted = "so many events in a row are rejected that the fault must be ours; mend it and restart"
        metrics.CONSUMER_HALTED.labels(CONSUMER).set(1)
        log.error("reject limit passed", consumer=CONSUMER)

    def _fail(self, error: Exception) -> None:
        if not self.failure.done():
            self.failure.set_exception(error)


def _source(message: Any) -> SourceRecord:
    return SourceRecord(
        message.topic, message.partition, message.offset, message.key, list(message.headers or ()), message.value
    )
