"""The marks as offsets of a consumer group that has no members: position and count of a partition in one write.

The broker keeps them for as long as it keeps offsets of an empty group (seven days by default). The embedded broker
keeps no metadata of an offset: there, no event is ever found to kill.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

import structlog
from kafka import TopicPartition
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError, NoError
from kafka.structs import OffsetAndMetadata

from services.chassis.messaging.errors import cause_of
from services.chassis.messaging.transport import kafka_options, reaching
from services.chassis.settings import Settings
from services.classifier.app.answer import CONSUMER, TEXTS
from services.classifier.stream.attempts import Mark

GROUP: Final = f"{CONSUMER}-attempts"
AGAIN_S: Final = 1.0
MOST_KILLERS: Final = 150
"""Of a partition; a broker takes 4096 bytes of metadata. Each costs three deaths, so that commits come before."""

log = structlog.get_logger(__name__)
Result = TypeVar("Result")


class BrokerMarks:
    """Implements Marks. Waits for a broker that is away: nothing could be answered meanwhile either.

    `on_try` is called after every try, successful or not.
    """

    def __init__(self, settings: Settings, on_try: Callable[[], None]) -> None:
        self._settings = settings
        self._on_try = on_try
        self._admin: KafkaAdminClient | None = None

    async def read(self) -> Mapping[int, Mark]:
        return await self._ask(_read)

    async def write(self, partition: int, mark: Mark) -> None:
        await self._ask(lambda admin: _write(admin, partition, mark))

    async def _ask(self, question: Callable[[KafkaAdminClient], Result]) -> Result:
        while True:
            try:
                return await asyncio.to_thread(self._answer, question)
            except (KafkaError, OSError) as error:
                log.warning("attempts cannot be counted, will try again", cause=cause_of(error))
                await asyncio.sleep(AGAIN_S)
            finally:
                self._on_try()

    def _answer(self, question: Callable[[KafkaAdminClient], Result]) -> Result:
        if self._admin is None:
            name = f"{GROUP}-{self._settings.instance}"
            self._admin = reaching(
                self._settings, lambda: KafkaAdminClient(client_id=name, **kafka_options(self._settings))
            )
        return question(self._admin)


def _read(admin: KafkaAdminClient) -> Mapping[int, Mark]:
    kept = admin.list_group_offsets({GROUP: None}).get(GROUP, {})
    return {
        place.partition: _mark(one.offset, one.metadata or "0")
        for place, one in kept.items()
        if place.topic == TEXTS and one.offset >= 0
    }


def _mark(offset: int, metadata: str) -> Mark:
    begun, *killers = map(int, metadata.split())
    return Mark(offset, begun, frozenset(killers))


def _write(admin: KafkaAdminClient, partition: int, mark: Mark) -> None:
    place = TopicPartition(TEXTS, partition)
    metadata = " ".join(map(str, (mark.begun, *sorted(mark.killers)[-MOST_KILLERS:])))
    error = admin.alter_group_offsets(GROUP, {place: OffsetAndMetadata(mark.offset, metadata, -1)})[place]
    if error is not NoError:
        raise error(f"{GROUP}: {place}")
