"""The model of the type: known words and character n-grams, each a linear score, and their calibrated sum.

Arrays and arithmetic only; how it is fitted stands in app/fitting.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.classifier.domain.grams import NO_GRAMS, Grams, Keys, gram_of, grams_of, split_heading
from services.classifier.domain.lexicon import normalise
from services.classifier.domain.type_words import Found, Scores, TypeWords

OTHER: Final = "OT"
BODY_READ: Final = 400
"""Characters of the body in which words count: further down a message tells its history."""
SHORT: Final = 60
"""A text without a heading and no longer than this is all heading."""
HEADING_FACTOR: Final = 2.0
SECONDARY_WITHIN: Final = 3.0
SECONDARY_WORDS: Final = 0.5
"""A further matter: its score is at most so far below the first one's, and its own words weigh at least so much."""
MOST_SECONDARY: Final = 3
MOST_WORDS: Final = 8
ENOUGH_WORDS: Final = 3

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Counted:
    """The n-grams of a text, and of its heading alone."""

    whole: Grams
    heading: Grams


def counted(text: str, *, heading: bool = True) -> Counted:
    return Counted(grams_of(text), grams_of(split_heading(text)[0]) if heading else NO_GRAMS)


Seen = tuple[NDArray[np.intp], Floats]
"""Of a text what a layer knows: the columns of its n-grams, and what each weighs."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A linear model over n-grams: `keys` ascending, `idf` by key, `weights` by key and label, `bias` by label.

    `ours`: its texts were written for this project, so its n-grams may be shown as reasons. `heading`: it reads a
    text's heading alone.
    """

    keys: Keys
    idf: Floats
    weights: Floats
    bias: Floats
    ours: bool = False
    heading: bool = False

    def seen(self, text: Counted) -> Seen:
        return vector(text.heading if self.heading else text.whole, self.keys, self.idf)

    def scores(self, seen: Seen) -> Scores:
        columns, values = seen
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
    """Scores are `factors[0]` · words + `factors[n]` · layer n + `offset`; the highest is the answer.

    `trust` turns the evidence for an answer (see `evidence`) into how often such answers are right: an intercept and
    one number for each column. `labels` ascending. The same text gets the same opinion in every process.
    """

    version: str
    labels: tuple[str, ...]
    words: TypeWords
    layers: tuple[Layer, ...]
    factors: tuple[float, ...]
    offset: Floats
    trust: tuple[float, ...]

    def parts(self, text: str) -> list[Scores]:
        """What the words and each layer say, before they are weighed against each other."""
        grams = self.counted(text)
        return [self.words.scores(self._words(text)), *(layer.scores(layer.seen(grams)) for layer in self.layers)]

    def weighed(self, parts: Sequence[Scores]) -> Scores:
        """The scores, of one text or of many."""
        return weighed(parts, self.factors, self.offset)

    def confidence(self, parts: Sequence[Scores], scores: Scores) -> Floats:
        """How often answers like these are right, of one text or of many."""
        columns = evidence(parts, scores, self.labels)
        trust = np.array(self.trust, np.float32)
        known: Floats = 1 / (1 + np.exp(-(columns @ trust[1:] + trust[0])))
        return known

    def judge(self, text: str, grams: Counted | None = None) -> Opinion:
        """Of any string; a text that says nothing is none of the types with confidence 0. `grams`: if known."""
        grams, found = grams or self.counted(text), self._words(text)
        lexical = self.words.scores(found)
        seen = [layer.seen(grams) for layer in self.layers]
        parts = [lexical, *(layer.scores(known) for layer, known in zip(self.layers, seen, strict=True))]
        if not len(grams.whole.keys):
            return Opinion(OTHER, 0.0, None, (), ())
        scores = self.weighed(parts)
        order = np.argsort(-scores, kind="stable")
        best = int(order[0])
        return Opinion(
            self.labels[best],
            round(float(self.confidence(parts, scores)), 4),
            self.labels[int(order[1])] if len(order) > 1 else None,
            self._secondary(scores, lexical, order),
            self._reasons(best, found, seen),
        )

    def counted(self, text: str) -> Counted:
        """What this model's layers read."""
        return counted(text, heading=any(layer.heading for layer in self.layers))

    def _words(self, text: str) -> list[Found]:
        heading, body = split_heading(text)
        if not heading and len(body) <= SHORT:
            heading, body = body, ""
        return [
            Found(one.word, factor * one.weight, one.labels)
            for part, factor in ((heading, HEADING_FACTOR), (body[:BODY_READ], 1.0))
            for one in self.words.find(normalise(part))
        ]

    def _secondary(self, scores: Scores, lexical: Scores, order: NDArray[np.intp]) -> tuple[str, ...]:
        found: list[str] = []
        for place in order[1:]:
            if scores[order[0]] - scores[place] > SECONDARY_WITHIN or len(found) == MOST_SECONDARY:
                break
            if lexical[place] >= SECONDARY_WORDS and self.labels[place] != OTHER:
                found.append(self.labels[place])
        return tuple(found)

    def _reasons(self, label: int, found: Iterable[Found], seen: Sequence[Seen]) -> tuple[str, ...]:
        """Words of the lexicon, and where they are few, n-grams that texts of our own taught."""
        weights = Counter[str]()
        for one in found:
            if label in one.labels:
                weights[one.word] += one.weight  # type: ignore[assignment]
        words = sorted(weights, key=lambda word: (-weights[word], word))[:MOST_WORDS]
        for layer, known in zip(self.layers, seen, strict=True):
            if layer.ours and len(words) < ENOUGH_WORDS:
                words += _telling(layer, known, label, words)
        return tuple(words[:MOST_WORDS])


def _telling(layer: Layer, seen: Seen, label: int, words: list[str]) -> list[str]:
    """The n-grams of at least two characters that say most for a label, none inside another."""
    columns, values = seen
    gains = values * layer.weights[columns, label]
    words_found: list[str] = []
    for place in np.argsort(-gains, kind="stable")[:12]:
        gram = gram_of(int(layer.keys[columns[place]]))
        if gains[place] <= 0 or len(words_found) == ENOUGH_WORDS:
            break
        if len(gram) > 1 and not any(gram in word or word in gram for word in (*words, *words_found)):
            words_found.append(gram)
    return words_found


def vector(grams: Grams, keys: Keys, idf: Floats) -> Seen:
    """The columns of the known n-grams and their weights: log(1 + count) · idf, of length 1."""
    if not len(keys):
        return np.empty(0, np.intp), np.empty(0, np.float32)
    columns = np.minimum(np.searchsorted(keys, grams.keys), len(keys) - 1)
    known = keys[columns] == grams.keys
    columns = columns[known]
    values = (np.log1p(grams.counts[known]) * idf[columns]).astype(np.float32)
    length = float(np.sqrt(values @ values))
    return columns, values / np.float32(length or 1.0)


def weighed(parts: Sequence[Scores], factors: Sequence[float], offset: Floats) -> Scores:
    return sum((np.float32(f) * part for f, part in zip(factors, parts, strict=True)), start=offset)


def evidence(parts: Sequence[Scores], scores: Scores, labels: Sequence[str]) -> Floats:
    """What speaks for the answer: its share as log odds, how far each part prefers it to every other label, and
    whether it is none of the types. Of one text or of many; the last axis are the columns."""
    texts = np.arange(scores.size // len(labels))
    best = scores.argmax(axis=-1).ravel()
    share = softmax(scores).reshape(-1, len(labels))[texts, best].clip(1e-5, 1 - 1e-5)
    features = np.empty((len(texts), len(parts) + 2), np.float32)
    features[:, 0] = np.log(share / (1 - share))
    for column, part in enumerate(parts, 1):
        others = part.reshape(-1, len(labels)).copy()
        own = others[texts, best]
        others[texts, best] = -np.inf
        features[:, column] = own - others.max(axis=-1)
    features[:, -1] = best == (labels.index(OTHER) if OTHER in labels else -1)
    return features.reshape(*scores.shape[:-1], features.shape[-1])


def softmax(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Floats = raised / raised.sum(axis=-1, keepdims=True)
    return shares
