"""`closedloop consultation`: counting what owners say, and recounting what was counted. The last line is JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from services.cli.problems import fail
from services.cli.whole_file import whole_file

if TYPE_CHECKING:
    from services.projects.jobs.consultation.columns import ListedTable

app = typer.Typer(help="Count the consultation of owners, item by item, or recount one.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print the JSON line alone.")]
MOST_FAULTS = 20


@app.command()
def count(
    parts: Annotated[
        Path,
        typer.Option(
            help="CSV or XLSX: part_id, building, hallway, area_m2, owner. The owner is a reference that tells owners "
            "apart, better than a name; what the builder has not sold has the owner 'builder'. A line 合计 (total) is "
            "checked."
        ),
    ],
    ballots: Annotated[
        Path,
        typer.Option(
            help="CSV or XLSX: part_id, item, choice (agree, disagree, abstain, invalid, empty), origin (paper, "
            "electronic), at, delivered (yes, no); optionally text_hash, evidence, proxy. Other columns are not read."
        ),
    ],
    rule: Annotated[
        str,
        typer.Option(
            metavar="NAME|FILE",
            help="ordinary, special; ordinary-silence, special-silence, where silence follows the majority; "
            "building-ordinary, building-special, hallway-ordinary, hallway-special; two-thirds-of-all; contracts-95; "
            "or a YAML file of your own (docs/consultation.md).",
        ),
    ],
    building: Annotated[str | None, typer.Option(help="The building that decides, for a rule of buildings.")] = None,
    hallway: Annotated[str | None, typer.Option(help="The hallway that decides, for a rule of hallways.")] = None,
    opens: Annotated[
        str | None, typer.Option(metavar="TIME", help="The first moment of voting; an earlier ballot is refused.")
    ] = None,
    closes: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="The last moment, of a day its end; a later ballot is refused."),
    ] = None,
    total_area: Annotated[
        str | None, typer.Option(metavar="M2", help="What the areas must add up to, by the register.")
    ] = None,
    export: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a record that `consultation verify` recounts.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Count each item by heads and by area: by the ballots cast, and with silent ballots, and say which decided.

    Who owns several parts is one head. Nothing is rounded. A file with a fault is refused, with file, row, field and
    remedy, and nothing is counted.

    Example: closedloop consultation count --parts parts.csv --ballots ballots.csv --rule ordinary
    """
    from services.cli.importing.times import moment_of
    from services.contracts.data_files import InvalidData
    from services.projects.jobs.consultation.columns import CountRefused
    from services.projects.jobs.consultation.count_votes import HowToCount
    from services.projects.jobs.consultation.count_votes import count as counted

    asked = HowToCount(
        rule=rule,
        building=building,
        hallway=hallway,
        opens=_moment("--opens", opens),
        closes=_moment("--closes", closes, end_of_day=True),
        total_area=total_area,
    )
    if asked.opens and asked.closes and asked.closes <= asked.opens:
        fail(f"--closes {closes} is not after --opens {opens}: give the later moment")
    try:
        found = counted(_table("parts", parts), _table("ballots", ballots), asked, moment_of)
    except CountRefused as refused:
        _refuse(refused.faults)
    except InvalidData as error:
        fail(str(error))
    if export is not None:
        _write(export, found.record(), (parts, ballots))
    if not as_json:
        for line in found.lines():
            typer.echo(line)
    typer.echo(json.dumps(found.data(), ensure_ascii=False))


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="A record, as `consultation count --export` writes it.")],
    seal: Annotated[str | None, typer.Option(help="The seal that was published with the result.")] = None,
    as_json: Json = False,
) -> None:
    """Recount a record without the service: parts, chain of ballots, result, seal. Exit 1 if anything is not so.

    A record that was changed and whose hashes were all recomputed is found only by the published seal: give --seal.

    Example: closedloop consultation verify record.json
    """
    from services.projects.jobs.consultation.columns import CountRefused
    from services.projects.jobs.consultation.recount import recount

    try:
        found = recount(file, seal)
    except CountRefused as refused:
        _refuse(refused.faults)
    if not as_json:
        for line in found.lines():
            typer.echo(line)
    typer.echo(json.dumps(found.data(), ensure_ascii=False))
    if not found.valid:
        raise typer.Exit(1)


def _table(kind: str, file: Path) -> ListedTable:
    from services.cli.importing.cells import id_of
    from services.cli.importing.table import Unreadable, open_table
    from services.projects.jobs.consultation.columns import ListedRow, ListedTable, has_columns

    try:
        table = open_table(file, is_header=has_columns(kind))
    except Unreadable as error:
        fail(f"{file}: {error}")
    rows = (ListedRow(row.number, tuple(map(id_of, row.cells)), row.fault, row.cut) for row in table.rows())
    return ListedTable(str(file), table.header, rows)


def _moment(option: str, written: str | None, *, end_of_day: bool = False) -> datetime | None:
    from services.cli.importing.times import moment_of

    if written is None:
        return None
    try:
        moment = moment_of(written)
    except ValueError as error:
        fail(f"{option} {written!r} {error}")
    day_alone = end_of_day and ":" not in written and moment == moment.replace(hour=0, minute=0, second=0)
    return moment + timedelta(days=1, microseconds=-1) if day_alone else moment


def _refuse(faults: Sequence[str]) -> NoReturn:
    shown = list(faults[:MOST_FAULTS])
    if len(faults) > MOST_FAULTS:
        shown.append(f"… and {len(faults) - MOST_FAULTS} more")
    fail("\n".join([*shown, "nothing was counted"]))


def _write(target: Path, record: dict[str, Any], sources: tuple[Path, ...]) -> None:
    """Whole or not at all."""
    if any(target.exists() and target.samefile(source) for source in sources):
        fail(f"--export {target} is one of the files that are counted: name another")
    with whole_file(target, "--export") as out:
        out.write(json.dumps(record, ensure_ascii=False, indent=1) + "\n")
