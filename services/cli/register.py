"""`closedloop register`: the district's own estates and addresses, by which places are known."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.problems import fail

if TYPE_CHECKING:
    from services.classifier.domain.places import Register
    from services.classifier.domain.places_coordinates import Crs
    from services.classifier.domain.places_import import Joined

app = typer.Typer(help="The district's register of estates and addresses.", no_args_is_help=True)

DEFAULT_REGISTERS = Path("var/registers")
SUMMARY = (
    "{rows:,} rows: {estates:,} estates ({joined:,} rows joined to another of the same estate), {rejects:,} rejected; "
    "{aliases:,} aliases, {lanes:,} lanes, {ambiguous:,} names or lanes of several estates, "
    "{with_sub_district:,} estates with a sub-district ({located_by_committee:,} of them by their committee's name)"
)


@app.callback()
def register() -> None:
    """Keeps `import` a command of its own."""


@app.command("import")
def import_register(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV or XLSX with the columns name and address, and if there are: lng, lat, aliases (several with |), "
            "committee, sub_district, floor_area_m2, built, property_co, source, area."
        ),
    ],
    crs: Annotated[str, typer.Option(help="What the coordinates are: gcj02 (Chinese maps) or wgs84.")] = "gcj02",
    committees: Annotated[
        Path | None, typer.Option(help="JSON: the names of the residents' committees by sub-district.")
    ] = None,
    rejects: Annotated[
        Path | None,
        typer.Option("--rejects", metavar="FILE", help="Where rows go that are not taken, with the reason."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check and summarise; change nothing.")] = False,
    registers: Annotated[
        Path, typer.Option(envvar="CLOSEDLOOP_REGISTERS", help="The folder the classifier reads its register from.")
    ] = DEFAULT_REGISTERS,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Put a new register into use, in place of the one before. The classifier takes it when it starts.

    A row that cannot be taken is left out and listed; a file that cannot be read changes nothing.

    Example: closedloop register import estates.csv --dry-run
    """
    from services.classifier.adapters.register_store import RegisterStore

    found = read_estates(file, crs, committees)
    joined, bad, register = found.joined, found.rejects, found.register
    report: dict[str, Any] = {
        "rows": len(joined.estate_of_row) + len(bad),
        "estates": len(joined.estates),
        "joined": len(joined.joined),
        "rejects": len(bad),
        "aliases": sum(len(estate.aliases) for estate in joined.estates),
        "lanes": register.lane_count,
        "ambiguous": len(register.shared_names),
        "with_sub_district": sum(estate.sub_district is not None for estate in joined.estates),
        "located_by_committee": joined.located_by_committee,
        "version": None,
    }
    if not joined.estates:
        fail(f"{file}: not one row can be taken; first: row {bad[0][0]}: {bad[0][1]}" if bad else f"{file}: no rows")
    target = rejects or Path(f"{file.stem}.rejected.csv")
    try:
        if bad and not dry_run:
            with target.open("w", encoding="utf-8-sig", newline="") as out:
                rows = csv.writer(out)
                rows.writerow(("rejected_row", "rejected_reason", *found.header))
                rows.writerows((number, reason, *cells) for number, reason, cells in bad)
        if not dry_run:
            report["version"] = RegisterStore(registers).save(
                joined.estates, found.committees, file.name, datetime.now(UTC)
            )
    except OSError as error:
        fail(f"{error.filename} cannot be written ({error.strerror}): name another place; the register is unchanged")
    if as_json:
        shared = {name: sorted(ids) for name, ids in register.shared_names.items()}
        typer.echo(json.dumps(report | {"ambiguous_names": shared}, ensure_ascii=False))
        return
    typer.echo(SUMMARY.format(**report))
    for number, name in joined.joined:
        typer.echo(f"  row {number} is the same estate as {name}")
    for name, ids in register.shared_names.items():
        typer.echo(f"  {name} may be: {', '.join(register.estates[one].name for one in sorted(ids))}")
    for number, reason, _ in bad:
        typer.echo(f"  row {number} not taken: {reason}")
    typer.echo("nothing was changed" if dry_run else f"in use at the classifier's next start: {report['version']}")


class Found:
    """A file as a register: nothing of it is stored yet."""

    def __init__(
        self,
        joined: Joined,
        register: Register,
        committees: Mapping[str, list[str]],
        header: tuple[str, ...],
        rejects: list[tuple[int, str, tuple[str, ...]]],
    ) -> None:
        self.joined = joined
        self.register = register
        self.committees = committees
        self.header = header
        self.rejects = rejects


def read_estates(file: Path, crs: str, committees: Path | None) -> Found:
    """Ends the command with the remedy for a file that cannot be used at all."""
    from services.classifier.adapters.register_store import SHIPPED
    from services.classifier.domain.places import Register
    from services.classifier.domain.places_import import KNOWN, REQUIRED, BadRow, estate_of, join
    from services.cli.importing.table import Unreadable, open_table
    from services.contracts.data_files import read_section

    try:
        table = open_table(file)
    except Unreadable as error:
        fail(f"{file}: {error}")
    missing = [name for name in REQUIRED if name not in table.header]
    if missing:
        fail(f"{file}: the column {' and '.join(missing)} is missing; columns: {', '.join(KNOWN)}")
    twice = [name for name in KNOWN if table.header.count(name) > 1]
    if twice:
        fail(f"{file}: the column {twice[0]} stands twice; remove one")
    names: dict[str, list[str]] = read_section(SHIPPED, "sub_districts")
    codes = {name: code for code, listed in names.items() for name in (code, *listed)}
    by_code = _committees(committees, codes)
    rows, bad = [], []
    how = _crs(crs)
    for row in table.rows():
        try:
            if row.fault is not None:
                raise BadRow(row.fault)
            rows.append((row.number, estate_of(dict(zip(table.header, row.cells, strict=True)), how, codes)))
        except BadRow as error:
            bad.append((row.number, str(error), row.cells))
    joined = join(rows, by_code)
    return Found(joined, Register(joined.estates, names, by_code), by_code, table.header, bad)


def _crs(told: str) -> Crs:
    from services.classifier.domain.places_coordinates import Crs

    try:
        return Crs(told)
    except ValueError:
        fail(f"--crs {told!r} is not known: say gcj02 or wgs84")


def _committees(file: Path | None, codes: Mapping[str, str]) -> dict[str, list[str]]:
    if file is None:
        return {}
    try:
        listed = json.loads(file.read_text(encoding="utf-8-sig"))
        assert isinstance(listed, dict)
        by_code = {codes[district]: [str(name) for name in names] for district, names in listed.items()}
    except OSError as error:
        fail(f"--committees {file} cannot be read ({error.strerror})")
    except KeyError as unknown:
        fail(f"--committees {file}: {unknown} is no sub-district of the district; write its name as in the register")
    except (ValueError, TypeError, AssertionError):
        fail(f'--committees {file} is not JSON of the form {{"SUB-DISTRICT": ["NAME", …]}} in UTF-8')
    return by_code
