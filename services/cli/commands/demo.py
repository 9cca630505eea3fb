"""`closedloop demo`: three years of a synthetic district in minutes, from the first call to the proven cure."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from services.cli.problems import fail

FOLDER = Path("var/demo")


def demo(
    seed: Annotated[int, typer.Option(help="Another seed makes another district: other estates, people and days.")] = 1,
    months: Annotated[int, typer.Option(help="How many months to play, in virtual time.", min=1, max=46)] = 40,
    no_faults: Annotated[bool, typer.Option("--no-faults", help="Control: no faults, so no findings.")] = False,
    no_cure: Annotated[bool, typer.Option("--no-cure", help="Control: no repair helps, so no cure.")] = False,
    report: Annotated[Path, typer.Option(help="Where to write the report, one HTML file.")] = Path("report.html"),
    as_json: Annotated[bool, typer.Option("--json", help="Print only the closing JSON line.")] = False,
) -> None:
    """Play a synthetic district through all services, with a fast clock, and write a report.

    Exits 1 if a ticket was lost or doubled, a fault missed, an alarm false, or a message to a caller sent twice or
    neither sent nor explained.

    Example: closedloop demo --seed 7
    """
    import shutil
    import tempfile

    import httpx
    from rich.console import Console

    from demo.interfaces import Refused
    from demo.play import Script
    from demo.quiet import NeverQuiet
    from demo.run import perform
    from demo.scene import SceneFailed, all_scenes
    from demo.screen import live_screen, plain_lines, silence
    from demo.story import all_stories
    from services.localstack.processes import StartFailed

    if not os.access(report.parent, os.W_OK):
        fail(f"--report {report}: {report.parent} is no folder that can be written to; name another")
    script = Script(seed, months, not no_faults, not no_cure, all_stories(), all_scenes())
    audience = silence if as_json else live_screen if Console().is_terminal else plain_lines
    if not as_json:
        typer.echo("Starting a broker, a database and the four services …", err=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=FOLDER))
    folder.chmod(0o755)  # the database runs as a user of its own
    try:
        figures = perform(script, folder, report, audience)
    except (StartFailed, Refused, NeverQuiet, SceneFailed, httpx.HTTPError) as failure:
        fail(f"{failure or type(failure).__name__}\nThe services' logs are in {folder / 'logs'}.")
    shutil.rmtree(folder, ignore_errors=True)
    typer.echo(json.dumps(figures, ensure_ascii=False))
    wrong = [figures[name] for name in ("lost", "duplicated", "missed", "false_alarms")]
    if any(wrong) or any(figures["messages"][name] for name in ("doubled", "unexplained")):
        raise typer.Exit(1)
