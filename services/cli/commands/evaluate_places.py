"""`closedloop evaluate places`: how well the places of a register are found in noisy mentions of them."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from services.cli.commands.register import estates_of


def places(
    register: Annotated[Path, typer.Option(help="The file that `closedloop register import` takes.")],
    noise: Annotated[int, typer.Option(min=1, max=50, help="Mentions of each kind for each estate.")] = 1,
    seed: Annotated[int, typer.Option(help="The same seed makes the same mentions.")] = 1,
    committees: Annotated[Path | None, typer.Option(help="As for `register import`.")] = None,
    crs: Annotated[str, typer.Option(help="As for `register import`.")] = "gcj02",
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures alone.")] = False,
) -> None:
    """Generate mentions of every estate (name, alias, lane, building, typo, numerals, traditional, in a sentence) and
    read them; then leave each estate out of the register once and count how often another is named instead; last, read
    texts that name no estate, offices whose name an estate bears, and estates of other cities.

    top1 counts only mentions that a single estate can mean; only that estate is right.

    Example: closedloop evaluate places --register estates.csv --noise 3
    """
    from services.classifier.jobs.evaluate_places import evaluate_places
    from services.cli.stepping import steps

    _, found = estates_of(register, crs, committees)
    trial = evaluate_places(found, noise=noise, seed=seed, steps=steps)
    if not as_json:
        for kind, share in trial.by_kind.items():
            typer.echo(f"  {kind:<12}{share:.4f}")
        typer.echo(f"wrong instead of unknown\n  left out    {trial.wrong_instead_of_unknown:.4f}")
        for kind, share in trial.named_instead_of_unknown.items():
            typer.echo(f"  {kind:<12}{share:.4f}")
    typer.echo(json.dumps(asdict(trial) | {"rejected_rows": len(found.rejects), "seed": seed}, ensure_ascii=False))
