"""What a model's answers are worth: the figures that the README states, by one definition each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from services.classifier.domain.type_model import OTHER
from services.classifier.files.labelled_files import Labelled

COVERAGE: Final = 0.8
BINS: Final = 10


@dataclass(frozen=True, slots=True)
class Figures:
    """`accuracy`: answers in `accept`. `typed_accuracy`: the same over texts that are not OT. `ot_precision`: of the
    answers OT those that are accepted; `ot_recall`: of the OT texts those answered so that it is accepted.
    `macro_f1`: over the labels that occur, an accepted answer counting as the text's own label.
    `coverage80_accuracy`: over the four fifths of the texts of which the model is surest. `top2`: the answer or the
    runner-up is accepted. `ece`: expected calibration error over ten equal bins of confidence."""

    n: int
    accuracy: float
    typed_accuracy: float | None
    ot_precision: float | None
    ot_recall: float | None
    macro_f1: float
    coverage80_accuracy: float
    top2: float
    ece: float


@dataclass(frozen=True, slots=True)
class Judged:
    """A model's scores for texts: one for each of `labels`, and its confidence in the highest."""

    labels: tuple[str, ...]
    scores: NDArray[np.float32]
    confidence: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Answers:
    """A model's answers to texts: label, confidence and runner-up of each, and whether it was right."""

    given: list[str]
    second: list[str]
    confidence: NDArray[np.float32]
    right: NDArray[np.bool_]


def answers_of(judged: Judged, rows: Sequence[Labelled]) -> Answers:
    labels, order = judged.labels, np.argsort(-judged.scores, axis=1, kind="stable")
    given = [labels[best] for best in order[:, 0]]
    second = [labels[next_best] for next_best in order[:, min(1, len(labels) - 1)]]
    right = np.array([label in row.accept for label, row in zip(given, rows, strict=True)], bool)
    return Answers(given, second, judged.confidence, right)


def figures_of(judged: Judged, rows: Sequence[Labelled]) -> Figures:
    answers = answers_of(judged, rows)
    right = answers.right
    truly_other = np.array([row.label == OTHER for row in rows])
    said_other = np.array([label == OTHER for label in answers.given])
    surest = np.argsort(-answers.confidence, kind="stable")[: max(1, round(COVERAGE * len(rows)))]
    either = [
        bool({first, second} & row.accept)
        for first, second, row in zip(answers.given, answers.second, rows, strict=True)
    ]
    return Figures(
        n=len(rows),
        accuracy=_share(right) or 0.0,
        typed_accuracy=_share(right[~truly_other]) if truly_other.any() else None,
        ot_precision=_share(right[said_other]) if truly_other.any() else None,
        ot_recall=_share(right[truly_other]),
        macro_f1=_macro_f1(answers, rows),
        coverage80_accuracy=_share(right[surest]) or 0.0,
        top2=_share(np.array(either)) or 0.0,
        ece=_calibration_error(answers.confidence, right),
    )


def confusions(answers: Answers, rows: Sequence[Labelled]) -> list[tuple[str, str, int]]:
    """(label, answer, how often), the most frequent first."""
    wrong = Counter(
        (row.label, given) for row, given, right in zip(rows, answers.given, answers.right, strict=True) if not right
    )
    return [(label, given, count) for (label, given), count in wrong.most_common()]


def worst(answers: Answers, count: int) -> list[int]:
    """The indexes of wrong answers, the most confident first."""
    return [int(i) for i in np.argsort(-answers.confidence, kind="stable") if not answers.right[i]][:count]


def _share(right: NDArray[Any]) -> float | None:
    return round(float(right.mean()), 4) if len(right) else None


def _macro_f1(answers: Answers, rows: Sequence[Labelled]) -> float:
    hits, given, true = Counter[str](), Counter[str](), Counter[str]()
    for row, answer, right in zip(rows, answers.given, answers.right, strict=True):
        counted = row.label if right else answer
        true[row.label] += 1
        given[counted] += 1
        hits[row.label] += counted == row.label
    return round(sum(2 * hits[label] / (true[label] + given[label]) for label in true) / len(true), 4)


def _calibration_error(confidence: NDArray[np.float32], right: NDArray[np.bool_]) -> float:
    places = np.minimum((confidence * BINS).astype(int), BINS - 1)
    error = 0.0
    for place in range(BINS):
        inside = places == place
        if inside.any():
            error += float(inside.mean()) * abs(float(confidence[inside].mean()) - float(right[inside].mean()))
    return round(error, 4)
