"""What the classifier makes of a text, and the one interface a model has to fill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from services.contracts.classification_events import Sensitive
from services.contracts.ticket_events import Place, RequestKind, Urgency


@dataclass(frozen=True, slots=True)
class Reading:
    """A machine's opinion of one text. `confidence` is in [0, 1]; `reasons` are words of our own lists only,
    never free text, so that a reading carries no personal data."""

    type_code: str
    confidence: float
    runner_up: str | None
    secondary: tuple[str, ...]
    kind: RequestKind | None
    place: Place
    place_candidates: tuple[str, ...]
    place_words: tuple[str, ...]
    elsewhere: str | None
    urgency: Urgency
    emergency: bool
    sensitive: Sensitive | None
    reasons: tuple[str, ...]
    fingerprint: str | None
    model_version: str


class Reader(Protocol):
    """Reads any string: never raises, the same text gives the same reading, and it does no I/O.

    Not promised: that it is quick for megabytes, or right.
    """

    @property
    def model_version(self) -> str: ...

    def read(self, text: str, address: str | None) -> Reading: ...
