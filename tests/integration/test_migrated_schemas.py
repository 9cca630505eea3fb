"""The tables that migrations make are the tables that the code describes."""

from __future__ import annotations

import importlib

import pytest
from sqlalchemy import MetaData, create_engine, text

from services.chassis.database.tables import metadata as chassis_metadata
from services.contracts.services import CALLERS_KEYS, DATABASES
from tests.harness.fixtures import NewDatabase

_COLUMNS = """
    SELECT table_name, column_name, data_type, is_nullable, column_default, is_identity, generation_expression,
           col_description(format('%I', table_name)::regclass, ordinal_position::int)
      FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> ALL (:versions)
"""
_INDEXES = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> ALL (:versions)"
_CONSTRAINTS = """
    SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
     WHERE connamespace = 'public'::regnamespace AND contype <> 'n' AND conrelid::regclass::text <> ALL (:versions)
"""


@pytest.mark.parametrize("database", DATABASES)
def test_migrations_make_what_the_tables_modules_say(database: str, new_database: NewDatabase) -> None:
    keys = database == CALLERS_KEYS
    module = "services.intake.store.key_tables" if keys else f"services.{database}.store.tables"
    if not keys:
        importlib.import_module(f"services.{database}.wiring")  # the tables of every feature
    described: MetaData = importlib.import_module(module).metadata
    migrated, made = new_database(database), new_database()
    engine = create_engine(made)
    for metadata in (described,) if keys else (chassis_metadata, described):
        metadata.create_all(engine)
    engine.dispose()
    for query in (_COLUMNS, _INDEXES, _CONSTRAINTS):
        assert _seen(migrated, query, database) == _seen(made, query, database)


def _seen(url: str, query: str, database: str) -> set[tuple[object, ...]]:
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(text(query), {"versions": ["chassis_version", f"{database}_version"]})
        seen = {tuple(row) for row in rows}
    engine.dispose()
    return seen
