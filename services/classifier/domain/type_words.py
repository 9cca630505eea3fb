"""Known words as evidence for a type: weighted, counted once or twice, and shown as reasons.

A word weighs more the longer it is, and its weight is shared among the types that claim it; weak words (质量, 道路) say
little alone. `a/b…c/d` is a pair: c or d follows a or b within a few characters of the same sentence. With alternatives
it is broad and counts little by itself. A pair that ends in `!` tells of a matter in spite of the words in it, and
counts double (修完…漏! is about the repair, not the roof).
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from ahocorasick_rs import AhoCorasick
from numpy.typing import NDArray

from services.classifier.domain.lexicon import Lexicon, normalise

REPEATS_COUNTED: Final = 2
WEAK_WEIGHT: Final = 0.5
PAIR_WEIGHT: Final = 3.5
BROAD_WEIGHT: Final = 1.0
LETTERS_COUNTED: Final = (2, 4)
APART: Final = "…"
OR: Final = "/"
DOUBLE: Final = "!"
BETWEEN: Final = 12
SENTENCE_END: Final = re.compile("[。!?;]")

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Found:
    """A word of the text, what it gives, and the places of the labels it gives it to."""

    word: str
    weight: float
    labels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Pair:
    first: tuple[str, ...]
    then: tuple[str, ...]
    weight: float
    labels: tuple[int, ...]


class TypeWords:
    """The words of each label. Labels without a word are allowed, words for no label are not."""

    def __init__(self, labels: Sequence[str], words_of: Mapping[str, Iterable[str]], weak: Iterable[str] = ()) -> None:
        place = {label: number for number, label in enumerate(labels)}
        claims: dict[str, list[int]] = defaultdict(list)
        for label, words in words_of.items():
            for word in dict.fromkeys(words):
                claims[word if APART in word else normalise(word)].append(place[label])
        self._count = len(labels)
        self._plain = {word: tuple(places) for word, places in claims.items() if APART not in word}
        self._lexicon = Lexicon(self._plain)
        light = set(map(normalise, weak))
        few, many = LETTERS_COUNTED
        self._weight = {
            word: (WEAK_WEIGHT if word in light else float(min(max(len(word), few), many))) / len(places)
            for word, places in self._plain.items()
        }
        self._pairs = [_pair(word, tuple(places)) for word, places in claims.items() if APART in word]
        begins, ends = defaultdict[str, int](int), defaultdict[str, int](int)
        for number, pair in enumerate(self._pairs):
            for side, words in ((begins, pair.first), (ends, pair.then)):
                for part in words:
                    side[part] |= 1 << number
        self._parts = [(part, begins[part], ends[part]) for part in {**begins, **ends}]
        self._parts_in = AhoCorasick([part for part, _, _ in self._parts])

    def find(self, text: str) -> list[Found]:
        """The words of a normalised text."""
        found = [
            Found(word, self._weight[word] * math.sqrt(min(len(ends), REPEATS_COUNTED)), self._plain[word])
            for word, ends in self._lexicon.find(text).items()
        ]
        return [*found, *self._find_pairs(text)] if self._pairs else found

    def _find_pairs(self, text: str) -> Iterator[Found]:
        ends: dict[str, list[int]] = {}
        begun = possible = 0
        for number, _, end in self._parts_in.find_matches_as_indexes(text, overlapping=True):
            part, begins, completes = self._parts[number]
            if part in ends:
                ends[part].append(end)
            else:
                ends[part] = [end]
                begun |= begins
                # A pair's second word may stand again further on, so what began later counts, too.
            possible |= begun & completes
        while possible:
            lowest = possible & -possible
            possible ^= lowest
            pair = self._pairs[lowest.bit_length() - 1]
            if words := _first_match(pair, ends, text):
                yield Found(words, pair.weight, pair.labels)

    def scores(self, found: Iterable[Found]) -> Scores:
        scores = np.zeros(self._count, np.float32)
        for one in found:
            for label in one.labels:
                scores[label] += one.weight
        return scores


def _pair(word: str, labels: tuple[int, ...]) -> _Pair:
    weight = (BROAD_WEIGHT if OR in word else PAIR_WEIGHT) * (2.0 if word.endswith(DOUBLE) else 1.0)
    first, _, then = word.rstrip(DOUBLE).partition(APART)
    split = [tuple(normalise(one) for one in part.split(OR)) for part in (first, then)]
    return _Pair(split[0], split[1], weight / len(labels), labels)


def _first_match(pair: _Pair, ends: Mapping[str, Sequence[int]], text: str) -> str | None:
    for first in pair.first:
        for end in ends.get(first, ()):
            for then in pair.then:
                for stop in ends.get(then, ()):
                    if 0 <= stop - len(then) - end <= BETWEEN and not SENTENCE_END.search(text, end, stop):
                        return f"{first}{APART}{then}"
    return None
