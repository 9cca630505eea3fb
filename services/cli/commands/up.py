"""`closedloop up`: the whole system on this machine until Ctrl-C."""

from __future__ import annotations

import re
import signal
import threading
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.problems import fail
from services.cli.running import DEFAULT_RUN_DIR, RunDir

if TYPE_CHECKING:
    from rich.table import Table

    from services.localstack.stack import Stack


def _kafka(value: str) -> str:
    if value in ("embedded", "apache") or re.fullmatch(r"[^\s,:]+:\d+(,[^\s,:]+:\d+)*", value):
        return value
    raise typer.BadParameter(f"{value!r} is none of embedded, apache, HOST:PORT")


def _database(value: str) -> str:
    if value == "embedded" or value.startswith(("postgresql://", "postgresql+psycopg://")):
        return value
    raise typer.BadParameter("give embedded or postgresql://USER:PASSWORD@HOST:PORT/postgres")


def up(
    kafka: Annotated[
        str,
        typer.Option(
            metavar="embedded|apache|HOST:PORT",
            callback=_kafka,
            help="embedded: in memory, by Python alone. apache: Apache Kafka here, by Java 17 and Maven. Or your own.",
        ),
    ] = "embedded",
    database: Annotated[
        str,
        typer.Option(
            metavar="embedded|URL",
            callback=_database,
            help="embedded: PostgreSQL 18 here. Or your own server's URL, for a role that may create databases.",
        ),
    ] = "embedded",
    run_dir: RunDir = DEFAULT_RUN_DIR,
) -> None:
    """Run all four services, a broker and a database on this machine until Ctrl-C.

    Example: closedloop up --kafka apache
    """
    from rich.console import Console

    from services.chassis.settings import DEMO_ISSUER_DIRECTORY
    from services.localstack.processes import StartFailed
    from services.localstack.stack import Stack

    interrupted = _Interruption()
    stack = Stack(run_dir, kafka=kafka, database=database, issuer_directory=DEMO_ISSUER_DIRECTORY, usual_ports=True)
    console = Console()
    try:
        with console.status("starting broker, database and services"):
            stack.start()
            interrupted.raises = False
    except StartFailed as failure:
        fail(str(failure))
    except _Interrupted:
        raise typer.Exit(130) from None
    try:
        console.print(_table(stack))
        if stack.flavour == "embedded":
            console.print(
                "The embedded broker is for the demo on this machine alone: whoever is on it may read and write every "
                "topic. It stores everything in memory (tickets in progress stop with it) and has no transactions; "
                "latencies measured on it mean nothing. kcat cannot talk to it. --kafka apache runs the real one."
            )
        console.print("Ctrl-C stops all. In another terminal: closedloop send · closedloop status")
        lost = _wait(stack, interrupted.event)
    finally:
        stack.stop()
    if lost:
        fail(f"{lost} ended by itself, so everything was stopped; its log is in {run_dir / 'logs'}")


def _wait(stack: Stack, interrupted: threading.Event) -> str | None:
    """Waits until a stop is requested, or returns the name of a server that ended. (Services restart by themselves.)"""
    while not interrupted.wait(0.5):
        for server in stack.servers:
            if server.pid is None:
                return server.name
    return None


class _Interrupted(Exception):
    """A stop was requested during the start."""


class _Interruption:
    """The first SIGINT, SIGTERM or SIGHUP interrupts the start or ends the wait; later ones do not disturb the stop."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.raises = True
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        first = not self.event.is_set()
        self.event.set()
        if first and self.raises:
            raise _Interrupted


def _table(stack: Stack) -> Table:
    from rich.table import Table

    kafka = stack.state()["kafka"]
    table = Table("what", "where", title="Closed Loop 12345", caption=f"logs in {stack.run_dir / 'logs'}")
    table.add_row(kafka["title"], kafka["bootstrap"])
    if stack.postgres is not None:
        table.add_row("PostgreSQL 18 (embedded)", f"127.0.0.1:{stack.postgres.port}")
    else:
        table.add_row("PostgreSQL", "your server")
    for service in stack.services:
        table.add_row(service.name, service.url)
    return table
