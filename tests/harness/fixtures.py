"""Real servers for tests: PostgreSQL once a session with a database as new for each test, a broker once a module."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from services.chassis.clock import VirtualClock
from services.localstack.embedded_broker import EmbeddedBroker
from services.localstack.postgres import EmbeddedPostgres
from services.localstack.stack import Stack
from tests.harness.databases import Database, Databases, execute
from tests.harness.emptying import Template
from tests.harness.folders import Folders
from tests.harness.workshops import Workshops

NewDatabase = Callable[..., str]
NewStack = Callable[..., Stack]
StartTimed = Callable[..., Stack]
NewFolder = Callable[..., Path]
Report = Callable[[str], None]


@pytest.fixture(scope="session")
def report(request: pytest.FixtureRequest) -> Report:
    """Prints a line in spite of pytest's capturing; as an error, for a worker's standard output goes nowhere."""
    capture = request.config.pluginmanager.getplugin("capturemanager")

    def print_line(line: str) -> None:
        with capture.global_and_fixture_disabled():
            print(f"\n{line}", file=sys.stderr, flush=True)

    return print_line


@pytest.fixture(scope="session")
def new_folder() -> Iterator[NewFolder]:
    """Makes folders for servers; with `in_memory=True` their data are in memory if there is enough of it."""
    folders = Folders()
    yield folders.new
    folders.remove_data()


@pytest.fixture(scope="session")
def postgres(new_folder: NewFolder) -> Iterator[EmbeddedPostgres]:
    """The session's PostgreSQL. A test that stops or freezes it starts or thaws it again."""
    folder = new_folder(in_memory=True)
    server = EmbeddedPostgres(folder / "postgres", folder / "postgres.log")
    server.start_and_wait()
    execute(server, "ALTER SYSTEM SET autovacuum = off")  # what is emptied after each test has nothing to vacuum
    execute(server, "SELECT pg_reload_conf()")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def databases(postgres: EmbeddedPostgres) -> Databases:
    return Databases(postgres)


@pytest.fixture
def new_database(databases: Databases) -> Iterator[NewDatabase]:
    """Lends databases to this test: `new_database()` an empty one, `new_database("intake")` a migrated one.

    Further arguments are statements that fill it. Returns the URL (of the superuser).
    """
    lent: list[tuple[Database, Template]] = []

    def new(service: str | None = None, *filled_by: str) -> str:
        template = databases.template(service, filled_by)
        lent.append((databases.lend(template), template))
        return lent[-1][0].url

    yield new
    for database, template in lent:
        databases.take_back(database, template)


@pytest.fixture(scope="session")
def workshops(databases: Databases) -> Iterator[Workshops]:
    made = Workshops(databases)
    yield made
    made.close()


@pytest.fixture
def database_url(new_database: NewDatabase) -> str:
    """An empty database of this test's own."""
    return new_database()


@pytest.fixture(scope="module")
def embedded_broker(new_folder: NewFolder) -> Iterator[EmbeddedBroker]:
    """A broker of this module's own, without topics, its log empty."""
    broker = EmbeddedBroker(new_folder() / "broker.log")
    broker.start_and_wait()
    yield broker
    broker.stop()


@pytest.fixture(scope="module")
def new_stack(new_folder: NewFolder) -> Iterator[NewStack]:
    """Makes stacks which end with the module. Arguments are `Stack`'s; it is not started yet."""
    made: list[Stack] = []

    def new(**options: Any) -> Stack:
        stack = Stack(new_folder(in_memory=True), **options)
        made.append(stack)
        print(f"a stack in {stack.run_dir}")
        return stack

    yield new
    for stack in made:
        stack.stop()


@pytest.fixture
def clock(tmp_path: Path) -> VirtualClock:
    """What the services of `start_timed` take the time from; a test moves it on."""
    return VirtualClock(tmp_path / "clock")


@pytest.fixture
def start_timed(new_stack: NewStack, clock: VirtualClock, tmp_path: Path) -> StartTimed:
    """`start_timed(begin, NAME=value)`: the whole system at the time `begin`, with these settings for each service."""

    def start(begin: datetime, **settings: str) -> Stack:
        clock.set(begin)
        stack = new_stack()
        for variables in stack.environment.values():
            variables |= {"CLOCK_FILE": str(tmp_path / "clock"), **settings}
        stack.start()
        return stack

    return start


@pytest.fixture(scope="module")
def stack(new_stack: NewStack) -> Stack:
    """The whole system on the embedded broker, one for all tests of the module."""
    stack = new_stack()
    stack.start()
    return stack


@pytest.fixture(scope="module")
def apache_stack(new_stack: NewStack) -> Stack:
    """The whole system on Apache Kafka, one for all tests of the module."""
    stack = new_stack(kafka="apache")
    stack.start()
    return stack
