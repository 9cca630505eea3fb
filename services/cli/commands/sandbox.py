"""`closedloop sandbox`: generated tickets for authors of a department's program."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from services.cli.problems import fail
from services.cli.running import DEFAULT_RUN_DIR, RunDir, client, running_stack, service_of


def sandbox(
    tickets: Annotated[int, typer.Option(min=1, max=500, help="How many.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    run_dir: RunDir = DEFAULT_RUN_DIR,
) -> None:
    """Write generated tickets and their follow-ups to departments.sandbox and departments.sandbox.state.

    Every department may read them; nobody said a word of them. A reply to one is refused with the reason, on the topic
    of the department that replied.

    Example: closedloop sandbox --tickets 20
    """
    state = running_stack(run_dir)
    with client(state, "admin") as admin:
        answer = admin.post(f"{service_of(state, 'notifier')['url']}/sandbox", json={"tickets": tickets})
    if answer.status_code != 201:
        fail(f"notifier answered {answer.status_code}: {answer.text}")
    made = answer.json()
    line = f"{made['tickets']} tickets, {made['messages']} messages on departments.sandbox"
    typer.echo(json.dumps(made) if as_json else line)
