"""`closedloop officers`: the people at units who are notified by name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.problems import fail
from services.cli.running import DEFAULT_RUN_DIR, PATIENCE_S, RunDir, bearer, running_stack, service_of

if TYPE_CHECKING:
    import httpx

    from services.cli.importing.table import Table

COLUMNS = ("unit", "post", "name")
WAY = ("channel", "address")
app = typer.Typer(help="The people at units who are notified by name.", no_args_is_help=True)


@app.command("import")
def import_officers(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV or XLSX with the columns unit, post, name, and optionally language, channel, address. One row "
            "per channel; several rows of one officer are tried in their order."
        ),
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check and count all as notifier would; change nothing.")
    ] = False,
    url: Annotated[
        str | None, typer.Option(help="The address of notifier, instead of the stack's in --run-dir.")
    ] = None,
    token: Annotated[
        str | None, typer.Option(envvar="CLOSEDLOOP_TOKEN", show_envvar=True, help="A token with role hub, for --url.")
    ] = None,
    run_dir: RunDir = DEFAULT_RUN_DIR,
) -> None:
    """Replace the officers of the units that the file names. A file with a fault changes nothing.

    Example: closedloop officers import duty-roster.csv --dry-run
    """
    rows = _rows(_opened(file))
    officers, numbers = _officers(rows)
    if not officers:
        fail(f"{file}: holds no officer; write one row per channel below the header")
    with _client(url, token, run_dir) as notifier:
        answer = notifier.post("/officers/batch", params={"dry_run": dry_run}, json={"officers": officers})
    if answer.status_code == 422:
        for error in answer.json()["errors"]:
            typer.echo(f"  {_place(error['field'], numbers)}: {error['message']} ({error['remedy']})")
        fail(f"{file}: nothing was taken; correct the rows above")
    if answer.status_code != 200:
        fail(f"notifier answered {answer.status_code}: {answer.text[:500]}")
    if dry_run:
        counts = "{added} officers would be new, {kept} stay, {removed} would be removed; nothing was changed"
    else:
        counts = "{added} officers are new, {kept} stay, {removed} are removed"
    typer.echo(counts.format(**answer.json()))


def _opened(file: Path) -> Table:
    from services.cli.importing.table import Unreadable, open_table

    try:
        table = open_table(file, is_header=set(COLUMNS).issubset)
    except Unreadable as error:
        fail(f"{file}: {error}")
    if missing := [name for name in COLUMNS if name not in table.header]:
        lacks = f"the column {missing[0]} is" if len(missing) == 1 else f"the columns {', '.join(missing)} are"
        fail(f"{file}: {lacks} missing; its first row has {', '.join(table.header)}: add to it")
    return table


def _rows(table: Table) -> list[tuple[int, dict[str, str]]]:
    rows = []
    for row in table.rows():
        if row.fault or row.cut:
            fail(f"row {row.number}: {row.fault or 'ends in the middle'}; nothing was taken: correct it")
        rows.append((row.number, dict(zip(table.header, map(str.strip, row.cells), strict=False))))
    return rows


def _officers(rows: list[tuple[int, dict[str, str]]]) -> tuple[list[dict[str, Any]], list[int]]:
    """The officers in the order of their first rows, and the numbers of those rows."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    numbers = []
    for number, row in rows:
        key = tuple(row.get(name, "") for name in COLUMNS)
        if key not in found:
            language = {"language": row["language"]} if row.get("language") else {}
            found[key] = {**dict(zip(COLUMNS, key, strict=True)), **language, "ways": []}
            numbers.append(number)
        if any(row.get(name) for name in WAY):
            found[key]["ways"].append({name: row.get(name, "") for name in WAY})
    return list(found.values()), numbers


def _place(field: str, numbers: list[int]) -> str:
    """`body.officers.3.name` is the name of the fourth officer, who begins in some row."""
    parts = field.removeprefix("body.officers.").split(".")
    if not parts[0].isdigit():
        return field
    return f"row {numbers[int(parts[0])]}: {parts[-1]}"


def _client(url: str | None, token: str | None, run_dir: Path) -> httpx.Client:
    import httpx

    from services.chassis.web.patience import PatientTransport

    transport = PatientTransport(httpx.HTTPTransport(), PATIENCE_S)
    if url is not None:
        return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token or ''}"}, transport=transport)
    state = running_stack(run_dir)
    address = str(service_of(state, "notifier")["url"])
    return httpx.Client(base_url=address, headers=bearer(state, "hub"), timeout=60, transport=transport)
