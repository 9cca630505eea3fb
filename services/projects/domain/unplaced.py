"""What is kept of a ticket whose text names no registered estate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from services.contracts.fingerprint import BadFingerprint, bytes_of
from services.projects.domain.detection import Call
from services.projects.domain.evidence import Reading

IN_PLACE_OF_ESTATE: Final = "matter-"
"""How the id of a matter begins, which stands for the estate where its calls are counted."""


@dataclass(frozen=True, slots=True)
class Unplaced:
    """`compared`: the call as it was when it was compared with others, None if it is not among them.

    `learnt`: its words have been learnt. `chosen`: the matter that a person said it is of.
    """

    ticket_id: str
    text_version: int
    place_words: tuple[str, ...]
    fingerprint: str
    compared: Call | None = None
    learnt: bool = False
    matter_id: str | None = None
    chosen: str | None = None

    def read_again(self, reading: Reading) -> Unplaced:
        """With the words of a newer text, unless it has been compared; else itself."""
        newer = text_of(reading)
        if newer is None or self.compared or newer.text_version <= self.text_version:
            return self
        return replace(
            self, text_version=newer.text_version, place_words=newer.place_words, fingerprint=newer.fingerprint
        )


def speaks_of_a_matter(reading: Reading) -> bool:
    return reading.place.estate is None and reading.fingerprint is not None


def text_of(reading: Reading) -> Unplaced | None:
    """None for a reading that names an estate or has no fingerprint that can be read."""
    if reading.fingerprint is None or not speaks_of_a_matter(reading):
        return None
    try:
        bytes_of(reading.fingerprint)
    except BadFingerprint:
        return None
    return Unplaced(reading.ticket_id, reading.version, tuple(reading.place_words), reading.fingerprint)
