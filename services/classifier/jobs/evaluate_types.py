"""`closedloop evaluate types` and `categories`: how right the type model is on texts whose answers are known."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from services.classifier.domain.grams import grams_of
from services.classifier.domain.type_model import TypeModel
from services.classifier.files.labelled_files import Labelled, labelled
from services.classifier.files.model_files import SHIPPED, BadModel, load
from services.classifier.files.model_store import ModelStore
from services.classifier.files.reader_data import reader_with
from services.classifier.jobs.job import JobFailed, ShowSteps
from services.classifier.learning.figures import Figures, Judged, answers_of, confusions, figures_of, worst
from services.classifier.learning.folds import groups_of
from services.classifier.learning.speed import speed_of
from services.classifier.learning.training import cross_validated, judged_by, train, untaught
from services.contracts.data_files import InvalidData
from services.contracts.fingerprint import TermKey

WORST: Final = 20
INNER_FOLDS: Final = 5


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong answer. `words`: those that decided it; None where each text had a model of its own."""

    text: str
    label: str
    given: str
    confidence: float
    runner_up: str
    words: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`confusions`: (label, answer, how often), the most frequent first. `mistakes`: the WORST, the surest first.
    `about`: which model was measured, how, and how fast it is."""

    figures: Figures
    confusions: Sequence[tuple[str, str, int]]
    mistakes: Sequence[Mistake]
    about: Mapping[str, Any]


def evaluate_types(
    models: Path, data: Path, *, train_on: Path | None, folds: int | None, steps: ShowSteps
) -> Evaluation:
    """Measures the model in use, or one trained for the occasion on top of the shipped one. Raises JobFailed."""
    if train_on is not None and folds is not None:
        raise JobFailed("give --train FILE or --folds K, not both")
    began = time.perf_counter()
    try:
        model = (load(SHIPPED) if train_on or folds else ModelStore(models).active()).model
    except BadModel as error:
        raise JobFailed(str(error)) from None
    load_s = time.perf_counter() - began
    rows = _labelled(data, model.labels)
    how = "as it is"
    if folds:
        _enough(rows, folds)
        with steps("folds", folds * INNER_FOLDS) as advance:
            judged, how = cross_validated(model, rows, folds, advance), f"trained in {folds} folds"
    else:
        if train_on is not None:
            model, how = _trained(model, _labelled(train_on, model.labels), steps), f"trained on {train_on.name}"
        with steps("reading", len(rows)) as advance:
            judged = judged_by(model, rows, advance)
    speed = speed_of(reader_with(model, TermKey(b"")), [row.text for row in rows])
    about = {"model": model.version, "how": how, **asdict(speed), "model_load_s": round(load_s, 3)}
    return _evaluation(judged, rows, None if folds else model, about)


def evaluate_categories(train_on: Path, *, test: Path | None, folds: int | None, steps: ShowSteps) -> Evaluation:
    """Measures the training alone, on any labels: no taxonomy, no word lists. Raises JobFailed."""
    if (test is None) is (folds is None):
        raise JobFailed("give either --test FILE or --folds K")
    rows = _labelled(train_on, None)
    began = time.perf_counter()
    if folds is not None:
        _enough(rows, folds)
        with steps("folds", folds * INNER_FOLDS) as advance:
            judged = cross_validated(untaught([row.label for row in rows]), rows, folds, advance)
        how = f"{folds} folds, near-duplicates on one side"
    else:
        assert test is not None
        asked = _labelled(test, None)
        model = _trained(untaught([row.label for row in (*rows, *asked)]), rows, steps)
        rows, judged, how = asked, judged_by(model, asked), f"trained on {train_on.name}"
    return _evaluation(judged, rows, None, {"how": how, "seconds": round(time.perf_counter() - began, 1)})


def _labelled(file: Path, known: tuple[str, ...] | None) -> list[Labelled]:
    try:
        return labelled(file, known)
    except InvalidData as error:
        raise JobFailed(str(error)) from None


def _trained(base: TypeModel, rows: list[Labelled], steps: ShowSteps) -> TypeModel:
    _enough(rows, INNER_FOLDS)
    with steps("training", INNER_FOLDS) as advance:
        return train(base, rows, "trained", advance)


def _enough(rows: list[Labelled], folds: int) -> None:
    unlike = len(set(groups_of([grams_of(row.text) for row in rows]).tolist()))
    if unlike < 2 * folds or len({row.label for row in rows}) < 2:
        raise JobFailed(f"{unlike} texts that differ are too few for {folds} folds: bring more, of at least two labels")


def _evaluation(judged: Judged, rows: list[Labelled], model: TypeModel | None, about: Mapping[str, Any]) -> Evaluation:
    """`model`: the one that gave all answers, if there is one."""
    answers = answers_of(judged, rows)
    mistakes = [
        Mistake(
            rows[number].text,
            rows[number].label,
            answers.given[number],
            float(answers.confidence[number]),
            answers.second[number],
            tuple(model.judge(rows[number].text).words) if model else None,
        )
        for number in worst(answers, WORST)
    ]
    return Evaluation(figures_of(judged, rows), confusions(answers, rows), mistakes, about)
