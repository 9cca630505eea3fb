"""Real servers for tests: PostgreSQL once a session with a fresh database a test, a broker once a module."""

from __future__ import annotations

import itertools
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from psycopg import sql

from services.cli.local.embedded_broker import EmbeddedBroker
from services.cli.local.postgres import EmbeddedPostgres, connect
from services.cli.local.stack import Stack

NewDatabase = Callable[..., str]
NewStack = Callable[..., Stack]
NewFolder = Callable[[], Path]

ROOT = Path(__file__).parents[2] / "var" / "test"
DATA = ("postgres", "kafka")


@pytest.fixture(scope="session")
def new_folder() -> Iterator[NewFolder]:
    """Makes folders for servers below var/test, where their logs stay. What servers keep in DATA goes in the end.

    Not pytest's own: it takes other users' rights on those away while PostgreSQL runs in them as another user.
    """
    ROOT.mkdir(parents=True, exist_ok=True)
    session = Path(tempfile.mkdtemp(prefix=time.strftime("%m%d-%H%M%S-"), dir=ROOT))

    def new() -> Path:
        folder = session / str(next(_numbers))
        folder.mkdir()
        return folder

    yield new
    for data in (path for name in DATA for path in session.glob(f"*/{name}")):
        shutil.rmtree(data, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(new_folder: NewFolder) -> Iterator[EmbeddedPostgres]:
    """The session's PostgreSQL. A test that stops or freezes it starts or thaws it again."""
    folder = new_folder()
    server = EmbeddedPostgres(folder / "postgres", folder / "postgres.log")
    server.start_and_wait()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def _templates() -> dict[str, str]:
    return {}


@pytest.fixture
def new_database(postgres: EmbeddedPostgres, _templates: dict[str, str]) -> Iterator[NewDatabase]:
    """Makes databases of this test's own: `new_database()` an empty one, `new_database("intake")` a migrated one.

    Returns the URL (of the superuser). Migrations run once a session; each test gets a copy.
    """
    made: list[str] = []

    def new(service: str | None = None) -> str:
        template = "template1" if service is None else _template(postgres, _templates, service)
        name = f"test_{next(_numbers)}"
        _create(postgres, name, template)
        made.append(name)
        return postgres.url(name)

    yield new
    with connect(postgres.url("postgres")) as connection:
        for name in made:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


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


_numbers = itertools.count(1)


def _template(postgres: EmbeddedPostgres, templates: dict[str, str], service: str) -> str:
    if service not in templates:
        from services.chassis.migrate import migrate

        name = f"template_{service}"
        _create(postgres, name, "template1")
        migrate(service, postgres.url(name))
        templates[service] = name
    return templates[service]


def _create(postgres: EmbeddedPostgres, name: str, template: str) -> None:
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    with connect(postgres.url("postgres")) as connection:
        connection.execute(statement)


@pytest.fixture(scope="module")
def new_stack(new_folder: NewFolder) -> Iterator[NewStack]:
    """Makes stacks which end with the module. Arguments are `Stack`'s; it is not started yet."""
    made: list[Stack] = []

    def new(**told: Any) -> Stack:
        stack = Stack(new_folder(), **told)
        made.append(stack)
        print(f"a stack in {stack.run_dir}")
        return stack

    yield new
    for stack in made:
        stack.stop()


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
