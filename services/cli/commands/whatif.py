"""`closedloop whatif`: what other rules would have raised."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from services.cli.problems import fail
from services.cli.running import DEFAULT_RUN_DIR, RunDir, running_stack

DAY = ["%Y-%m-%d"]


def whatif(
    rules: Annotated[Path, typer.Option(help="The rules to try: a file like services/projects/data/rules.yaml.")],
    begin: Annotated[datetime, typer.Option("--from", formats=DAY, help="First day, in the district's time.")],
    end: Annotated[datetime, typer.Option("--to", formats=DAY, help="Last day.")],
    against: Annotated[
        Path | None,
        typer.Option(
            envvar="CLOSEDLOOP_RULES_FILE",
            show_envvar=True,
            help="The rules to compare with; those that come with the service, if not said.",
        ),
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            envvar="CLOSEDLOOP_DATABASE_URL",
            show_envvar=True,
            help="The database of projects, instead of the stack's in --run-dir. It is only read.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    run_dir: RunDir = DEFAULT_RUN_DIR,
) -> None:
    """Replay stored history through other rules: what would have been raised, when, and what not.

    The newest edition of each file is tried, whatever day it begins on. Nobody decides in a replay: a problem stands
    while calls come, and an imported past counts like the present. Nothing in the live data changes.

    Example: closedloop whatif --rules stricter.yaml --from 2026-01-01 --to 2026-06-30
    """
    from sqlalchemy.exc import ArgumentError, SQLAlchemyError

    from services.contracts.data_files import InvalidData
    from services.projects.jobs.whatif.run import WhatIf

    try:
        asked = WhatIf.of(rules, against)
    except InvalidData as error:
        fail(str(error))
    if begin > end:
        fail(f"--from {begin.date()} is after --to {end.date()}: give the earlier day first")
    url = database or running_stack(run_dir)["databases"]["projects"]
    try:
        answer = asked.replay(url, begin, end)
    except ArgumentError:
        fail("--database is no URL: give postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
    except SQLAlchemyError as error:
        fail(f"the database of projects cannot be read: {getattr(error, 'orig', error)}")
    if as_json:
        typer.echo(json.dumps(answer.data(), ensure_ascii=False))
        return
    for line in answer.lines():
        typer.echo(line)
