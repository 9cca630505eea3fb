"""Finding known words in a text: all of them in one pass, the longest at each place (Aho-Corasick)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from ahocorasick_rs import AhoCorasick, MatchKind

from services.contracts.writing import plain

LONGEST_TEXT: Final = 100_000
"""Characters that are read. A message says what it wants long before; the rest costs time and adds noise."""


class Lexicon:
    """A set of words to look for. A word inside a longer known one does not count (装修垃圾 is not 垃圾)."""

    def __init__(self, words: Iterable[str]) -> None:
        written = {normalise(word): word for word in words}
        self._words = list(written.values())
        self._automaton = AhoCorasick(list(written), matchkind=MatchKind.LeftmostLongest)

    def find(self, text: str) -> Mapping[str, list[int]]:
        """The words that occur in a normalised text, each with the places where it ends."""
        found: dict[str, list[int]] = {}
        for number, _, end in self._automaton.find_matches_as_indexes(text):
            found.setdefault(self._words[number], []).append(end - 1)
        return found


def normalise(text: str) -> str:
    """Plain writing in lower case without blanks, at most LONGEST_TEXT characters."""
    return "".join(plain(text[:LONGEST_TEXT]).lower().split())[:LONGEST_TEXT]
