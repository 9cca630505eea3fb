"""The reader in use: it follows the pointer to the active model while the process runs."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Mapping
from typing import Any, Final

import structlog

from services.classifier.domain.reading import Reader, Reading
from services.classifier.domain.type_model import TypeModel
from services.classifier.files.model_files import BadModel, StoredModel
from services.classifier.files.model_store import ModelStore

log = structlog.get_logger(__name__)

LOOK_EVERY_S: Final = 1.0


class CurrentReader:
    """A `Reader` that switches models between texts, never within one.

    If a model cannot be loaded, the error is logged and the previous one stays in use.
    """

    def __init__(self, store: ModelStore, build: Callable[[TypeModel], Reader]) -> None:
        """Loads the active model. Raises BadModel: the process must not start with any other."""
        self._store = store
        self._build = build
        self._name = store.pointer().active
        self._refused: str | None = None
        self._use(store.active())

    @property
    def model_version(self) -> str:
        return self._reader.model_version

    @property
    def card(self) -> Mapping[str, Any]:
        return self._card

    def read(self, text: str, address: str | None) -> Reading:
        return self._reader.read(text, address)

    def build_again(self) -> None:
        """With the same model: what else the reader is built from has changed."""
        self._use(self._stored)

    async def follow(self) -> None:
        """Runs until cancelled. Uses a new model within seconds; loading it does not block the stream."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            name = self._refused
            try:
                name = self._store.pointer().active
                if name in (self._name, self._refused):
                    continue
                stored = await asyncio.to_thread(self._store.active)
                before, self._name, self._refused = self.model_version, name, None
                self._use(stored)
                log.info("model changed", before=before, now=self.model_version)
            except BadModel as error:
                if name != self._refused:
                    log.error("a model was refused, the one before stays in use", cause=str(error))
                self._refused = name

    def _use(self, stored: StoredModel) -> None:
        self._stored = stored
        self._reader, self._card = self._build(stored.model), stored.card
        gc.freeze()  # the reader stays: the collector need not traverse it each time
