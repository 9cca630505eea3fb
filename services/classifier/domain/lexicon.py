"""Finding known words in a text: all of them in one pass, the longest at each place (Aho-Corasick)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

import ahocorasick

LONGEST_TEXT = 100_000
"""Characters that are read. A message says what it wants long before; the rest costs time and adds noise."""


class Lexicon:
    """A set of words to look for. A word inside a longer known one does not count (装修垃圾 is not 垃圾)."""

    def __init__(self, words: Iterable[str]) -> None:
        self._automaton = ahocorasick.Automaton()
        for word in words:
            self._automaton.add_word(normalise(word), word)
        self._automaton.make_automaton()

    def find(self, text: str) -> Mapping[str, list[int]]:
        """The words that occur in a normalised text, each with the places where it ends."""
        found: dict[str, list[int]] = {}
        if len(self._automaton):
            for end, word in self._automaton.iter_long(text):
                found.setdefault(word, []).append(end)
        return found


def normalise(text: str) -> str:
    """Full-width to ASCII, lower case, no white space, at most LONGEST_TEXT characters."""
    return "".join(unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).lower().split())[:LONGEST_TEXT]
