"""Fits a type model: a linear SVM over n-grams for each layer, and a few factors to weigh and calibrate the layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import scipy.sparse
import scipy.sparse.linalg
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from services.classifier.domain.grams import Grams, Keys
from services.classifier.domain.type_model import Counted, Floats, Layer, vector
from services.classifier.learning.folds import folds, groups_of

LEAST_TEXTS: Final = 2
"""An n-gram of a single text teaches nothing, and may be a name."""
COST: Final = 1.0
INNER_FOLDS: Final = 5
UNSEEN: Final = -1.0
"""The score of a label that no text has."""

PRIOR: Final = 0.5
TRUST_COST: Final = 0.3

Advance = Callable[[], None]


def fit_layer(
    texts: Sequence[Grams],
    labels: Sequence[str],
    known: Sequence[str],
    *,
    ours: bool = False,
    heading: bool = False,
    contrast: bool = False,
) -> Layer:
    """A layer over the labels `known`; `labels` may lack some of them. Deterministic.

    With `contrast`, an n-gram counts by how much more often texts of a label hold it than others do. That suits real
    texts; examples, balanced over the labels and without repetition, do better without.
    """
    keys, idf = _vocabulary(texts)
    seen = sorted(set(labels))
    weights = np.zeros((len(keys), len(known)), np.float32)
    bias = np.full(len(known), UNSEEN, np.float32)
    if len(seen) > 1 and len(keys):
        matrix, own = _matrix(texts, keys, idf), np.asarray(labels)
        held = (matrix > 0).astype(np.float64)
        for label in seen:
            place, of_label = known.index(label), own == label
            stress = _contrast(held, of_label) if contrast else np.ones(len(keys))
            weights[:, place], bias[place] = _separate(matrix, of_label, stress)
    # Half precision is what the file keeps; what is measured must be what is loaded.
    return Layer(keys, idf, weights.astype(np.float16).astype(np.float32), bias, ours, heading)


def fit_layers(texts: Sequence[Counted], labels: Sequence[str], known: Sequence[str]) -> tuple[Layer, ...]:
    """A district's own: one layer over whole texts and one over their headings."""
    return (
        fit_layer([text.whole for text in texts], labels, known, contrast=True),
        fit_layer([text.heading for text in texts], labels, known, heading=True, contrast=True),
    )


def held_out(
    texts: Sequence[Counted], labels: Sequence[str], known: Sequence[str], advance: Advance = lambda: None
) -> list[NDArray[np.float32]]:
    """Each layer's scores for texts that it has not seen: by cross-validation that keeps near-duplicates together."""
    scores: list[NDArray[np.float32]] = []
    for train, test in folds(labels, groups_of([text.whole for text in texts]), INNER_FOLDS):
        layers = fit_layers([texts[i] for i in train], [labels[i] for i in train], known)
        scores = scores or [np.zeros((len(texts), len(known)), np.float32) for _ in layers]
        for part, layer in zip(scores, layers, strict=True):
            for i in test:
                part[i] = layer.scores(layer.seen(texts[i]))
        advance()
    return scores


def weigh(
    parts: Sequence[NDArray[np.float32]],
    accepted: NDArray[np.bool_],
    other: int | None,
    expected: Sequence[float],
) -> tuple[tuple[float, ...], Floats]:
    """Factors for the parts, and the offset of the label `other`, that make an accepted label likeliest.

    One number is fitted for each part, and one offset, so a few hundred texts suffice; `expected` are the prior
    factors.
    """
    every = np.stack(parts).astype(np.float64)
    free = [] if other is None else [other]
    begin = np.concatenate([np.log(expected), np.zeros(len(free))])

    def loss(numbers: NDArray[np.float64]) -> float:
        scores = np.tensordot(np.exp(numbers[: len(parts)]), every, 1)
        scores[:, free] += numbers[len(parts) :]
        of_accepted = _log_sum(np.where(accepted, scores, -np.inf))
        return float((_log_sum(scores) - of_accepted).sum() + PRIOR * ((numbers - begin) ** 2).sum())

    numbers = minimize(loss, begin, method="L-BFGS-B").x
    offset = np.zeros(every.shape[2], np.float32)
    offset[free] = numbers[len(parts) :]
    return tuple(float(factor) for factor in np.exp(numbers[: len(parts)])), offset


def fit_trust(columns: Floats, right: NDArray[np.bool_]) -> tuple[float, ...]:
    """Calibration by logistic regression: how often an answer is right, by the evidence for it."""
    if right.all() or not right.any():
        return (float(np.log((right.sum() + 1) / ((~right).sum() + 1))), *[0.0] * columns.shape[1])
    scale = columns.std(axis=0) + 1e-6
    fitted = LogisticRegression(C=TRUST_COST).fit(columns / scale, right)
    return (float(fitted.intercept_[0]), *(float(number) for number in fitted.coef_[0] / scale))


def _separate(
    matrix: scipy.sparse.csr_matrix, of_label: NDArray[np.bool_], stress: NDArray[np.float64]
) -> tuple[Floats, float]:
    """A label's weights, one for each n-gram, and its bias; n-grams are scaled by their `stress`."""
    stressed = matrix @ scipy.sparse.diags(stress)
    unit = scipy.sparse.linalg.norm(stressed, axis=1).mean() or 1.0
    svm = LinearSVC(C=COST, random_state=0).fit(scipy.sparse.csr_matrix(stressed / unit), of_label)
    return svm.coef_[0] * stress / unit, float(svm.intercept_[0])


def _contrast(held: scipy.sparse.csr_matrix, of_label: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Log odds of each n-gram in texts of a label against the others (Wang and Manning 2012, NB-SVM). `held` is 1 for
    each n-gram that a text holds."""
    inside, outside = (1 + np.asarray(held[part].sum(axis=0)).ravel() for part in (of_label, ~of_label))
    odds: NDArray[np.float64] = np.log(inside / inside.sum()) - np.log(outside / outside.sum())
    return odds


def _log_sum(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    highest = scores.max(1, keepdims=True)
    sums: NDArray[np.float64] = np.log(np.exp(scores - highest).sum(1)) + highest[:, 0]
    return sums


def _vocabulary(texts: Sequence[Grams]) -> tuple[Keys, Floats]:
    every = np.concatenate([grams.keys for grams in texts]) if texts else np.empty(0, np.uint64)
    keys, counts = np.unique(every, return_counts=True)
    kept = counts >= LEAST_TEXTS
    return keys[kept], (np.log((1 + len(texts)) / (1 + counts[kept])) + 1).astype(np.float32)


def _matrix(texts: Sequence[Grams], keys: Keys, idf: Floats) -> scipy.sparse.csr_matrix:
    rows = [vector(grams, keys, idf) for grams in texts]
    ends = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    columns = np.concatenate([columns for columns, _ in rows])
    values = np.concatenate([values for _, values in rows])
    return scipy.sparse.csr_matrix((values, columns, ends), shape=(len(texts), len(keys)))
