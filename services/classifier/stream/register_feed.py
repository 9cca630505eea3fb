"""Follows the topic `estates`, so that places are known by the register as it is now, without a restart.

Every process reads the whole topic, outside any consumer group: shared out by partitions, each would know a part of the
estates. The topic is kept for ever and is its own changelog, so nothing is stored here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import structlog

from services.chassis.settings import KafkaSettings
from services.classifier.domain.places import Register
from services.classifier.domain.register_facts import RegisterFact, RegisterFacts
from services.classifier.files.register_store import RegisterStore
from services.classifier.stream.topic_reading import TopicUnreachable, events_of
from services.contracts.data_files import InvalidData

log = structlog.get_logger(__name__)

ESTATES: Final = "estates"
LOOK_EVERY_S: Final = 15.0


class RegisterFeed:
    """Gives each new register to `use`, on the loop. What cannot be read or built is logged; the one before stays."""

    def __init__(self, settings: KafkaSettings, store: RegisterStore, use: Callable[[Register], None]) -> None:
        self._brokers = settings
        self._store = store
        self._use = use
        self._facts = RegisterFacts()
        self._next: dict[int, int] = {}
        self._stale = False

    async def look(self) -> None:
        """Takes in what was published since the last look; the first time, everything."""
        try:
            register = await asyncio.to_thread(self._read)
        except (TopicUnreachable, InvalidData) as error:
            log.warning("the register of estates is not up to date, the one before stays", cause=str(error))
            return
        if register is not None:
            self._use(register)
            log.info("register changed", estates=len(register.estates))

    async def follow(self) -> None:
        """Runs until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            await self.look()

    def _read(self) -> Register | None:
        """None if nothing changed since a register was built; what was read before a failure is not forgotten."""
        for placed in events_of(self._brokers, ESTATES, self._next):
            if isinstance(placed.envelope.event, RegisterFact):
                self._stale |= self._facts.take(placed.envelope.event)
            self._next[placed.partition] = placed.offset + 1
        if not self._stale:
            return None
        register = self._store.load(self._facts)
        self._stale = False
        return register
