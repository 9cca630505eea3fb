"""The model of the type: known words and character n-grams, each a linear score, and their calibrated sum.

Arrays and arithmetic only; how it is fitted stands in app/fitting.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.classifier.domain.grams import Grams, Keys, gram_of, grams_of, split_heading
from services.classifier.domain.lexicon import normalise
from services.classifier.domain.type_words import Scores, TypeWords

OTHER: Final = "OT"
BODY_READ: Final = 400
"""Characters of the body in which words count: further down a message tells its history."""
SHORT: Final = 60
"""A text without a heading and no longer than this is all heading."""
HEADING_FACTOR: Final = 2.0
SECONDARY_WITHIN: Final = 4.0
SECONDARY_WORDS: Final = 3.0
"""A further matter: its score is at most so far below the first one's, and its own words weigh at least so much."""
MOST_SECONDARY: Final = 3
MOST_WORDS: Final = 8
ENOUGH_WORDS: Final = 3

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Layer:
    """A linear model over n-grams: `keys` ascending, `idf` by key, `weights` by key and label, `bias` by label.

    `ours`: its texts were written for this project, so its n-grams may be shown as reasons.
    """

    keys: Keys
    idf: Floats
    weights: Floats
    bias: Floats
    ours: bool = False

    def scores(self, grams: Grams) -> Scores:
        columns, values = vector(grams, self.keys, self.idf)
        return values @ self.weights[columns] + self.bias


@dataclass(frozen=True, slots=True)
class Opinion:
    """`words` decided for `type_code`, most telling first; `secondary` are further matters, the plainest first."""

    type_code: str
    confidence: float
    runner_up: str | None
    secondary: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TypeModel:
    """Scores are `factors[0]` · words + `factors[n]` · layer n + `offset`; the likeliest label's share is the
    confidence. `labels` ascending. The same text gets the same opinion in every process."""

    version: str
    labels: tuple[str, ...]
    words: TypeWords
    layers: tuple[Layer, ...]
    factors: tuple[float, ...]
    offset: Floats

    def parts(self, text: str, grams: Grams | None = None) -> list[Scores]:
        """What the words and each layer say, before they are weighed against each other."""
        counted = grams_of(text) if grams is None else grams
        return [self.words.scores(self._words(text)), *(layer.scores(counted) for layer in self.layers)]

    def scores(self, text: str, grams: Grams | None = None) -> Scores:
        return self._sum(self.parts(text, grams))

    def judge(self, text: str) -> Opinion:
        """Of any string; a text that says nothing is none of the types with confidence 0."""
        grams, found = grams_of(text), self._words(text)
        lexical = self.words.scores(found)
        parts = [lexical, *(layer.scores(grams) for layer in self.layers)]
        if not len(grams.keys):
            return Opinion(OTHER, 0.0, None, (), ())
        scores = self._sum(parts)
        shares = softmax(scores)
        order = np.argsort(-scores, kind="stable")
        best = int(order[0])
        return Opinion(
            self.labels[best],
            round(float(shares[best]), 4),
            self.labels[int(order[1])] if len(order) > 1 else None,
            self._secondary(scores, lexical, order),
            self._reasons(best, found, grams),
        )

    def _words(self, text: str) -> dict[str, float]:
        heading, body = split_heading(text)
        if not heading and len(body) <= SHORT:
            heading, body = body, ""
        counted = Counter[str]()
        for part, factor in ((heading, HEADING_FACTOR), (body[:BODY_READ], 1.0)):
            for word, weight in self.words.weights(normalise(part)).items():
                counted[word] += factor * weight  # type: ignore[assignment]
        return dict(counted)

    def _sum(self, parts: list[Scores]) -> Scores:
        total = self.offset.copy()
        for factor, part in zip(self.factors, parts, strict=True):
            total += np.float32(factor) * part
        return total

    def _secondary(self, scores: Scores, lexical: Scores, order: NDArray[np.intp]) -> tuple[str, ...]:
        near = [
            self.labels[place]
            for place in order[1:]
            if scores[order[0]] - scores[place] <= SECONDARY_WITHIN and lexical[place] >= SECONDARY_WORDS
        ]
        return tuple(label for label in near if label != OTHER)[:MOST_SECONDARY]

    def _reasons(self, label: int, found: Mapping[str, float], grams: Grams) -> tuple[str, ...]:
        """Words of the lexicon, and where they are few, n-grams that texts of our own taught."""
        words = sorted(
            (word for word in found if label in self.words.labels_of(word)), key=lambda word: (-found[word], word)
        )[:MOST_WORDS]
        for layer in self.layers:
            if layer.ours and len(words) < ENOUGH_WORDS:
                words += _telling(layer, grams, label, words)
        return tuple(words[:MOST_WORDS])


def _telling(layer: Layer, grams: Grams, label: int, known: list[str]) -> list[str]:
    """The n-grams of at least two characters that say most for a label, none inside another."""
    columns, values = vector(grams, layer.keys, layer.idf)
    gains = values * layer.weights[columns, label]
    told: list[str] = []
    for place in np.argsort(-gains, kind="stable")[:12]:
        gram = gram_of(int(layer.keys[columns[place]]))
        if gains[place] <= 0 or len(told) == ENOUGH_WORDS:
            break
        if len(gram) > 1 and not any(gram in word or word in gram for word in (*known, *told)):
            told.append(gram)
    return told


def vector(grams: Grams, keys: Keys, idf: Floats) -> tuple[NDArray[np.intp], Floats]:
    """The columns of the known n-grams and their weights: log(1 + count) · idf, of length 1."""
    if not len(keys):
        return np.empty(0, np.intp), np.empty(0, np.float32)
    columns = np.minimum(np.searchsorted(keys, grams.keys), len(keys) - 1)
    known = keys[columns] == grams.keys
    columns = columns[known]
    values = (np.log1p(grams.counts[known]) * idf[columns]).astype(np.float32)
    length = float(np.sqrt(values @ values))
    return columns, values / np.float32(length or 1.0)


def softmax(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Floats = raised / raised.sum(axis=-1, keepdims=True)
    return shares
