"""`closedloop evaluate`: what the classifier is worth on texts whose answers are known. The last line is JSON."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.problems import fail
from services.cli.train import DEFAULT_MODELS, Models

if TYPE_CHECKING:
    from services.classifier.app.figures import Judged
    from services.classifier.app.training import Labelled
    from services.classifier.domain.type_model import TypeModel

app = typer.Typer(help="Measure reading and detection on files whose answers are known.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print the figures alone.")]
WORST = 20
SHOWN = 60
CONFUSIONS = 15


@app.command()
def types(
    data: Annotated[Path, typer.Option(help="CSV with title and detail, or text; code; and, if any, accept.")],
    train: Annotated[Path | None, typer.Option(help="Learn from this file first, on top of what ships.")] = None,
    folds: Annotated[
        int | None, typer.Option(min=2, max=50, help="Learn from DATA itself in so many folds, on top of what ships.")
    ] = None,
    as_json: Json = False,
    models: Models = DEFAULT_MODELS,
) -> None:
    """How right the types are: by the model in use, or by one trained for the occasion on top of what ships.

    Example: closedloop evaluate types --data labelled.csv --folds 5
    """
    from services.classifier.adapters.data import reader_with
    from services.classifier.adapters.model_files import SHIPPED, BadModel, load
    from services.classifier.adapters.model_store import ModelStore
    from services.classifier.app.speed import speed_of
    from services.classifier.app.training import cross_validated, judged_by
    from services.classifier.app.training import train as train_on
    from services.cli.stepping import steps

    if train is not None and folds is not None:
        fail("give --train FILE or --folds K, not both")
    try:
        began = time.perf_counter()
        model = (load(SHIPPED) if train or folds else ModelStore(models).active()).model
        load_s = time.perf_counter() - began
    except BadModel as error:
        fail(str(error))
    rows = _labelled(data, model.labels)
    how = f"trained in {folds} folds" if folds else f"trained on {train.name}" if train else "as it is"
    if folds:
        _enough(rows, folds)
        with steps("folds", folds * 5) as advance:
            judged = cross_validated(model, rows, folds, advance)
    else:
        if train is not None:
            learnt = _labelled(train, model.labels)
            _enough(learnt, 5)
            with steps("training", 5) as advance:
                model = train_on(model, learnt, "trained", advance)
        with steps("reading", len(rows)) as advance:
            judged = judged_by(model, rows, advance)
    if not as_json:
        _explain(judged, model, rows, reasons=not folds)
    speed = speed_of(reader_with(model), [row.text for row in rows])
    _tell(judged, rows, {"model": model.version, "how": how, **asdict(speed), "model_load_s": round(load_s, 3)})


@app.command()
def categories(
    train: Annotated[Path, typer.Option(help="CSV with title and detail, or text; and label.")],
    test: Annotated[Path | None, typer.Option(help="Measure on this file.")] = None,
    folds: Annotated[
        int | None, typer.Option(min=2, max=50, help="Measure on TRAIN itself, in so many folds, like texts together.")
    ] = None,
    as_json: Json = False,
) -> None:
    """The training alone, on any labels: no taxonomy, no word lists, nothing that ships.

    Example: closedloop evaluate categories --train categories.csv --folds 5
    """
    from services.classifier.app.training import cross_validated, judged_by, untaught
    from services.classifier.app.training import train as train_on
    from services.cli.stepping import steps

    if (test is None) is (folds is None):
        fail("give either --test FILE or --folds K")
    rows = _labelled(train, None)
    began = time.perf_counter()
    if folds is not None:
        _enough(rows, folds)
        model = untaught([row.label for row in rows])
        with steps("folds", folds * 5) as advance:
            judged = cross_validated(model, rows, folds, advance)
        how = f"{folds} folds, near-duplicates on one side"
    else:
        assert test is not None
        asked = _labelled(test, None)
        _enough(rows, 5)
        with steps("training", 5) as advance:
            model = train_on(untaught([row.label for row in (*rows, *asked)]), rows, "trained", advance)
        rows, judged, how = asked, judged_by(model, asked), f"trained on {train.name}"
    if not as_json:
        _explain(judged, model, rows, reasons=False)
    _tell(judged, rows, {"how": how, "seconds": round(time.perf_counter() - began, 1)})


def _labelled(file: Path, known: tuple[str, ...] | None) -> list[Labelled]:
    from services.classifier.adapters.labelled_files import labelled
    from services.contracts.data_files import InvalidData

    try:
        return labelled(file, known)
    except InvalidData as error:
        fail(str(error))


def _enough(rows: list[Labelled], folds: int) -> None:
    from services.classifier.app.folds import groups_of
    from services.classifier.domain.grams import grams_of

    unlike = len(set(groups_of([grams_of(row.text) for row in rows]).tolist()))
    if unlike < 2 * folds or len({row.label for row in rows}) < 2:
        fail(f"{unlike} texts that differ are too few for {folds} folds: bring more, of at least two labels")


def _explain(judged: Judged, model: TypeModel, rows: list[Labelled], *, reasons: bool) -> None:
    """The commonest confusions and the surest errors; `reasons` where the model itself is at hand."""
    from services.classifier.app.figures import answers_of, confusions, worst

    answers = answers_of(judged, rows)
    typer.echo("confusions (should be → was, how often)")
    for label, given, count in confusions(answers, rows)[:CONFUSIONS]:
        typer.echo(f"  {label} → {given}  {count}")
    typer.echo("worst errors (surest first)")
    for number in worst(answers, WORST):
        row, share = rows[number], float(answers.confidence[number])
        because = f"  because {' '.join(model.judge(row.text).words) or '-'}" if reasons else ""
        text = " ".join(row.text.split())[:SHOWN]
        typer.echo(
            f"  {row.label} → {answers.given[number]} {share:.2f}, then {answers.second[number]}{because}  「{text}」"
        )


def _tell(judged: Judged, rows: list[Labelled], more: dict[str, Any]) -> None:
    from services.classifier.app.figures import figures_of

    typer.echo(json.dumps(asdict(figures_of(judged, rows)) | more, ensure_ascii=False))
