"""`closedloop reclassify`: the texts that are kept, read again by the model in use."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from services.cli.problems import fail
from services.cli.running import DEFAULT_RUN_DIR, RunDir, running_stack
from services.cli.train import DEFAULT_MODELS, Models


def reclassify(
    since: Annotated[datetime, typer.Option(help="Tickets that came in since then (Shanghai time).")],
    kafka: Annotated[
        str | None,
        typer.Option("--kafka", metavar="HOST:PORT", help="The broker, instead of the stack's in --run-dir."),
    ] = None,
    rate: Annotated[float, typer.Option(min=0.1, max=10_000, help="At most so many events a second.")] = 50.0,
    jurisdiction: Annotated[str, typer.Option(help="The district's six digits.")] = "310109",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    models: Models = DEFAULT_MODELS,
    run_dir: RunDir = DEFAULT_RUN_DIR,
) -> None:
    """Publish what the model in use reads otherwise than was read before; what says the same is not published.

    Nothing that was dispatched moves by it, and what a person decided stands. Ended before its time, the same command
    goes on where it was. Texts are kept for 30 days, so older tickets stay as they are.

    Example: closedloop reclassify --since 2026-11-01
    """
    from zoneinfo import ZoneInfo

    from services.chassis.clock import SystemClock
    from services.chassis.kafka import FLAVOURS
    from services.chassis.settings import KafkaFlavour
    from services.classifier.adapters.data import reader_with
    from services.classifier.adapters.model_files import BadModel
    from services.classifier.adapters.model_store import ModelStore
    from services.classifier.adapters.reclassifying import Progress, Reclassification
    from services.classifier.adapters.topic_reading import Unreachable

    try:
        model = ModelStore(models).active().model
    except BadModel as error:
        fail(str(error))
    flavour = KafkaFlavour.APACHE
    if kafka is None:
        told = running_stack(run_dir)["kafka"]
        kafka, flavour = str(told["bootstrap"]), KafkaFlavour(told["flavour"])
    begin = since if since.tzinfo else since.replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    work = Reclassification(
        kafka,
        reader_with(model),
        SystemClock(),
        f"/{jurisdiction}/classifier",
        begin,
        rate,
        FLAVOURS[flavour].producer,
    )
    purpose = {"kafka": kafka, "since": begin.isoformat(), "model": model.version}
    try:
        done = work.run(Progress.of(Path(models) / "reclassify.json", purpose))
    except Unreachable as error:
        fail(f"{error}. Run the same again to go on.")
    report = {"read": done.read, "published": done.published, "model": model.version}
    typer.echo(
        json.dumps(report)
        if as_json
        else f"{done.read:,} texts read by {model.version}, {done.published:,} read otherwise than before"
    )
