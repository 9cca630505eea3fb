"""`closedloop evaluate redaction`: how much of what names or reaches a person redaction finds."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import asdict
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

import typer

from services.cli.problems import fail


def redaction(
    data: Annotated[Path | None, typer.Option(help="CSV with kind, secret, text and, if any, name.")] = None,
    seed: Annotated[int, typer.Option(help="Without DATA: the same seed plants the same values.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures alone.")] = False,
) -> None:
    """Redacts texts in which secrets are planted, and looks whether they can still be read; without DATA in texts
    made for it. false_share is the share of the shipped examples, which name nobody, that are masked in part.

    Example: closedloop evaluate redaction --data planted.csv
    """
    from services.contracts.data_files import InvalidData
    from services.intake.jobs.evaluate_redaction import figures_of, planted_in
    from services.intake.jobs.planted_values import planted_values

    try:
        planted = planted_in(data) if data else list(planted_values(seed))
    except InvalidData as error:
        fail(str(error))
    figures = figures_of(planted, _harmless())
    if not as_json:
        for kind, share in figures.recall.items():
            typer.echo(f"  {kind:<10}{share:.4f}")
    typer.echo(json.dumps(asdict(figures), ensure_ascii=False))


def _harmless() -> Iterator[str]:
    """The examples from which the classifier's models are made."""
    with as_file(files("services.classifier") / "data") as folder:
        for file in (folder / "kind_examples.csv", *sorted((folder / "examples").glob("*.csv"))):
            with file.open(encoding="utf-8", newline="") as lines:
                yield from (row["text"] for row in csv.DictReader(lines))
