"""`closedloop register`: the district's own estates and addresses, by which places are known."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.problems import fail
from services.cli.registering import NotTaken, RegisterClient, Token, Url, register_client
from services.cli.running import DEFAULT_RUN_DIR, RunDir

if TYPE_CHECKING:
    from services.classifier.jobs.register import EstateList
    from services.cli.importing.table import Table

DEFAULT_REGISTERS = Path("var/registers")
SUMMARY = (
    "{rows:,} rows: {estates:,} estates ({joined:,} rows joined to another of the same estate), {rejects:,} rejected; "
    "{aliases:,} aliases, {lanes:,} lanes, {ambiguous:,} names or lanes of several estates, "
    "{with_sub_district:,} estates with a sub-district ({located_by_committee:,} of them by their committee's name)"
)


def import_register(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV or XLSX with the columns name and address, and optionally lng, lat, aliases (separated by |), "
            "committee, sub_district, floor_area_m2, built, property_kind, property_co, source, area."
        ),
    ],
    crs: Annotated[str, typer.Option(help="The system of the coordinates: gcj02 (Chinese maps) or wgs84.")] = "gcj02",
    committees: Annotated[
        Path | None, typer.Option(help="JSON: the names of the residents' committees by sub-district.")
    ] = None,
    rejects: Annotated[
        Path | None,
        typer.Option(
            "--rejects",
            metavar="FILE",
            help="Where to write rejected rows with the reason; by default NAME.rejected.csv in this folder.",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check and summarise; change nothing.")] = False,
    registers: Annotated[
        Path, typer.Option(envvar="CLOSEDLOOP_REGISTERS", help="The folder the classifier reads its register from.")
    ] = DEFAULT_REGISTERS,
    url: Url = None,
    token: Token = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    run_dir: RunDir = DEFAULT_RUN_DIR,
) -> None:
    """Replace the register. Projects, if it runs, gets the estates at once; the other services hear it from there.

    A row that cannot be used is left out and listed; a file that cannot be read changes nothing.

    Example: closedloop register import estates.csv --dry-run
    """
    from services.classifier.jobs.register import put_to_use

    table, found = estates_of(file, crs, committees)
    if not found.joined.estates:
        first = f"; first: row {found.rejects[0][0]}: {found.rejects[0][1]}" if found.rejects else ""
        fail(f"{file}: not one row can be used{first}")
    report: dict[str, Any] = {**found.counts, "version": None}
    try:
        if found.rejects and not dry_run:
            _write_rejects(rejects or Path(f"{file.stem}.rejected.csv"), table, found)
        if not dry_run:
            report["version"] = put_to_use(found, registers, file.name)
    except OSError as error:
        fail(f"{error.filename} cannot be written ({error.strerror}): name another place; the register is unchanged")
    report |= {"published": None, "removed": None, "refused": []} if dry_run else _publish(found, url, token, run_dir)
    if as_json:
        shared = {name: [estate.id for estate in estates] for name, estates in found.shared_names.items()}
        typer.echo(json.dumps(report | {"ambiguous_names": shared}, ensure_ascii=False))
        return
    typer.echo(SUMMARY.format(**report))
    for number, name in found.joined.joined:
        typer.echo(f"  row {number} is the same estate as {name}")
    for name, estates in found.shared_names.items():
        typer.echo(f"  {name} may be: {', '.join(estate.name for estate in estates)}")
    for number, reason, _ in found.rejects:
        typer.echo(f"  row {number} rejected: {reason}")
    for name, why in report["refused"]:
        typer.echo(f"  {name} refused by projects: {why}")
    typer.echo("nothing was changed" if dry_run else f"in use at the classifier's next start: {report['version']}")
    if report["published"] is None and not dry_run:
        typer.echo("projects does not run here and knows nothing of it: import again when it does, or give --url")
    elif report["published"] is not None:
        typer.echo(f"projects: {report['published']:,} estates new or changed, {report['removed']:,} removed")


def _publish(found: EstateList, url: str | None, token: str | None, run_dir: Path) -> dict[str, Any]:
    """`published`, `removed`: how many estates changed in projects, and how many the list has no more; None where
    projects does not run."""
    import httpx

    from services.classifier.jobs.register import facts_of
    from services.localstack.run_directory import read_state

    state = None if url else read_state(run_dir)
    if url is None and state is None:
        return {"published": None, "removed": None, "refused": []}
    try:
        with register_client(state, url, token) as client:
            register, facts = RegisterClient(client), facts_of(found)
            changed, refused = register.put(facts)
            removed, kept = register.remove_others({str(one["id"]) for one in facts})
    except (NotTaken, httpx.HTTPError) as error:
        fail(f"the classifier's register is in use, but {error or type(error).__name__}: run the same command again")
    return {"published": changed, "removed": removed, "refused": [*refused, *kept]}


def estates_of(file: Path, crs: str, committees: Path | None) -> tuple[Table, EstateList]:
    """Ends the command for a file that cannot be used at all."""
    from services.classifier.jobs.job import JobFailed
    from services.classifier.jobs.register import COLUMNS, read_estates
    from services.cli.importing.table import Unreadable, open_table

    try:
        table = open_table(file, is_header=set(COLUMNS).issubset)
    except Unreadable as error:
        fail(f"{file}: {error}")
    missing = [name for name in COLUMNS if name not in table.header]
    if missing:
        fail(f"{file}: the column {' and '.join(missing)} is missing; the columns are {', '.join(table.header)}")
    try:
        return table, read_estates(table.header, _whole_rows(table), crs=crs, committees=committees)
    except JobFailed as error:
        fail(f"{file}: {error}")


def _whole_rows(table: Table) -> Iterator[tuple[int, Sequence[str], str | None]]:
    """Raises JobFailed for a file that ends within a row: what else is missing of it is unknown."""
    from services.classifier.jobs.job import JobFailed

    for row in table.rows():
        if row.cut:
            raise JobFailed(f"row {row.number} ends in the middle: the file was cut short; copy or export it again")
        yield row.number, row.cells, row.fault


def _write_rejects(target: Path, table: Table, found: EstateList) -> None:
    from services.cli.importing.cells import safe
    from services.cli.importing.register_words import COLUMN, in_chinese

    with target.open("w", encoding="utf-8-sig", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(("rejected_row", "rejected_reason", COLUMN, *map(safe, table.header)))
        rows.writerows(
            (number, *map(safe, (reason, in_chinese(reason), *cells))) for number, reason, cells in found.rejects
        )
