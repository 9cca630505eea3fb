"""`closedloop subscription`: announcements to subscribers about their topics."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated

import typer

from services.cli.problems import fail, said
from services.cli.running import DEFAULT_RUN_DIR, RunDir, client, running_stack, service_of

app = typer.Typer(help="Announcements to subscribers about their topics.", no_args_is_help=True)


@app.command()
def announce(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The type of a message, as in topics.yaml.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The type that takes its place.")],
    day: Annotated[
        datetime,
        typer.Option("--from", formats=["%Y-%m-%d"], help="When NEW alone is sent: in 30 days or more."),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    run_dir: RunDir = DEFAULT_RUN_DIR,
) -> None:
    """Announce on every department's topic that a message gets a new schema. Until the day both are sent.

    Example: closedloop subscription announce department.ticket_told.v1 department.ticket_told.v2 --from 2027-02-01
    """
    state = running_stack(run_dir)
    body = {"old": old, "new": new, "new_alone_from": day.date().isoformat()}
    with client(state, "admin") as admin:
        answer = admin.post(f"{service_of(state, 'notifier')['url']}/schema-changes", json=body)
    if answer.status_code != 201:
        fail(f"notifier answered {answer.status_code}: {said(answer)}")
    notified = answer.json()["told"]
    line = f"{notified} departments are notified that {new} replaces {old} from {body['new_alone_from']} on"
    typer.echo(
        json.dumps(body | {"told": notified}) if as_json else line if notified else "they had been notified before"
    )
