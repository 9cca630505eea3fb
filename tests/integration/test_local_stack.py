"""The servers under every other test: they start, stop, go on with their data, stand still and wake up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from services.contracts.services import DATABASES
from services.localstack import databases
from services.localstack.brokers import answers_metadata
from services.localstack.embedded_broker import EmbeddedBroker
from services.localstack.postgres import EmbeddedPostgres, connect
from services.localstack.processes import ChildProcess, StartFailed
from tests.harness.fixtures import NewDatabase, NewFolder
from tests.harness.waiting import eventually


@pytest.fixture
def server(new_folder: NewFolder) -> Iterator[EmbeddedPostgres]:
    folder = new_folder()
    server = EmbeddedPostgres(folder / "postgres", folder / "postgres.log")
    server.start_and_wait()
    yield server
    server.stop()


def test_postgres_keeps_its_data_and_its_address_through_a_restart_and_a_crash(server: EmbeddedPostgres) -> None:
    url = server.url("postgres")
    with connect(url) as connection:
        connection.execute("CREATE TABLE kept (n int)")
    for interruption in (server.stop, server.kill):
        interruption()
        eventually(lambda: server.pid is None, within=5)
        with pytest.raises(psycopg.OperationalError):
            connect(url)
        server.start_and_wait()
        with connect(url) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_a_frozen_postgres_answers_nobody_until_it_is_thawed(server: EmbeddedPostgres) -> None:
    url = make_url(server.url("postgres")).set(drivername="postgresql").render_as_string(hide_password=False)
    server.freeze()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url, connect_timeout=2)
    server.thaw()
    psycopg.connect(url, connect_timeout=2).close()


def test_a_frozen_postgres_can_be_stopped(server: EmbeddedPostgres) -> None:
    server.freeze()
    server.stop()
    assert server.pid is None


def test_a_service_enters_its_own_database_only(server: EmbeddedPostgres) -> None:
    urls = {name: make_url(url) for name, url in databases.prepare(server.url("postgres")).items()}
    for service, own in urls.items():
        for database in urls:
            url = own.set(database=database).render_as_string(hide_password=False)
            if database == service:
                with connect(url) as connection:
                    connection.execute("CREATE TABLE mine (n int)")
            else:
                with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
                    connect(url)


def test_databases_may_be_prepared_twice_and_keep_their_rows(server: EmbeddedPostgres) -> None:
    first = databases.prepare(server.url("postgres"))
    with connect(first["intake"]) as connection:
        connection.execute("CREATE TABLE kept (n int)")
    second = databases.prepare(server.url("postgres"))
    with connect(second["intake"]) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_a_role_that_may_not_create_works_in_databases_made_for_it(server: EmbeddedPostgres) -> None:
    with connect(server.url("postgres")) as connection:
        connection.execute("CREATE ROLE plain LOGIN PASSWORD 'secret'")
    plain = make_url(server.url("postgres")).set(username="plain", password="secret")
    with pytest.raises(StartFailed, match=r"(?s)there is no database 'intake'.*may create roles and databases"):
        databases.prepare(plain.render_as_string(hide_password=False))
    with connect(server.url("postgres")) as connection:
        for service in DATABASES:
            connection.execute(f"CREATE DATABASE {service} OWNER plain")
    urls = databases.prepare(plain.render_as_string(hide_password=False))
    with connect(urls["projects"]) as connection:
        assert connection.execute("SELECT current_user::text, current_database()::text").fetchone() == (
            "plain",
            "projects",
        )


def test_a_database_that_cannot_be_reached_is_named_without_its_password() -> None:
    with pytest.raises(StartFailed) as failure:
        databases.prepare("postgresql://admin:hidden@127.0.0.1:1/postgres")
    assert "127.0.0.1:1" in str(failure.value)
    assert "hidden" not in str(failure.value)


def test_each_test_gets_an_empty_database_of_its_own(new_database: NewDatabase) -> None:
    first, second = new_database(), new_database()
    with connect(first) as connection:
        connection.execute("CREATE TABLE here (n int)")
    with connect(second) as connection, pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute("SELECT * FROM here")


def test_the_embedded_broker_stops_stands_still_and_comes_back_at_its_address(embedded_broker: EmbeddedBroker) -> None:
    bootstrap = embedded_broker.bootstrap
    embedded_broker.stop()
    assert not answers_metadata(bootstrap)
    embedded_broker.start_and_wait()
    embedded_broker.freeze()
    assert not answers_metadata(bootstrap)
    embedded_broker.thaw()
    assert answers_metadata(bootstrap)


def test_a_child_that_is_killed_comes_back_and_stays_away_once_stopped(tmp_path: Path) -> None:
    child = ChildProcess("sleeper", ["sleep", "600"], tmp_path / "log", restart=True)
    child.start()
    first = child.pid
    child.kill()
    eventually(lambda: child.pid not in (None, first), within=5)
    child.stop()
    assert child.pid is None
    assert child.restarts == 1


def test_a_child_that_ignores_sigterm_is_killed_in_time(tmp_path: Path) -> None:
    deaf = "trap '' TERM; echo deaf; while :; do sleep 1; done"
    child = ChildProcess("stubborn", ["sh", "-c", deaf], tmp_path / "log")
    child.stop_limit_s = 0.3
    child.start()
    eventually(lambda: (tmp_path / "log").read_text() == "deaf\n", within=5)
    child.stop()
    assert child.pid is None


def test_a_child_that_does_not_come_up_is_explained_by_its_log(tmp_path: Path) -> None:
    class Broken(ChildProcess):
        def answers(self) -> bool:
            return False

    child = Broken("broken", ["sh", "-c", "echo no memory for this; exit 3"], tmp_path / "log")
    with pytest.raises(StartFailed, match=r"(?s)broken ended.*no memory for this"):
        child.start_and_wait()
    with pytest.raises(StartFailed, match="could not be started"):
        ChildProcess("absent", ["/no/such/program"], tmp_path / "log").start()
