"""`closedloop reclassify`: the texts that are kept, read again by the model in use."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from services.cli.brokers import brokers_at, brokers_of
from services.cli.commands.train import DEFAULT_MODELS, Models
from services.cli.problems import fail
from services.cli.running import DEFAULT_RUN_DIR, RunDir, running_stack, term_key


def reclassify(
    since: Annotated[datetime, typer.Option(help="Only tickets received since then (Shanghai time).")],
    kafka: Annotated[
        str | None,
        typer.Option("--kafka", metavar="HOST:PORT", help="The broker, instead of the stack's in --run-dir."),
    ] = None,
    rate: Annotated[float, typer.Option(min=0.1, max=10_000, help="The most events to publish in a second.")] = 50.0,
    jurisdiction: Annotated[str, typer.Option(help="The district's six digits.")] = "310109",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    models: Models = DEFAULT_MODELS,
    run_dir: RunDir = DEFAULT_RUN_DIR,
) -> None:
    """Publish a new classification for each text that the model in use reads differently from before.

    No dispatched ticket moves because of it, and people's decisions stand. A run that was stopped continues where it
    was when the same command is run again. Texts are kept for 30 days, so older tickets stay as they are.

    CLOSEDLOOP_FINGERPRINT_KEY is that of the running classifier; for the stack in --run-dir it may be left out.

    Example: closedloop reclassify --since 2026-11-01
    """
    from zoneinfo import ZoneInfo

    from services.classifier.jobs.job import JobFailed
    from services.classifier.jobs.reclassify import reclassify as read_again

    brokers = brokers_of(running_stack(run_dir)) if kafka is None else brokers_at(kafka)
    begin = since if since.tzinfo else since.replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    try:
        done = read_again(models, term_key(run_dir), brokers, since=begin, rate=rate, jurisdiction=jurisdiction)
    except JobFailed as error:
        fail(str(error))
    typer.echo(
        json.dumps(asdict(done))
        if as_json
        else f"{done.model} read {done.read:,} texts, {done.published:,} of them differently from before"
    )
