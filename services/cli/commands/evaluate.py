"""`closedloop evaluate types` and `categories`: how good the type model is. The last line is JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.commands.train import DEFAULT_MODELS, Models
from services.cli.problems import fail

if TYPE_CHECKING:
    from services.classifier.jobs.evaluate_types import Evaluation

Json = Annotated[bool, typer.Option("--json", help="Print the figures alone.")]
SHOWN = 60
CONFUSIONS = 15


def types(
    data: Annotated[Path, typer.Option(help="CSV with title and detail, or text; code; optionally accept.")],
    train: Annotated[Path | None, typer.Option(help="Learn from this file first, on top of what ships.")] = None,
    folds: Annotated[
        int | None, typer.Option(min=2, max=50, help="Learn from DATA itself in so many folds, on top of what ships.")
    ] = None,
    as_json: Json = False,
    models: Models = DEFAULT_MODELS,
) -> None:
    """Measure the types: by the model in use, or by one trained for the occasion on top of what ships.

    Example: closedloop evaluate types --data labelled.csv --folds 5
    """
    from services.classifier.jobs.evaluate_types import evaluate_types
    from services.classifier.jobs.job import JobFailed
    from services.cli.stepping import steps

    try:
        found = evaluate_types(models, data, train_on=train, folds=folds, steps=steps)
    except JobFailed as error:
        fail(str(error))
    _print(found, as_json)


def categories(
    train: Annotated[Path, typer.Option(help="CSV with title and detail, or text; and label.")],
    test: Annotated[Path | None, typer.Option(help="Measure on this file.")] = None,
    folds: Annotated[
        int | None,
        typer.Option(min=2, max=50, help="Measure on TRAIN itself in so many folds; near-duplicates share a fold."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Measure the training alone, on any labels: no taxonomy, no word lists, nothing that ships.

    Example: closedloop evaluate categories --train categories.csv --folds 5
    """
    from services.classifier.jobs.evaluate_types import evaluate_categories
    from services.classifier.jobs.job import JobFailed
    from services.cli.stepping import steps

    try:
        found = evaluate_categories(train, test=test, folds=folds, steps=steps)
    except JobFailed as error:
        fail(str(error))
    _print(found, as_json)


def _print(found: Evaluation, as_json: bool) -> None:
    if not as_json:
        typer.echo("most frequent confusions (expected → given, how often)")
        for label, given, count in found.confusions[:CONFUSIONS]:
            typer.echo(f"  {label} → {given}  {count}")
        typer.echo("worst errors (most confident first)")
        for one in found.mistakes:
            because = f"  because {' '.join(one.words) or '-'}" if one.words is not None else ""
            text = " ".join(one.text.split())[:SHOWN]
            typer.echo(f"  {one.label} → {one.given} {one.confidence:.2f}, then {one.runner_up}{because}  「{text}」")
    typer.echo(json.dumps({**asdict(found.figures), **found.about}, ensure_ascii=False))
