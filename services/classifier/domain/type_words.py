"""Known words as evidence for a type: weighted, counted once or twice, and shown as reasons.

A word weighs more the longer it is, and its weight is shared among the types that claim it; weak words (质量, 道路) say
little alone. `a…b` is a pair: b follows a within a few characters of the same sentence.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import ahocorasick
import numpy as np
from numpy.typing import NDArray

from services.classifier.domain.lexicon import Lexicon, normalise

REPEATS_COUNTED: Final = 2
WEAK_WEIGHT: Final = 0.5
PAIR_WEIGHT: Final = 3.5
LETTERS_COUNTED: Final = (2, 4)
APART: Final = "…"
_BETWEEN: Final = r"[^。！？!?]{0,10}"

Scores = NDArray[np.float32]


class TypeWords:
    """The words of each label. Labels without a word are allowed, words for no label are not."""

    def __init__(self, labels: Sequence[str], words_of: Mapping[str, Iterable[str]], weak: Iterable[str] = ()) -> None:
        place = {label: number for number, label in enumerate(labels)}
        self._count = len(labels)
        self._labels_of: dict[str, list[int]] = defaultdict(list)
        for label, words in words_of.items():
            for word in dict.fromkeys(map(_normal, words)):
                self._labels_of[word].append(place[label])
        plain = [word for word in self._labels_of if APART not in word]
        self._lexicon = Lexicon(plain)
        light = set(map(_normal, weak))
        few, many = LETTERS_COUNTED
        self._weight = {
            word: (WEAK_WEIGHT if word in light else float(min(max(len(word), few), many))) / len(self._labels_of[word])
            for word in plain
        }
        self._pairs: dict[str, list[tuple[re.Pattern[str], str]]] = defaultdict(list)
        for word in self._labels_of:
            if APART in word:
                parts = word.split(APART)
                self._pairs[parts[0]].append((re.compile(_BETWEEN.join(map(re.escape, parts))), word))
        self._first_parts = ahocorasick.Automaton()
        for part in self._pairs:
            self._first_parts.add_word(part, part)
        self._first_parts.make_automaton()

    def weights(self, text: str) -> dict[str, float]:
        """The words found in a normalised text, each with what it gives to every label that claims it."""
        found = {
            word: self._weight[word] * math.sqrt(min(len(ends), REPEATS_COUNTED))
            for word, ends in self._lexicon.find(text).items()
        }
        if self._pairs:
            for part in {part for _, part in self._first_parts.iter(text)}:
                for pattern, word in self._pairs[part]:
                    if pattern.search(text):
                        found[word] = PAIR_WEIGHT / len(self._labels_of[word])
        return found

    def labels_of(self, word: str) -> list[int]:
        """The places of the labels that claim a known word."""
        return self._labels_of[word]

    def scores(self, weights: Mapping[str, float]) -> Scores:
        scores = np.zeros(self._count, np.float32)
        for word, weight in weights.items():
            for label in self._labels_of[word]:
                scores[label] += weight
        return scores


def _normal(word: str) -> str:
    """A word or pair as it is looked for; NFKC would make three dots of the sign between."""
    return APART.join(map(normalise, word.split(APART)))
