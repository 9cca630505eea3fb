"""Reading texts again with another model: what has to be published, and nothing else."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Final

from services.classifier.app.answer import CONSUMER, classified
from services.classifier.domain.reading import Reader
from services.contracts.classification_events import TicketClassified, TicketReadAgain
from services.contracts.event import Event, deterministic_id
from services.contracts.ticket_events import TicketTextRecorded

OPINION: Final = frozenset({"confidence", "runner_up", "reasons", "fingerprint", "model_version", "version"})
"""What may differ without anybody having to know: how sure it is and why, not what it says."""


@dataclass(slots=True)
class LastReadings:
    """What was said last of each ticket, as 16 bytes a ticket."""

    _said: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    def hear(self, event: Event) -> None:
        """To be told of the events of `classifications` in their order."""
        if isinstance(event, TicketClassified | TicketReadAgain):
            known = self._said.get(event.ticket_id)
            if known is None or event.version >= known[0]:
                self._said[event.ticket_id] = event.version, _said_by(event)

    def again(self, text: TicketTextRecorded, reader: Reader) -> TicketReadAgain | None:
        """The reading to publish: None if it says the same, or if the text is not the one that was read last."""
        known = self._said.get(text.ticket_id)
        if known is None or known[0] != text.version:
            return None
        read = classified(text, reader.read(text.text, text.address))
        return None if _said_by(read) == known[1] else TicketReadAgain(**read.model_dump())


def event_id_of(event: TicketReadAgain) -> str:
    """The same for the same text, model and answer: a run that is repeated has no second effect. The answer also
    changes with what is no part of the model's version: kinds, rules of urgency, the register."""
    cause = f"{event.ticket_id}:{event.version}:{event.model_version}:{_said_by(event).hex()}"
    return str(deterministic_id(CONSUMER, cause, event.type))


def _said_by(event: TicketClassified | TicketReadAgain) -> bytes:
    return hashlib.blake2b(event.model_dump_json(exclude=set(OPINION)).encode(), digest_size=16).digest()
