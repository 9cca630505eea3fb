"""The reader in use, which follows the pointer to the active model while the process runs."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Mapping
from typing import Any, Final

import structlog

from services.classifier.adapters.model_files import BadModel, Stored
from services.classifier.adapters.model_store import ModelStore
from services.classifier.domain.reading import Reader, Reading
from services.classifier.domain.type_model import TypeModel

log = structlog.get_logger(__name__)

LOOK_EVERY_S: Final = 1.0


class CurrentReader:
    """A `Reader` whose model changes between two texts, never within one: a reading is one whole reader's.

    A model that cannot be loaded is told in the log and leaves the one before in use.
    """

    def __init__(self, store: ModelStore, build: Callable[[TypeModel], Reader]) -> None:
        """Loads the active model. Raises BadModel: a process does not start with another one than it was told."""
        self._store = store
        self._build = build
        self._name = store.pointer().active
        self._refused: str | None = None
        self._take(store.active())

    @property
    def model_version(self) -> str:
        return self._reader.model_version

    @property
    def card(self) -> Mapping[str, Any]:
        return self._card

    def read(self, text: str, address: str | None) -> Reading:
        return self._reader.read(text, address)

    async def follow(self) -> None:
        """Until cancelled: within seconds of a change the new model reads. Loading does not hold up the stream."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            name = self._refused
            try:
                name = self._store.pointer().active
                if name in (self._name, self._refused):
                    continue
                stored = await asyncio.to_thread(self._store.active)
                before, self._name, self._refused = self.model_version, name, None
                self._take(stored)
                log.info("model changed", before=before, now=self.model_version)
            except BadModel as error:
                if name != self._refused:
                    log.error("a model was refused, the one before stays in use", cause=str(error))
                self._refused = name

    def _take(self, stored: Stored) -> None:
        self._reader, self._card = self._build(stored.model), stored.card
        gc.freeze()  # a reader stays: the collector need not walk its lists again and again
