"""`closedloop tell --dry-run`: which message a caller would get."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from services.cli.problems import fail
from services.cli.running import DEFAULT_RUN_DIR, RunDir, client, running_stack, service_of


def tell(
    ticket: Annotated[str, typer.Argument(metavar="TICKET", help="The id of a ticket.")],
    occasion: Annotated[str, typer.Argument(metavar="OCCASION", help='As in occasions.yaml: answered, "done again" …')],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show it; steps send messages.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    run_dir: RunDir = DEFAULT_RUN_DIR,
) -> None:
    """Show which message the caller of a ticket would get on an occasion, by which channel and when, or why none.

    Nothing is sent and nothing is kept.

    Example: closedloop tell --dry-run 0b5f6c1e-9d5c-4f0c-8e2f-3a7d0c2b9e11 answered
    """
    if not dry_run:
        fail("callers are notified by the steps of their tickets; to see which message they would get, give --dry-run")
    state = running_stack(run_dir)
    asked = f"{service_of(state, 'intake')['url']}/tickets/{ticket}/tellings/dry-run"
    with client(state, "hub") as hub:
        answer = hub.get(asked, params={"occasion": occasion})
    if answer.status_code != 200:
        fail(f"intake answered {answer.status_code}: {answer.text}")
    telling = answer.json()
    typer.echo(json.dumps(telling, ensure_ascii=False) if as_json else "\n".join(_lines(telling)))


def _lines(telling: dict[str, Any]) -> list[str]:
    how = (
        f"by {telling['way']}, not before {telling['not_before']}"
        if telling["way"]
        else f"no message: {telling['cause']}"
    )
    return [f"{telling['occasion']}: {how}", *(telling["words"] or {}).values()]
