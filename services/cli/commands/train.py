"""`closedloop train`: the district's own labelled tickets, learnt on top of what ships."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from services.cli.brokers import brokers_at
from services.cli.problems import fail

DEFAULT_MODELS = Path("var/models")
Models = Annotated[
    Path, typer.Option("--models", envvar="CLOSEDLOOP_MODELS", show_envvar=True, help="The folder of the models.")
]


def train(
    data: Annotated[
        list[Path] | None,
        typer.Option("--data", metavar="FILE", help="CSV with title and detail, or text, and code. May be repeated."),
    ] = None,
    from_overrulings: Annotated[
        str | None,
        typer.Option(
            "--from-overrulings",
            metavar="HOST:PORT",
            help="Also learn from what people decided against the model, read from the topics of this broker.",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Use the new model even if it is not better.")] = False,
    rollback: Annotated[bool, typer.Option("--rollback", help="Go back to the model that was in use before.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    models: Models = DEFAULT_MODELS,
) -> None:
    """Fit a model to labelled tickets and use it if it beats the current one on tickets it has not seen.

    Running classifiers switch within seconds, without a restart. Tickets that were classified before stay as they
    are; `closedloop reclassify` reads them again.

    Example: closedloop train --data tickets-2025.csv
    """
    from services.classifier.jobs.job import JobFailed
    from services.classifier.jobs.train import roll_back, train_model
    from services.cli.stepping import steps

    try:
        if rollback:
            name = roll_back(models)
            typer.echo(json.dumps({"active": name}) if as_json else f"{name} is in use again")
            return
        brokers = brokers_at(from_overrulings) if from_overrulings else None
        trained = train_model(models, data or [], brokers, force=force, steps=steps)
    except JobFailed as error:
        fail(str(error))
    report = asdict(trained)
    if as_json:
        typer.echo(json.dumps(report, ensure_ascii=False))
        return
    for name in ("current", "candidate"):
        typer.echo(f"{name:10} {json.dumps(report[name])}")
    used = f"{trained.version} is in use" if trained.activated else "not better, not in use (--force overrides)"
    typer.echo(f"{trained.rows} texts: {used}; {trained.folder}")
