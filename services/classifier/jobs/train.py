"""`closedloop train`: fits a model to a district's labelled tickets and puts it to use if it is better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from services.chassis.clock import SystemClock
from services.chassis.settings import KafkaSettings
from services.classifier.domain.type_model import OTHER, TypeModel
from services.classifier.files.labelled_files import Labelled, labelled
from services.classifier.files.model_files import BadModel, StoredModel, load, save
from services.classifier.files.model_store import COLD_START, ModelStore
from services.classifier.jobs.job import JobFailed, ShowSteps
from services.classifier.learning.figures import Figures
from services.classifier.learning.folds import TooAlike
from services.classifier.learning.overrulings import overruled
from services.classifier.learning.training import FEWEST_TEXTS, Contest, contest, train
from services.classifier.stream.topic_reading import TopicUnreachable
from services.contracts.data_files import InvalidData
from services.contracts.taxonomy import taxonomy

FOLDS: Final = 5


@dataclass(frozen=True, slots=True)
class Trained:
    """`activated`: the new model is in use. `rows`: the texts it learnt from. `folder`: where it is stored."""

    version: str
    activated: bool
    rows: int
    folder: str
    current: Figures
    candidate: Figures


def roll_back(models: Path) -> str:
    """Puts the model back to use that was in use before; returns its name. Raises JobFailed."""
    try:
        return ModelStore(models).roll_back()
    except BadModel as error:
        raise JobFailed(str(error)) from None


def train_model(
    models: Path, files: Sequence[Path], brokers: KafkaSettings | None, *, force: bool, steps: ShowSteps
) -> Trained:
    """Learns from labelled `files` and, with `brokers`, from what people decided against the model.

    The new model is used if it beats the current one on held-out texts, or with `force`. Raises JobFailed.
    """
    store = ModelStore(models)
    rows, sources = _rows(files, brokers)
    try:
        shipped, current = load(store.path(COLD_START)), store.active()
    except BadModel as error:
        raise JobFailed(str(error)) from None
    now = SystemClock().now()
    version = f"district-{now:%Y%m%dT%H%M%S%f}"
    try:
        with steps("training", FOLDS * 5 + 5) as advance:
            result = contest(shipped.model, current.model, rows, FOLDS, advance)
            model = train(shipped.model, rows, version, advance)
    except TooAlike as error:
        raise JobFailed(str(error)) from None
    card = {
        "version": version,
        "made": now.isoformat(),
        "learnt_from": sources,
        "texts": len(rows),
        "on_top_of": shipped.model.version,
        "compared_with": current.model.version,
        "held_out": f"{FOLDS} folds, near-duplicates on one side",
        "figures": {"current": asdict(result.current), "candidate": asdict(result.candidate)},
    }
    activated = _store(store, model, shipped, card, result, force)
    return Trained(version, activated, len(rows), str(store.folder / version), result.current, result.candidate)


def _rows(files: Sequence[Path], brokers: KafkaSettings | None) -> tuple[list[Labelled], list[str]]:
    """What to learn from, and where it came from."""
    if not files and brokers is None:
        raise JobFailed("nothing to learn from: give --data FILE or --from-overrulings HOST:PORT")
    known, sources = [*taxonomy().types, OTHER], [file.name for file in files]
    try:
        rows = [row for file in files for row in labelled(file, known)]
        if brokers is not None:
            decided = overruled(brokers)
            rows += decided
            sources.append(f"what people decided: {len(decided)} tickets")
    except (InvalidData, TopicUnreachable) as error:
        raise JobFailed(str(error)) from None
    if len(rows) < FEWEST_TEXTS or len({row.label for row in rows}) < 2:
        raise JobFailed(f"{len(rows)} texts are too few to learn from: {FEWEST_TEXTS} of two types are the least")
    return rows, sources


def _store(
    store: ModelStore, model: TypeModel, shipped: StoredModel, card: dict[str, object], result: Contest, force: bool
) -> bool:
    """Whether the model is in use now."""
    try:
        save(model, shipped.vocabulary, card, store.folder / model.version)
        if result.won or force:
            store.activate(model.version)
    except OSError as error:
        raise JobFailed(
            f"{store.folder} cannot be written ({error.strerror}): name another folder with --models"
        ) from None
    return result.won or force
