"""`closedloop register parts`: flats and shops of the registered estates, with areas and owners."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.problems import fail
from services.cli.registering import NotTaken, RegisterClient, Token, Url, register_client
from services.cli.running import DEFAULT_RUN_DIR, RunDir, running_stack, term_key

if TYPE_CHECKING:
    from services.cli.importing.table import Table
    from services.projects.jobs.register.parts_file import RejectedPart


def import_parts(
    file: Annotated[
        Path, typer.Argument(help="CSV or XLSX with the columns part_id, estate, building, hallway, area_m2, owner.")
    ],
    rejects: Annotated[
        Path | None,
        typer.Option(
            "--rejects",
            metavar="FILE",
            help="Where to write rejected rows with the reason; by default NAME.rejected.csv in this folder.",
        ),
    ] = None,
    url: Url = None,
    token: Token = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    run_dir: RunDir = DEFAULT_RUN_DIR,
) -> None:
    """Give registered estates their parts. An estate is taken whole or not at all; the same file again changes nothing.

    Owners leave this command as keyed hashes alone. Run it again if it was stopped: it goes on where it was.

    Example: closedloop register parts parts.csv
    """
    import httpx

    from services.cli.importing.progress import Advance
    from services.cli.importing.table import Unreadable, open_table
    from services.projects.jobs.consultation.columns import ListedRow
    from services.projects.jobs.register.parts_file import CutShort, is_header, lacking, read_parts

    try:
        table = open_table(file, is_header=is_header)
    except Unreadable as error:
        fail(f"{file}: {error}")
    if missing := lacking(table.header):
        fail(f"{file}: the column {' and '.join(missing)} is missing; the columns are {', '.join(table.header)}")
    key = term_key(run_dir)
    changed = taken = 0
    with register_client(None if url else running_stack(run_dir), url, token) as client:
        register = RegisterClient(client)
        try:
            rows = (ListedRow(row.number, row.cells, row.fault, row.cut) for row in table.rows())
            read = read_parts(table.header, rows, register.ids_by_name(), key)
            with Advance(sum(map(len, read.parts.values()))) as advance:
                for estate_id, parts in sorted(read.parts.items()):
                    new, faults = register.put_parts(estate_id, [part.body for part in parts])
                    if faults:
                        read.reject(estate_id, faults)
                    else:
                        changed, taken = changed + new, taken + len(parts)
                    advance.by(len(parts))
        except CutShort as error:
            fail(f"{file}: {error}")
        except (NotTaken, httpx.HTTPError) as error:
            fail(f"stopped after {taken} parts: {error or type(error).__name__}. Run the same command again to go on.")
    report = {
        "rows": table.total,
        "parts": taken,
        "estates": len(read.parts),
        "changed": changed,
        "rejects": len(read.rejects),
    }
    target = rejects or Path(f"{file.stem}.rejected.csv")
    if read.rejects:
        _write(target, table, read.rejects)
    if as_json:
        typer.echo(json.dumps(report))
    else:
        typer.echo("{rows:,} rows: {parts:,} parts of {estates:,} estates, {changed:,} of them changed; "
                   "{rejects:,} rows rejected".format(**report))  # fmt: skip
        for one in sorted(read.rejects)[:20]:
            typer.echo(f"  row {one.row} rejected: {one.why}")
    if not taken:
        fail(f"{file}: not one estate was taken")


def _write(target: Path, table: Table, rejects: Iterable[RejectedPart]) -> None:
    """Readable by its owner alone, since owners stand in it."""
    from services.cli.importing.cells import safe
    from services.cli.importing.register_words import COLUMN, in_chinese

    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8-sig", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(("rejected_row", "rejected_reason", COLUMN, *map(safe, table.header)))
        rows.writerows((one.row, *map(safe, (one.why, in_chinese(one.why), *one.cells))) for one in sorted(rejects))
