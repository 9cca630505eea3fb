"""`closedloop evaluate effect`: whether complaints fell because of works. The last line is JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.problems import fail
from services.cli.whole_file import whole_file

if TYPE_CHECKING:
    from services.projects.jobs.effect.counts import CallersByMonth

MOST_FAULTS = 20
TABLE = ("world", "yearly", "controls", "scatter", "verified", "worse", "too_few", "covered")


def effect(
    runs: Annotated[int, typer.Option(min=50, max=20_000, help="Runs of each cell of the simulation.")] = 2000,
    table: Annotated[bool, typer.Option("--table", help="Print every cell of the simulation.")] = False,
    counts: Annotated[
        Path | None,
        typer.Option(
            help="Judge this file instead: CSV or XLSX with estate, group (treated or control), month (2026-04), "
            "callers, class, decided, works_start, accepted; the days of treated estates alone."
        ),
    ] = None,
    verdicts: Annotated[
        Path | None, typer.Option(metavar="OUT", help="Write the verdicts here: CSV, or JSON if it ends in .json.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the JSON line alone.")] = False,
) -> None:
    """Simulate districts of which the truth is known, or judge counts, by the rules that the service judges by.

    The simulation ends with exit code 1 when a goal of docs/effect.md is missed. A file with a fault is refused, with
    row, column and remedy, and nothing is judged.

    Example: closedloop evaluate effect --counts callers.csv --verdicts verdicts.csv
    """
    if counts is None:
        if verdicts is not None:
            fail("--verdicts is for the verdicts on --counts: give both, or neither")
        _simulate(runs, table, as_json)
        return
    from services.projects.jobs.effect.judge_counts import judge_counts, rows, summary

    read = _read(counts)
    judged = judge_counts(read)
    shown = rows(judged)
    if verdicts is not None:
        _write(verdicts, shown, counts)
    if not as_json:
        for row in shown:
            typer.echo(_line(row))
    typer.echo(json.dumps(summary(judged, read), ensure_ascii=False))


def _simulate(runs: int, table: bool, as_json: bool) -> None:
    from services.cli.importing.progress import Advance
    from services.projects.jobs.effect.trial import cells, evaluate, rows

    with Advance(len(cells())) as advance:
        trial = evaluate(runs, lambda: advance.by(1))
    if table:
        typer.echo("  ".join(TABLE))
        for row in rows(trial):
            typer.echo("  ".join(f"{row[name]}" for name in TABLE))
    if not as_json:
        for missed in trial.missed:
            typer.echo(f"missed: {missed}")
    typer.echo(json.dumps({**trial.figures, "missed": trial.missed}, ensure_ascii=False))
    if trial.missed:
        raise typer.Exit(1)


def _read(file: Path) -> CallersByMonth:
    from services.cli.importing.cells import id_of
    from services.cli.importing.table import Unreadable, open_table
    from services.projects.jobs.effect.counts import CountsRefused, read_counts

    try:
        table = open_table(
            file, is_header=lambda cells: {"estate", "month", "callers"} <= {c.strip().casefold() for c in cells}
        )
    except Unreadable as error:
        fail(f"{file}: {error}")
    try:
        return read_counts(
            table.header,
            (
                (row.number, [id_of(cell) for cell in row.cells], row.fault or (_CUT if row.cut else None))
                for row in table.rows()
            ),
        )
    except CountsRefused as refused:
        shown = [f"{file}: {fault}" for fault in refused.faults[:MOST_FAULTS]]
        if len(refused.faults) > MOST_FAULTS:
            shown.append(f"… and {len(refused.faults) - MOST_FAULTS} more")
        fail("\n".join([*shown, "nothing was judged"]))


_CUT = "the file ends in the middle of it: it was cut short; copy or export it again"


def _line(row: Mapping[str, Any]) -> str:
    who = row["estate"] or f"class {row['class']} ({row['estates']} estates)"
    after = "–" if row["callers_after"] is None else row["callers_after"]
    left = (
        ""
        if row["ratio"] is None
        else (f"  left {row['ratio']:.2f} ({row['ratio_low_90']:.2f}–{row['ratio_high_90']:.2f})  p {row['p']:.4f}")
    )
    return f"{who}: {row['verdict']}  {row['callers_before']} → {after}{left}  {row['controls']} controls"


def _write(target: Path, shown: Sequence[Mapping[str, Any]], source: Path) -> None:
    """Whole or not at all."""
    from services.cli.importing.cells import safe

    if target.exists() and target.samefile(source):
        fail(f"--verdicts {target} is the file that is judged: name another")
    with whole_file(target, "--verdicts") as out:
        if target.suffix == ".json":
            json.dump(list(shown), out, ensure_ascii=False, indent=1)
            return
        rows = csv.DictWriter(out, list(shown[0]))
        rows.writeheader()
        for row in shown:
            rows.writerow({name: safe(cell) if isinstance(cell, str) else cell for name, cell in row.items()})
