"""`closedloop import`: tickets out of a table."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from services.cli.problems import fail
from services.cli.running import DEFAULT_RUN_DIR, RunDir, bearer, running_stack, service_of

SUMMARY = (
    "{rows:,} rows: {received:,} received, {repeated:,} repeated, {rejected:,} rejected; "
    "{seconds} s, {rows_per_s:,} rows/s"
)


class Mode(StrEnum):
    LIVE = "live"
    HISTORY = "history"


def import_file(
    file: Annotated[Path, typer.Argument(help="CSV (UTF-8, UTF-16, GB18030; any usual delimiter) or XLSX.")],
    mode: Annotated[
        Mode,
        typer.Option(help="live: tickets like any other. history: the past, for detection and comparison alone."),
    ],
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="COLUMN=FIELD",
            help="Which column is which field, where its header does not tell. May be repeated. Fields: source_id, "
            "text, title, address, occurred_at, phone, caller_id (any other name of a caller at the source), name.",
        ),
    ] = None,
    source: Annotated[
        str, typer.Option(help="Whose ids the source_ids are: the same source and id is the same ticket for ever.")
    ] = "file",
    rejects: Annotated[
        Path | None,
        typer.Option(
            "--rejects",
            metavar="FILE",
            help="Where rows go that are not taken; NAME.rejected.csv in this folder, if not said.",
        ),
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="The file's, where it is not found out.")] = None,
    sheet: Annotated[str | None, typer.Option(help="The workbook's sheet, if not the first.")] = None,
    url: Annotated[str | None, typer.Option(help="Intake's address, instead of the stack's in --run-dir.")] = None,
    token: Annotated[
        str | None, typer.Option(envvar="CLOSEDLOOP_TOKEN", show_envvar=True, help="A token with role hub, for --url.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    run_dir: RunDir = DEFAULT_RUN_DIR,
) -> None:
    """Send the rows of a CSV or XLSX file to intake. May be run again: a row that is there already stays one ticket.

    Times without a zone are Shanghai's. Rows that are not taken go to a file with the reason; correct it there and
    import that file.

    Example: closedloop import calls.csv --mode live --map 诉求人=caller_id --source city-hotline
    """
    import httpx

    from services.cli.importing.columns import BadMapping, map_columns
    from services.cli.importing.progress import Advance
    from services.cli.importing.rejects import Rejects
    from services.cli.importing.run import Outcome, send_rows
    from services.cli.importing.sending import Intake, Stopped
    from services.cli.importing.table import Unreadable, open_table
    from services.cli.importing.tickets import Tickets

    try:
        table = open_table(file, encoding=encoding, sheet=sheet)
        tickets = Tickets(table.header, map_columns(table.header, columns or ()))
    except (Unreadable, BadMapping) as error:
        fail(f"{file}: {error}")
    if not table.total:
        fail(f"{file}: holds no row, only the header {', '.join(table.header)}")
    address, headers = _intake(url, token, run_dir)
    target = rejects or Path(f"{file.stem}.rejected.csv")
    if target.exists() and target.samefile(file):
        fail(f"--rejects {target} is the file itself: name another")
    try:
        reject_file = Rejects(target, table.header)
    except OSError as error:
        fail(f"--rejects {target} cannot be written ({error.strerror}): name another place")
    outcome, stopped = Outcome(), None
    with httpx.Client(base_url=address, timeout=60) as client, reject_file, Advance(table.total) as advance:
        intake = Intake(client, headers, source=source, mode=mode)
        try:
            send_rows(table, tickets, intake, reject_file, advance, outcome)
        except Stopped as error:
            stopped = str(error)
    report = {
        **asdict(outcome),
        "seconds": round(advance.seconds, 2),
        "rows_per_s": round(advance.rate, 1),
        "reject_file": str(target) if outcome.rejected else None,
    }
    typer.echo(json.dumps(report, ensure_ascii=False) if as_json else SUMMARY.format(**report))
    if outcome.rejected and not as_json:
        typer.echo(f"rows that were not taken, and why: {target}")
    if stopped is not None:
        fail(f"stopped after {outcome.rows} of {table.total} rows: {stopped}. Run the same again to go on.")
    if not outcome.received + outcome.repeated:
        fail(f"{file}: not one row was taken")


def _intake(url: str | None, token: str | None, run_dir: Path) -> tuple[str, Callable[[], dict[str, str]]]:
    """Where intake is, and the header that lets this command in."""
    if url is not None:
        if not url.startswith(("http://", "https://")):
            fail(f"--url {url!r} is no address: give http://HOST:PORT or https://HOST:PORT")
        if token is None:
            fail("--url needs a token with the role hub: give --token, or better CLOSEDLOOP_TOKEN")
        return url, lambda: {"Authorization": f"Bearer {token}"}
    state = running_stack(run_dir)
    minted: tuple[float, dict[str, str]] | None = None

    def fresh() -> dict[str, str]:
        """A token of the demo's issuer lives for an hour; half of it is used."""
        nonlocal minted
        if minted is None or time.monotonic() > minted[0] + 1800:
            minted = time.monotonic(), bearer(state, "hub")
        return minted[1]

    return str(service_of(state, "intake")["url"]), fresh
