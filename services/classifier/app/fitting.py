"""Fitting a type model: a linear SVM over n-grams a layer, and few factors that weigh the layers and calibrate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.svm import LinearSVC

from services.classifier.app.folds import folds, groups_of
from services.classifier.domain.grams import Grams, Keys
from services.classifier.domain.type_model import Floats, Layer, vector

LEAST_TEXTS: Final = 2
"""An n-gram that only one text has teaches nothing, and might be a name."""
COST: Final = 1.0
INNER_FOLDS: Final = 5
UNSEEN: Final = -1.0
"""What a linear SVM says of a label against which every text speaks."""

PRIOR: Final = 0.5

Advance = Callable[[], None]


def fit_layer(texts: Sequence[Grams], labels: Sequence[str], known: Sequence[str], *, ours: bool = False) -> Layer:
    """A layer over the labels `known`, of which `labels` may miss some. Deterministic."""
    keys, idf = _vocabulary(texts)
    seen = sorted(set(labels))
    weights = np.zeros((len(keys), len(known)), np.float32)
    bias = np.full(len(known), UNSEEN, np.float32)
    if len(seen) > 1 and len(keys):
        svm = LinearSVC(C=COST, random_state=0).fit(_matrix(texts, keys, idf), np.asarray(labels))
        # Of two classes a linear SVM keeps one row: the second's.
        rows = svm.coef_ if len(seen) > 2 else np.vstack([-svm.coef_, svm.coef_])
        biases = svm.intercept_ if len(seen) > 2 else np.concatenate([-svm.intercept_, svm.intercept_])
        places = [known.index(label) for label in seen]
        weights[:, places] = rows.T
        bias[places] = biases
    # Half precision is what the file keeps; what is measured must be what is loaded.
    return Layer(keys, idf, weights.astype(np.float16).astype(np.float32), bias, ours)


def held_out(
    texts: Sequence[Grams], labels: Sequence[str], known: Sequence[str], advance: Advance = lambda: None
) -> NDArray[np.float32]:
    """What a layer says of texts it has not seen, nor their like: by cross-validation in groups."""
    scores = np.zeros((len(texts), len(known)), np.float32)
    count = min(INNER_FOLDS, len(texts))
    for train, test in folds(labels, groups_of(texts), count):
        layer = fit_layer([texts[i] for i in train], [labels[i] for i in train], known)
        for i in test:
            scores[i] = layer.scores(texts[i])
        advance()
    return scores


def weigh(
    parts: Sequence[NDArray[np.float32]],
    labels: Sequence[str],
    known: Sequence[str],
    other: str,
    expected: Sequence[float],
) -> tuple[tuple[float, ...], Floats]:
    """Factors for the parts and the offset that make their sum likeliest: calibration and weighing in one.

    Only as many numbers as parts and one for `other` are fitted, so that a few hundred texts suffice; `expected` are
    the factors believed before.
    """
    truth = np.array([known.index(label) for label in labels])
    every = np.stack(parts).astype(np.float64)
    free = [known.index(other)] if other in known else []
    begin = np.concatenate([np.log(expected), np.zeros(len(free))])

    def loss(numbers: NDArray[np.float64]) -> float:
        total = np.tensordot(np.exp(numbers[: len(parts)]), every, 1)
        total[:, free] += numbers[len(parts) :]
        highest = total.max(1, keepdims=True)
        logs = np.log(np.exp(total - highest).sum(1)) + highest[:, 0]
        return float((logs - total[np.arange(len(truth)), truth]).sum() + PRIOR * ((numbers - begin) ** 2).sum())

    numbers = minimize(loss, begin, method="L-BFGS-B").x
    offset = np.zeros(len(known), np.float32)
    offset[free] = numbers[len(parts) :]
    return tuple(float(factor) for factor in np.exp(numbers[: len(parts)])), offset


def _vocabulary(texts: Sequence[Grams]) -> tuple[Keys, Floats]:
    keys, counts = np.unique(np.concatenate([grams.keys for grams in texts]), return_counts=True)
    kept = counts >= LEAST_TEXTS
    return keys[kept], (np.log((1 + len(texts)) / (1 + counts[kept])) + 1).astype(np.float32)


def _matrix(texts: Sequence[Grams], keys: Keys, idf: Floats) -> scipy.sparse.csr_matrix:
    rows = [vector(grams, keys, idf) for grams in texts]
    ends = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    columns = np.concatenate([columns for columns, _ in rows])
    values = np.concatenate([values for _, values in rows])
    return scipy.sparse.csr_matrix((values, columns, ends), shape=(len(texts), len(keys)))
