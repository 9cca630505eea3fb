"""The first model of the type: weighted words of the taxonomy. It needs no history and shows its reasons."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from services.classifier.domain.lexicon import Lexicon

MODEL_VERSION: Final = "keywords-1"
OTHER: Final = "OT"

OPENING_CHARACTERS: Final = 40
"""What a message opens with counts half again: people say first what they want."""
OPENING_FACTOR: Final = 1.5
REPEATS_COUNTED: Final = 2
WEAK_WEIGHT: Final = 0.5
DOUBT: Final = 1.0
"""Weight of what is not in the list: one plain word alone is an opinion of 2 in 3, never certainty."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """`words` decided for `type_code`, most telling first."""

    type_code: str
    confidence: float
    runner_up: str | None
    words: tuple[str, ...]


class KeywordModel:
    """Scores each type by the known words in a text.

    A word weighs more the longer it is, and its weight is shared among the types that claim it; `weak` words
    (质量, 道路) say little alone. Confidence is the best type's part of best + second + DOUBT.
    """

    def __init__(self, words_of: Mapping[str, Iterable[str]], weak: Iterable[str] = ()) -> None:
        self._types_of: dict[str, list[str]] = defaultdict(list)
        for code, words in words_of.items():
            for word in dict.fromkeys(words):
                self._types_of[word].append(code)
        self._weak = frozenset(weak)
        self._lexicon = Lexicon(self._types_of)

    def judge(self, text: str) -> Opinion:
        """Of a normalised text. No known word: OT with confidence 0."""
        scores: dict[str, float] = defaultdict(float)
        words: dict[str, dict[str, float]] = defaultdict(dict)
        for word, ends in self._lexicon.find(text).items():
            weight = self._weight(word, ends)
            for code in self._types_of[word]:
                scores[code] += weight
                words[code][word] = weight
        if not scores:
            return Opinion(OTHER, 0.0, None, ())
        ranked = sorted(scores, key=lambda code: (-scores[code], code))
        best, second = ranked[0], ranked[1] if len(ranked) > 1 else None
        confidence = scores[best] / (scores[best] + (scores[second] if second else 0.0) + DOUBT)
        reasons = sorted(words[best], key=lambda word: (-words[best][word], word))
        return Opinion(best, round(confidence, 4), second, tuple(reasons))

    def _weight(self, word: str, ends: list[int]) -> float:
        weight = WEAK_WEIGHT if word in self._weak else float(min(max(len(word), 2), 4))
        weight *= math.sqrt(min(len(ends), REPEATS_COUNTED))
        if ends[0] < OPENING_CHARACTERS:
            weight *= OPENING_FACTOR
        return weight / len(self._types_of[word])
