"""Migrating again, or several at once, changes nothing; a migration that fails leaves nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import create_engine, inspect, text

from services.chassis.database.migrate import migrate
from services.contracts.services import WITH_DATABASE
from tests.harness.fixtures import NewDatabase


@pytest.mark.parametrize("service", WITH_DATABASE)
def test_migrating_again_keeps_the_rows(new_database: NewDatabase, service: str) -> None:
    url = new_database()
    migrate(service, url)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO attempts VALUES ('c', 'batch', 't', 0, 7, 1)"))
    migrate(service, url)
    with engine.connect() as connection:
        assert connection.execute(text('SELECT "offset" FROM attempts')).scalar_one() == 7
    engine.dispose()


def test_several_that_migrate_one_empty_database_at_once_wait_for_each_other(database_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(migrate, "intake", database_url) for _ in range(4)]:
            done.result(60)
    engine = create_engine(database_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM intake_version")).scalar_one() == 1
        assert connection.execute(text("SELECT count(*) FROM tickets")).scalar_one() == 0
    engine.dispose()


def test_a_service_whose_own_tables_fail_leaves_the_database_as_it_was(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE ticket_sightings (in_the_way int)"))
    with pytest.raises(Exception, match="ticket_sightings"):
        migrate("projects", database_url)
    assert inspect(engine).get_table_names() == ["ticket_sightings"]
    engine.dispose()
