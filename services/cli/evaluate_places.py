"""`closedloop evaluate places`: how well the places of a register are found in noisy mentions of them."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from services.cli.register import read_estates


def places(
    register: Annotated[Path, typer.Option(help="The CSV that `closedloop register import` takes.")],
    noise: Annotated[int, typer.Option(min=1, max=50, help="Mentions made of each kind for each estate.")] = 1,
    seed: Annotated[int, typer.Option(help="The same seed makes the same mentions.")] = 1,
    committees: Annotated[Path | None, typer.Option(help="As for `register import`.")] = None,
    crs: Annotated[str, typer.Option(help="As for `register import`.")] = "gcj02",
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures alone.")] = False,
) -> None:
    """Makes mentions of every estate (name, alias, lane, building, typo, numerals, traditional, in a sentence) and
    reads them; then takes each estate out of the register once, and looks whether another is named instead.

    top1 is over the mentions that one estate alone can mean, and counts nothing but that estate as right.

    Example: closedloop evaluate places --register estates.csv --noise 3
    """
    from services.classifier.adapters.register_store import SHIPPED
    from services.classifier.app.places_trial import REGISTERS_BUILT, trial_of
    from services.classifier.domain.places import Register
    from services.cli.stepping import steps
    from services.contracts.data_files import read_section

    found = read_estates(register, crs, committees)
    names = read_section(SHIPPED, "sub_districts")
    with steps("registers", REGISTERS_BUILT) as advance:
        trial = trial_of(
            found.joined.estates, lambda estates: Register(estates, names, found.committees), seed, noise, advance
        )
    if not as_json:
        for kind, share in trial.by_kind.items():
            typer.echo(f"  {kind:<12}{share:.4f}")
    typer.echo(json.dumps(asdict(trial) | {"rejected_rows": len(found.rejects), "seed": seed}, ensure_ascii=False))
