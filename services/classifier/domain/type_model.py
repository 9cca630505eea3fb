"""The model of the type: a linear model over character n-grams and the lexicon's words. Arrays and arithmetic only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.classifier.domain.grams import Grams, Keys, grams_of

OTHER: Final = "OT"
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TypeModel:
    """`keys` ascending; `idf` by key; `weights` by key and label; `bias` by label; `temperature` divides the scores.

    `labels` are in ascending order. The same text gives the same scores in every process.
    """

    version: str
    labels: tuple[str, ...]
    keys: Keys
    idf: Floats
    weights: Floats
    bias: Floats
    temperature: float

    def scores(self, text: str) -> Floats:
        """One score a label, the higher the likelier, before calibration."""
        columns, values = vector(grams_of(text), self.keys, self.idf)
        return values @ self.weights[columns] + self.bias

    def probabilities(self, text: str) -> Floats:
        return softmax(self.scores(text) / self.temperature)


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


def ranked(shares: Floats, labels: Sequence[str]) -> list[str]:
    return [labels[place] for place in np.argsort(-shares, kind="stable")]
