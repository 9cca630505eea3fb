"""What detection needs to know of a text, for a replay outside the stream: plain values, without the type model."""

from __future__ import annotations

from dataclasses import dataclass

from services.classifier.domain.fingerprint import fingerprint_of
from services.classifier.domain.lexicon import normalise
from services.classifier.files.reader_data import load_place_words
from services.contracts.fingerprint import TermKey


@dataclass(frozen=True, slots=True)
class TextTraits:
    """As the classifier publishes them: see `TicketClassified.fingerprint` and `place_words`."""

    fingerprint: str | None
    place_words: tuple[str, ...]


class TraitReader:
    def __init__(self, key: TermKey) -> None:
        self._key = key
        self._place_words = load_place_words()

    def read(self, text: str) -> TextTraits:
        message = normalise(text)
        return TextTraits(fingerprint_of(message, self._key), self._place_words.of(message))
