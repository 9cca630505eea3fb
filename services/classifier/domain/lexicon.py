"""Finding known words in a text: all of them in one pass, the longest at each place (Aho-Corasick)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from ahocorasick_rs import AhoCorasick, MatchKind

LONGEST_TEXT: Final = 100_000
"""Characters that are read. A message says what it wants long before; the rest costs time and adds noise."""

_FOLDING: Final = tuple(
    chr(point) for part in ((0, 0x80), (0x2010, 0x2060), (0x3000, 0x3030), (0xFF01, 0xFF5F)) for point in range(*part)
)
"""ASCII, punctuation, full-width forms: beside Chinese characters what a message is written in. They fold singly."""
_USUAL: Final = re.compile(f"[{re.escape(''.join(_FOLDING))}\u4e00-\u9fff]*")
_SURROGATES: Final = re.compile(r"[\ud800-\udfff]")


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
    """Full-width to ASCII, lower case, no white space, at most LONGEST_TEXT characters, none of them half a pair."""
    text = text[:LONGEST_TEXT]
    if _USUAL.fullmatch(text):  # four times as quick as what follows, which most messages need not
        return _CHANGING.sub(lambda found: _FOLDED[found[0]], text)[:LONGEST_TEXT]
    return _SURROGATES.sub("\ufffd", _folded(text))[:LONGEST_TEXT]


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


_FOLDED: Final = {one: folded for one in _FOLDING if (folded := _folded(one)) != one}
_CHANGING: Final = re.compile(f"[{re.escape(''.join(_FOLDED))}]")
