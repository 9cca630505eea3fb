"""A district's own labelled tickets, learnt on top of a model that knows none of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.classifier.app.figures import Figures, figures_of
from services.classifier.app.fitting import fit_layer, held_out, weigh
from services.classifier.app.folds import folds, groups_of
from services.classifier.domain.grams import grams_of
from services.classifier.domain.type_model import OTHER, TypeModel
from services.classifier.domain.type_words import TypeWords

OWN_FACTOR: Final = 3.0
"""What a district's own layer weighs before its texts have told."""
FEWEST_TEXTS: Final = 50

Advance = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Labelled:
    """One text with the label it should get; any label in `accept` counts as right."""

    text: str
    label: str
    accept: frozenset[str]


def untaught(labels: Sequence[str]) -> TypeModel:
    """A model that knows nothing yet, for labels other than the taxonomy's."""
    known = tuple(sorted(set(labels)))
    return TypeModel("untaught", known, TypeWords(known, {}), (), (1.0,), np.zeros(len(known), np.float32))


def train(base: TypeModel, rows: Sequence[Labelled], version: str, advance: Advance = lambda: None) -> TypeModel:
    """`base` with one layer more, fitted to `rows`, and all layers weighed anew on texts the layer had not seen."""
    texts, labels = [grams_of(row.text) for row in rows], [row.label for row in rows]
    parts = [base.parts(row.text, grams) for row, grams in zip(rows, texts, strict=True)]
    before = [np.stack([part[n] for part in parts]) for n in range(1 + len(base.layers))]
    unseen = held_out(texts, labels, base.labels, advance)
    factors, offset = weigh([*before, unseen], labels, base.labels, OTHER, (*base.factors, OWN_FACTOR))
    layer = fit_layer(texts, labels, base.labels)
    return TypeModel(version, base.labels, base.words, (*base.layers, layer), factors, offset)


def cross_validated(
    base: TypeModel, rows: Sequence[Labelled], count: int, advance: Advance = lambda: None
) -> NDArray[np.float32]:
    """The scores of each row by a model trained on the others; near-duplicates stand on one side."""
    grams = [grams_of(row.text) for row in rows]
    scores = np.zeros((len(rows), len(base.labels)), np.float32)
    for learnt, asked in folds([row.label for row in rows], groups_of(grams), count):
        model = train(base, [rows[i] for i in learnt], "fold", advance)
        for i in asked:
            scores[i] = model.scores(rows[i].text, grams[i])
    return scores


def scores_of(model: TypeModel, rows: Sequence[Labelled], advance: Advance = lambda: None) -> NDArray[np.float32]:
    scores = np.zeros((len(rows), len(model.labels)), np.float32)
    for number, row in enumerate(rows):
        scores[number] = model.scores(row.text)
        advance()
    return scores


@dataclass(frozen=True, slots=True)
class Contest:
    """Two models on the same held-out texts."""

    current: Figures
    candidate: Figures

    @property
    def won(self) -> bool:
        return self.candidate.accuracy > self.current.accuracy


def contest(
    base: TypeModel, current: TypeModel, rows: Sequence[Labelled], count: int, advance: Advance = lambda: None
) -> Contest:
    """The candidate is cross-validated on `rows`; so the current one, if it learnt from them, has the advantage."""
    return Contest(
        figures_of(scores_of(current, rows), current.labels, rows),
        figures_of(cross_validated(base, rows, count, advance), base.labels, rows),
    )
