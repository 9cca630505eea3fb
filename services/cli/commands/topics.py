"""`closedloop topics`: the broker's topics against the table in deploy/kafka/topics.yaml."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from services.cli.brokers import brokers_at
from services.cli.kafka_admin import Json, Kafka, administrator
from services.cli.running import DEFAULT_RUN_DIR, RunDir

if TYPE_CHECKING:
    from services.contracts.topics import Topic

app = typer.Typer(help="Create and check the topics of deploy/kafka/topics.yaml.", no_args_is_help=True)


@app.command()
def apply(kafka: Kafka, as_json: Json = False, run_dir: RunDir = DEFAULT_RUN_DIR) -> None:
    """Create missing topics and correct settings. Never deletes; exits 1 if a number of partitions differs.

    Example: closedloop topics apply --kafka 127.0.0.1:9092
    """
    from services.chassis.messaging.topic_admin import apply_topics

    wanted = _wanted(kafka, run_dir)
    with administrator(brokers_at(kafka)) as admin:
        done = apply_topics(admin, wanted)
    if as_json:
        typer.echo(json.dumps({"created": done.created, "altered": [asdict(change) for change in done.altered]}))
        return
    for name in done.created:
        typer.echo(f"created {name}")
    for change in done.altered:
        typer.echo(f"altered {change.topic}: {change.setting} {change.found} -> {change.wanted}")
    typer.echo(f"{len(wanted)} topics as in the table")


@app.command()
def check(kafka: Kafka, as_json: Json = False, run_dir: RunDir = DEFAULT_RUN_DIR) -> None:
    """Print each difference; exits 1 if there is any.

    The embedded broker of the stack in --run-dir has fewer partitions on purpose, and is compared with those.

    Example: closedloop topics check --kafka 127.0.0.1:9092
    """
    from services.chassis.messaging.topic_admin import check_topics

    wanted = _wanted(kafka, run_dir)
    with administrator(brokers_at(kafka)) as admin:
        differences = check_topics(admin, wanted)
    if as_json:
        typer.echo(json.dumps({"differences": [asdict(difference) for difference in differences]}))
    else:
        for difference in differences:
            typer.echo(str(difference))
        typer.echo(f"{len(wanted)} topics checked, {len(differences)} differences")
    if differences:
        raise typer.Exit(1)


def _wanted(bootstrap: str, run_dir: Path) -> list[Topic]:
    """The table, or what the stack in `run_dir` has made of it, if that is its broker."""
    from services.contracts.topics import topic_table
    from services.localstack.run_directory import read_state
    from services.localstack.stack import topics_on

    state = read_state(run_dir)
    if state and state["kafka"]["bootstrap"] == bootstrap:
        return topics_on(state["kafka"]["flavour"])
    return list(topic_table().topics.values())
