"""What a test finds in its database, whatever the test before did there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any, LiteralString

import psycopg
import pytest

from services.contracts.services import DATABASES
from services.localstack.postgres import EmbeddedPostgres, connect
from tests.harness.databases import Database, Databases, execute
from tests.harness.emptying import Template

SOWN: LiteralString = "INSERT INTO parent VALUES (1)"
FAMILY = (
    "CREATE TABLE parent (id int PRIMARY KEY)",
    "CREATE TABLE child (id int GENERATED ALWAYS AS IDENTITY, parent int REFERENCES parent)",
    "CREATE TABLE grandchild (id int)",
    "CREATE SEQUENCE numbers MINVALUE 0",
    "CREATE FUNCTION ask() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE VIEW parents AS SELECT id FROM parent",
)


@pytest.fixture
def family(databases: Databases) -> Template:
    return databases.template(None, FAMILY)


@pytest.fixture
def database(postgres: EmbeddedPostgres, databases: Databases, family: Template) -> Iterator[Database]:
    database = databases.new("renewed")
    database.renew(family)
    yield database
    database.close()
    execute(postgres, "DROP DATABASE renewed WITH (FORCE)")


def run(database: Database, *statements: LiteralString) -> list[tuple[Any, ...]]:
    """What the last one gives."""
    with closing(connect(database.url)) as connection:
        cursor = [connection.execute(statement) for statement in statements][-1]
        return cursor.fetchall() if cursor.description else []


def rows(database: Database) -> list[tuple[Any, ...]]:
    return run(database, "SELECT (SELECT count(*) FROM parent), (SELECT count(*) FROM child)")


def test_no_row_stays_and_numbers_begin_anew(database: Database, family: Template) -> None:
    for _ in range(2):
        assert rows(database) == [(0, 0)]
        sown = run(database, SOWN, "INSERT INTO child (parent) VALUES (1), (NULL) RETURNING id")
        assert sown == [(1,), (2,)]
        assert run(database, "SELECT nextval('numbers'), ask()") == [(0, 1)]
        assert not database.renew(family)


def test_numbers_begin_anew_where_no_row_is_left_of_them(database: Database, family: Template) -> None:
    run(database, "INSERT INTO child DEFAULT VALUES", "DELETE FROM child", "SELECT nextval('numbers')")
    assert not database.renew(family)
    assert run(database, "INSERT INTO child DEFAULT VALUES RETURNING id") == [(1,)]
    assert run(database, "SELECT nextval('numbers')") == [(0,)]


def test_a_parent_alone_is_emptied_with_the_tables_that_refer_to_it(database: Database, family: Template) -> None:
    run(database, SOWN)
    assert not database.renew(family)
    assert rows(database) == [(0, 0)]


def test_whoever_is_connected_and_idle_stays_connected(database: Database, family: Template) -> None:
    with closing(connect(database.url)) as connection:
        connection.execute(SOWN)
        assert not database.renew(family)
        assert connection.execute("SELECT count(*) FROM parent").fetchone() == (0,)


def test_an_open_transaction_does_not_reach_into_the_next_test(database: Database, family: Template) -> None:
    with closing(connect(database.url)) as connection:
        connection.execute("BEGIN")
        connection.execute(SOWN)
        assert database.renew(family)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("COMMIT")
    assert rows(database) == [(0, 0)]


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE parent ADD COLUMN name text",
        "ALTER TABLE parent DROP COLUMN id CASCADE",
        "ALTER TABLE parent RENAME TO ancestor",
        "ALTER TABLE parent ALTER COLUMN id SET DEFAULT 7",
        "ALTER TABLE parent ADD CHECK (id > 7) NOT VALID",
        "ALTER TABLE child DROP CONSTRAINT child_parent_fkey",
        "CREATE TABLE more (id int)",
        "DROP TABLE grandchild",
        "CREATE INDEX more ON child (parent)",
        "DROP SEQUENCE numbers",
        "CREATE OR REPLACE FUNCTION ask() RETURNS int LANGUAGE sql AS 'SELECT 2'",
        "CREATE OR REPLACE VIEW parents AS SELECT id FROM parent WHERE id > 7",
        "CREATE SCHEMA more CREATE TABLE things (id int)",
        "CREATE TRIGGER same BEFORE UPDATE ON child FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "ANALYZE parent",
    ],
)
def test_an_altered_schema_is_made_as_it_was(
    databases: Databases, database: Database, family: Template, statement: LiteralString
) -> None:
    run(database, SOWN, statement)
    assert database.renew(family)
    assert not database.renew(family)
    assert run(database, "SELECT id FROM parents UNION SELECT id FROM child UNION SELECT id FROM grandchild") == []
    assert run(database, SOWN, "SELECT ask() + nextval('numbers')") == [(1,)]


@pytest.mark.parametrize(
    ("statement", "copied"),
    [
        ("INSERT INTO grandchild VALUES (1)", False),
        ("INSERT INTO child (parent) VALUES (1)", False),
        ("UPDATE parent SET id = 2", True),
        ("INSERT INTO parent VALUES (2)", True),
        ("DELETE FROM parent", True),
    ],
)
def test_what_a_template_is_filled_with_is_there_each_time(
    databases: Databases, database: Database, statement: LiteralString, copied: bool
) -> None:
    filled = databases.template(None, (*FAMILY, SOWN))
    database.renew(filled)
    run(database, statement)
    assert database.renew(filled) == copied
    assert rows(database) == [(1, 0)]
    assert run(database, "SELECT id FROM parent UNION ALL SELECT id FROM grandchild") == [(1,)]


@pytest.mark.parametrize(
    "filling",
    [
        "INSERT INTO parent SELECT generate_series(1, 100)",
        "SELECT nextval('numbers')",
        "INSERT INTO child DEFAULT VALUES",
    ],
)
def test_a_template_with_many_rows_or_with_numbers_given_is_always_copied(
    databases: Databases, database: Database, filling: str
) -> None:
    filled = databases.template(None, (*FAMILY, filling))
    for _ in range(2):
        assert database.renew(filled)


def test_rows_that_refer_to_emptied_ones_are_copied_anew(databases: Databases, database: Database) -> None:
    filled = databases.template(None, (*FAMILY, "INSERT INTO child OVERRIDING SYSTEM VALUE VALUES (7, NULL)"))
    database.renew(filled)
    run(database, SOWN)
    assert database.renew(filled)
    assert rows(database) == [(0, 1)]


def test_a_database_is_renewed_after_its_server_has_cut_all_off(database: Database, family: Template) -> None:
    database.renew(family)
    run(database, SOWN)
    with closing(connect(database.url)) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    for _ in range(2):
        database.renew(family)
        assert rows(database) == [(0, 0)]


def test_a_borrower_who_stays_connected_is_cut_off(databases: Databases, family: Template) -> None:
    first = databases.lend(family)
    with closing(connect(first.url)) as connection:
        databases.take_back(first, family)
        with pytest.raises(psycopg.OperationalError):
            connection.execute(SOWN)
    again = databases.lend(family)
    assert again is first
    assert rows(again) == [(0, 0)]
    databases.take_back(again, family)


def test_two_borrowers_have_each_their_own(databases: Databases, family: Template) -> None:
    both = [databases.lend(family) for _ in range(2)]
    run(both[0], SOWN)
    assert [rows(one) for one in both] == [[(1, 0)], [(0, 0)]]
    for one in both:
        databases.take_back(one, family)


@pytest.mark.parametrize("name", DATABASES)
def test_each_service_s_database_is_emptied_and_not_copied_again(databases: Databases, name: str) -> None:
    template = databases.template(name)
    lent = databases.lend(template)
    assert not lent.renew(template)
    databases.take_back(lent, template)
