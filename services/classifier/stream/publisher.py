"""Publishes one record; returns only after the broker has acknowledged it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Collection
from typing import Final

import structlog
from aiokafka.errors import (
    CorruptRecordException,
    InvalidTimestampError,
    InvalidTopicError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    RecordTooLargeError,
)
from faust import App
from faust.exceptions import ProducerSendError

from services.chassis import metrics
from services.chassis.messaging.errors import cause_of
from services.chassis.messaging.published import Published
from services.classifier.app.answer import CONSUMER, Outgoing

log = structlog.get_logger(__name__)

TRY_LIMIT_S: Final = 60.0
"""Above the producer's own limit for a try: beyond it, the producer is not slow but dead."""
BACK_OFF_S: Final = (0.1, 3.0)

_TOO_LARGE = (MessageSizeTooLargeError, RecordListTooLargeError, RecordTooLargeError)
_NEVER = (*_TOO_LARGE, CorruptRecordException, InvalidTimestampError, InvalidTopicError)


class Unpublishable(Exception):
    """The broker will never accept the record, or the producer no longer answers: the process must stop."""


class FaustPublisher:
    """Publishes through the faust app's producer (acks=all); retries until acknowledged.

    A failed try may still have reached the log, and one that is sent again comes behind others: readers drop a repeated
    id and an older version. `on_try` is called after every try, successful or not; `ring` with the topics of what has
    been acknowledged.
    """

    def __init__(
        self, app: App, on_try: Callable[[], None], ring: Callable[[Collection[str]], None] = lambda topics: None
    ) -> None:
        self._app = app
        self._on_try = on_try
        self._ring = ring
        self._order = asyncio.Lock()
        self.published = Published()

    async def publish(self, record: Outgoing) -> None:
        """Returns after the acknowledgement, however long the broker is unreachable. Raises Unpublishable."""
        failures = 0
        while True:
            try:
                await self._try(record)
                metrics.EVENTS_PUBLISHED.labels(record.topic, record.type).inc()
                return
            except _NEVER as refusal:
                if not isinstance(refusal, _TOO_LARGE) or record.value is None or record.type != "dead-letter":
                    raise Unpublishable(f"{record.topic}: {cause_of(refusal)}") from refusal
                record = record.without_value()
            except (KafkaError, ProducerSendError) as error:
                metrics.EVENT_RETRIES.labels(CONSUMER, record.topic).inc()
                log.warning("not acknowledged, will send again", topic=record.topic, cause=cause_of(error))
                low, high = BACK_OFF_S
                ceiling = min(high, low * 2 ** min(failures, 10))
                failures += 1
                await asyncio.sleep(random.uniform(ceiling / 2, ceiling))
            except TimeoutError:
                raise Unpublishable(f"{record.topic}: no acknowledgement and no error in {TRY_LIMIT_S:.0f} s") from None
            finally:
                self._on_try()

    async def _try(self, record: Outgoing) -> None:
        # One at a time, in the order of the events: of several that wait for a place in the producer's queue, one that
        # comes later may be given it first.
        async with self._order, asyncio.timeout(TRY_LIMIT_S):
            producer = await self._app.maybe_start_producer()
            sent = await producer.send(record.topic, record.key, record.value, None, None, record.headers)
        # The send returns before the acknowledgement (docs/pitfalls.md §9); its result is the acknowledgement.
        async with asyncio.timeout(TRY_LIMIT_S):
            self.published.record(await sent)
        self._ring([record.topic])
