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
    from datetime import timedelta

    from sqlalchemy import create_engine, make_url
    from sqlalchemy.exc import ArgumentError, SQLAlchemyError

    from services.contracts.data_files import InvalidData
    from services.projects.adapters.history import history
    from services.projects.adapters.rules_file import FILE, load_rules
    from services.projects.app.whatif import compare
    from services.projects.app.whatif_words import as_json as as_data
    from services.projects.app.whatif_words import told
    from services.projects.domain.months import ZONE
    from services.projects.domain.rules import book_of

    try:
        now, then = load_rules(against or FILE).newest, load_rules(rules).newest
    except InvalidData as error:
        fail(str(error))
    first, last = begin.replace(tzinfo=ZONE), end.replace(tzinfo=ZONE) + timedelta(days=1)
    if first >= last:
        fail(f"--from {begin.date()} is after --to {end.date()}: give the earlier day first")
    url = database or running_stack(run_dir)["databases"]["projects"]
    reach = max(book_of(one).reach_days for one in (now, then))
    try:
        engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
        found = compare(history(engine, first - timedelta(days=reach), last), now, then, first, last)
    except ArgumentError:
        fail("--database is no URL: give postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
    except SQLAlchemyError as error:
        fail(f"the database of projects cannot be read: {getattr(error, 'orig', error)}")
    if as_json:
        typer.echo(json.dumps(as_data(found, now, then), ensure_ascii=False))
        return
    for line in told(found, now, then, first, end.replace(tzinfo=ZONE)):
        typer.echo(line)

