"""`closedloop rebuild`: rebuilds a service's database from the topics alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from services.cli.brokers import brokers_at, brokers_of
from services.cli.problems import fail
from services.cli.running import DEFAULT_RUN_DIR, RunDir, running_stack, term_key


def rebuild(
    service: Annotated[str, typer.Argument(help="projects.")],
    into: Annotated[str, typer.Option(metavar="URL", help="An empty database; its tables are made.")],
    live: Annotated[
        str | None,
        typer.Option(metavar="URL", help="The live database to compare with, instead of the stack's in --run-dir."),
    ] = None,
    kafka: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="The brokers, instead of the stack's in --run-dir.")
    ] = None,
    flavour: Annotated[str, typer.Option(help="apache or embedded, with --kafka.")] = "apache",
    rules: Annotated[
        Path | None,
        typer.Option(envvar="CLOSEDLOOP_RULES_FILE", show_envvar=True, help="The rules that the service runs by."),
    ] = None,
    patience: Annotated[float, typer.Option(help="Give up after so many seconds without progress.")] = 30.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    run_dir: RunDir = DEFAULT_RUN_DIR,
) -> None:
    """Fold the topics into an empty database and prove that it equals the live one, which goes on meanwhile.

    What tickets are comes from their topics, what people decided from the service's own. Nothing is published, no
    deadline fires. Exits 1 if an aggregate differs. CLOSEDLOOP_FINGERPRINT_KEY is that of the live service; for the
    stack in --run-dir it may be left out.

    Example: closedloop rebuild projects --into postgresql://closedloop@db:5432/projects_rebuilt
    """
    from rich.console import Console
    from sqlalchemy.exc import ArgumentError, SQLAlchemyError

    from services.contracts.data_files import InvalidData
    from services.projects.jobs.rebuild.run import TOPICS, NotEmpty, rebuild_and_prove
    from services.projects.jobs.rebuild.topic_reader import Topics

    if service != "projects":
        fail(f"{service!r} cannot be rebuilt from topics; projects can")
    if live is None:
        live = str(running_stack(run_dir)["databases"]["projects"])
    brokers = brokers_of(running_stack(run_dir)) if kafka is None else brokers_at(kafka, flavour)
    console = Console(stderr=True, quiet=as_json)
    try:
        with console.status("reading the topics") as status:
            outcome = rebuild_and_prove(
                Topics(brokers, TOPICS),
                into,
                live,
                rules,
                term_key(run_dir),
                patience,
                lambda phase, events: status.update(f"{phase}: {events:,} events folded"),
            )
    except NotEmpty:
        fail("--into holds tickets already: give an empty database")
    except InvalidData as error:
        fail(str(error))
    except ArgumentError:
        fail("--into or --live is no URL: give postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
    except SQLAlchemyError as error:
        fail(f"a database cannot be used: {getattr(error, 'orig', error)}")
    different = sorted(" ".join(one) for one in outcome.different)
    if as_json:
        figures = {
            "events": outcome.events,
            "malformed": outcome.malformed,
            "seconds": round(outcome.seconds, 2),
            "events_per_s": round(outcome.events_per_s, 1),
            "aggregates": outcome.aggregates,
            "different": different,
        }
        typer.echo(json.dumps(figures))
    else:
        typer.echo(
            f"{outcome.events:,} events in {outcome.seconds:.1f} s ({outcome.events_per_s:,.0f}/s), "
            f"{outcome.malformed} no events; {outcome.aggregates:,} checksums compared, {len(different)} differ"
        )
        for one in different[:20]:
            typer.echo(f"  differs: {one}")
    if different:
        raise typer.Exit(1)
