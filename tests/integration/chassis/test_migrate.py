"""The migrated tables are the ones the code believes in; migrating again, or two at once, changes nothing."""

from __future__ import annotations

import importlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, create_engine, inspect, text

from services.chassis import tables as chassis_tables
from services.chassis.migrate import WITH_DATABASE, migrate
from tests.harness.fixtures import NewDatabase


def differences(connection: Connection, service: str) -> list[object]:
    believed = MetaData()
    for metadata in (chassis_tables.metadata, importlib.import_module(f"services.{service}.adapters.tables").metadata):
        for table in metadata.tables.values():
            table.to_metadata(believed)
    ours = {f"{name}_version" for name in ("chassis", service)}
    context = MigrationContext.configure(
        connection,
        opts={
            "compare_type": True,
            "compare_server_default": True,
            "include_name": lambda name, kind, _: not (kind == "table" and name in ours),
        },
    )
    return list(compare_metadata(context, believed))


@pytest.mark.parametrize("service", WITH_DATABASE)
def test_migrated_tables_are_those_of_the_code(new_database: NewDatabase, service: str) -> None:
    engine = create_engine(new_database(service))
    with engine.connect() as connection:
        assert differences(connection, service) == []
    engine.dispose()


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
        assert differences(connection, "intake") == []
    engine.dispose()


def test_a_service_whose_own_tables_fail_leaves_the_database_as_it_was(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE ticket_sightings (in_the_way int)"))
    with pytest.raises(Exception, match="ticket_sightings"):
        migrate("projects", database_url)
    assert inspect(engine).get_table_names() == ["ticket_sightings"]
    engine.dispose()
