"""Trains a model on a district's labelled tickets, on top of an existing one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from services.classifier.domain.grams import grams_of
from services.classifier.domain.type_model import OTHER, TypeModel, counted, evidence, weighed
from services.classifier.domain.type_words import TypeWords
from services.classifier.files.labelled_files import Labelled
from services.classifier.learning.figures import Figures, Judged, figures_of
from services.classifier.learning.fitting import fit_layers, fit_trust, held_out, weigh
from services.classifier.learning.folds import folds, groups_of

OWN_FACTORS: Final = (3.0, 1.0)
"""The prior weights of a district's own layers: whole texts and headings."""
FEWEST_TEXTS: Final = 50

Advance = Callable[[], None]


def untaught(labels: Sequence[str]) -> TypeModel:
    """An empty model, for labels other than the taxonomy's."""
    known = tuple(sorted(set(labels)))
    return TypeModel(
        "untaught", known, TypeWords(known, {}), (), (1.0,), np.zeros(len(known), np.float32), (0.0, 1.0, 0.0, 0.0)
    )


def train(base: TypeModel, rows: Sequence[Labelled], version: str, advance: Advance = lambda: None) -> TypeModel:
    """`base` with two more layers fitted to `rows`; all layers are weighed again on texts that are new to them."""
    texts, labels = [counted(row.text) for row in rows], [row.label for row in rows]
    parts = [base.parts(row.text) for row in rows]
    before = [np.stack([part[n] for part in parts]) for n in range(1 + len(base.layers))]
    unseen = held_out(texts, labels, base.labels, advance)
    seen = [*before, *unseen]
    accepted = np.array([[label in row.accept for label in base.labels] for row in rows])
    other = base.labels.index(OTHER) if OTHER in base.labels else None
    factors, offset = weigh(seen, accepted, other, (*base.factors, *OWN_FACTORS))
    scores = weighed(seen, factors, offset)
    right = accepted[np.arange(len(rows)), scores.argmax(axis=1)]
    trust = fit_trust(evidence(seen, scores, base.labels), right)
    layers = (*base.layers, *fit_layers(texts, labels, base.labels))
    return TypeModel(version, base.labels, base.words, layers, factors, offset, trust)


def cross_validated(base: TypeModel, rows: Sequence[Labelled], count: int, advance: Advance = lambda: None) -> Judged:
    """Judges each row by a model trained on the others; near-duplicates share a fold."""
    scores = np.zeros((len(rows), len(base.labels)), np.float32)
    confidence = np.zeros(len(rows), np.float32)
    for learnt, asked in folds([row.label for row in rows], groups_of([grams_of(row.text) for row in rows]), count):
        judged = judged_by(train(base, [rows[i] for i in learnt], "fold", advance), [rows[i] for i in asked])
        scores[asked], confidence[asked] = judged.scores, judged.confidence
    return Judged(base.labels, scores, confidence)


def judged_by(model: TypeModel, rows: Sequence[Labelled], advance: Advance = lambda: None) -> Judged:
    scores = np.zeros((len(rows), len(model.labels)), np.float32)
    confidence = np.zeros(len(rows), np.float32)
    for number, row in enumerate(rows):
        parts = model.parts(row.text)
        scores[number] = model.weighed(parts)
        confidence[number] = model.confidence(parts, scores[number])
        advance()
    return Judged(model.labels, scores, confidence)


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
    """The candidate is cross-validated on `rows`; the current model has the advantage if it learnt from them."""
    return Contest(
        figures_of(judged_by(current, rows), rows),
        figures_of(cross_validated(base, rows, count, advance), rows),
    )
