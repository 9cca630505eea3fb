"""Reads texts again with another model and decides which classifications have to be published."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Final

from services.classifier.app.answer import CONSUMER, classified
from services.classifier.domain.reading import Reader
from services.contracts.classification_events import TicketClassified, TicketReadAgain
from services.contracts.event import Event, deterministic_id
from services.contracts.text_events import TicketTextRecorded

OPINION: Final = frozenset({"confidence", "runner_up", "reasons", "fingerprint", "model_version", "version"})
"""Fields whose change alone is not published: how sure the model is and why, not what it says."""


@dataclass(slots=True)
class LastReadings:
    """The last classification of each ticket, as a digest of 16 bytes."""

    _digests: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    def record(self, event: Event) -> None:
        """Takes the events of `classifications` in their order."""
        if isinstance(event, TicketClassified | TicketReadAgain):
            known = self._digests.get(event.ticket_id)
            if known is None or event.version >= known[0]:
                self._digests[event.ticket_id] = event.version, _digest(event)

    def reread(self, text: TicketTextRecorded, reader: Reader) -> TicketReadAgain | None:
        """The classification to publish: None if it says the same, or if the text is not the latest one."""
        known = self._digests.get(text.ticket_id)
        if known is None or known[0] != text.version:
            return None
        read = classified(text, reader.read(text.text, text.address))
        return None if _digest(read) == known[1] else TicketReadAgain(**read.model_dump())


def event_id_of(event: TicketReadAgain) -> str:
    """The same id for the same text, model and answer, so that a repeated run has no effect. The answer can also change
    without a new model version: by the kinds, the rules of urgency or the register."""
    cause = f"{event.ticket_id}:{event.version}:{event.model_version}:{_digest(event).hex()}"
    return str(deterministic_id(CONSUMER, cause, event.type))


def _digest(event: TicketClassified | TicketReadAgain) -> bytes:
    return hashlib.blake2b(event.model_dump_json(exclude=set(OPINION)).encode(), digest_size=16).digest()
