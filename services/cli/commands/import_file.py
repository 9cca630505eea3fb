"""`closedloop import`: tickets out of a table."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from services.cli.problems import fail
from services.cli.running import DEFAULT_RUN_DIR, RunDir, bearer, running_stack, service_of


class ImportMode(StrEnum):
    LIVE = "live"
    HISTORY = "history"


def import_file(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV (UTF-8, UTF-16, GB18030; any usual delimiter) or XLSX, whatever its name. The header may stand "
            "below titles."
        ),
    ],
    mode: Annotated[
        ImportMode,
        typer.Option(help="live: tickets like any other. history: the past, for detection and comparison only."),
    ],
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="COLUMN=FIELD",
            help="Which column is which field, where its header is not known. May be repeated. Fields: source_id, "
            "text, title, address, occurred_at, phone, email, caller_id (any other name of a caller at the source), "
            "name. COLUMN=- leaves a column out.",
        ),
    ] = None,
    source: Annotated[
        str, typer.Option(help="The system the source_ids come from: the same source and id is always the same ticket.")
    ] = "file",
    rejects: Annotated[
        Path | None,
        typer.Option(
            "--rejects",
            metavar="FILE",
            help="Where to write rejected rows with the reason; by default NAME.rejected.csv in this folder.",
        ),
    ] = None,
    time_format: Annotated[
        str | None,
        typer.Option(
            metavar="FORMAT",
            help="How times are written that could be read in two ways, such as '%m/%d/%Y %I:%M:%S %p' for "
            "03/05/2026 12:09:38 PM (the codes of strptime).",
        ),
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="The file's encoding, if it is not detected.")] = None,
    sheet: Annotated[
        str | None, typer.Option(help="The workbook's sheet; by default the first visible one with these columns.")
    ] = None,
    url: Annotated[str | None, typer.Option(help="Intake's address, instead of the stack's in --run-dir.")] = None,
    token: Annotated[
        str | None, typer.Option(envvar="CLOSEDLOOP_TOKEN", show_envvar=True, help="A token with role hub, for --url.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    run_dir: RunDir = DEFAULT_RUN_DIR,
) -> None:
    """Send the rows of a CSV or XLSX file to intake. May be repeated: a row that was imported before stays one ticket.

    Times without a zone are Shanghai time. A phone that is missing or masked makes an anonymous call. Rejected rows
    are written to a file with the reason: correct them there and import that file.

    Example: closedloop import calls.csv --mode live --map 诉求人=caller_id --source city-hotline
    """
    import httpx

    from services.cli.importing.columns import BadMapping, makes_tickets, map_columns
    from services.cli.importing.progress import Advance
    from services.cli.importing.rejects import Rejects
    from services.cli.importing.run import ImportOutcome, send_rows
    from services.cli.importing.sending import Intake, Stopped
    from services.cli.importing.summary import ImportReport, not_read
    from services.cli.importing.table import Unreadable, open_table
    from services.cli.importing.tickets import TicketReader
    from services.cli.importing.times import layout_fault

    if time_format is not None and (fault := layout_fault(time_format)):
        fail(f"--time-format {time_format!r} cannot be used: {fault}")
    mapping = columns or ()
    try:
        table = open_table(
            file, encoding=encoding, sheet=sheet, is_header=lambda header: makes_tickets(header, mapping)
        )
        fields = map_columns(table.header, mapping)
    except (Unreadable, BadMapping) as error:
        fail(f"{file}: {error}")
    tickets = TicketReader(table.header, fields, time_format)
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
    if fault := tickets.time_fault(table.rows()):
        typer.echo(f"{file}: not one time can be read ({fault}). Name their order with --time-format.", err=True)
    outcome, stopped = ImportOutcome(), None
    with httpx.Client(base_url=address, timeout=60) as client, reject_file, Advance(table.total) as advance:
        intake = Intake(client, headers, source=source, mode=mode)
        try:
            send_rows(table, tickets, intake, reject_file, advance, outcome)
        except Stopped as error:
            stopped = str(error)
    skipped = not_read(table, fields.values())
    report = ImportReport(outcome, advance.seconds, target, skipped, tickets.nobody, tickets.unreadable)
    typer.echo(json.dumps(report.as_data(), ensure_ascii=False) if as_json else report.as_text())
    if stopped is not None:
        fail(f"stopped after {outcome.rows} of {table.total} rows: {stopped}. Run the same command again to continue.")
    if not outcome.received + outcome.repeated:
        fail(f"{file}: not one row was taken")


def _intake(url: str | None, token: str | None, run_dir: Path) -> tuple[str, Callable[[], dict[str, str]]]:
    """Intake's address, and the header that authorises this command."""
    if url is not None:
        if not url.startswith(("http://", "https://")):
            fail(f"--url {url!r} is no address: give http://HOST:PORT or https://HOST:PORT")
        if token is None:
            fail("--url needs a token with the role hub: give --token, or better CLOSEDLOOP_TOKEN")
        return url, lambda: {"Authorization": f"Bearer {token}"}
    state = running_stack(run_dir)
    minted: tuple[float, dict[str, str]] | None = None

    def fresh() -> dict[str, str]:
        """A token of the demo's issuer is valid for an hour; half of it is used."""
        nonlocal minted
        if minted is None or time.monotonic() > minted[0] + 1800:
            minted = time.monotonic(), bearer(state, "hub")
        return minted[1]

    return str(service_of(state, "intake")["url"]), fresh
