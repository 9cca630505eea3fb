"""Publishing one record for certain: returns when the broker has acknowledged it, and not before."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
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
from services.chassis.errors import cause_of
from services.classifier.app.answer import CONSUMER, Outgoing

log = structlog.get_logger(__name__)

TRY_LIMIT_S: Final = 60.0
"""Above the producer's own limit for a try: past it, the producer is not slow but dead."""
BACK_OFF_S: Final = (0.1, 3.0)

_TOO_LARGE = (MessageSizeTooLargeError, RecordListTooLargeError, RecordTooLargeError)
_NEVER = (*_TOO_LARGE, CorruptRecordException, InvalidTimestampError, InvalidTopicError)


class Unpublishable(Exception):
    """The broker will never take the record, or the producer does not answer any more: the process must stop."""


class Publisher:
    """Publishes through the faust app's producer (acks=all), as often as it takes.

    A try that fails may still have reached the log, and two records on their way may change places: readers drop a
    repeated id and an older version. `on_try` is called after every try that ended, successful or not.
    """

    def __init__(self, app: App, on_try: Callable[[], None]) -> None:
        self._app = app
        self._on_try = on_try

    async def publish(self, record: Outgoing) -> None:
        """Returns after the acknowledgement, however long the broker is away. Raises Unpublishable."""
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
        async with asyncio.timeout(TRY_LIMIT_S):
            # The send returns before the acknowledgement (anchors.md C.9); its result is the acknowledgement.
            producer = await self._app.maybe_start_producer()
            sent = await producer.send(record.topic, record.key, record.value, None, None, record.headers)
            await sent
