"""Alembic migrations of one service's database: the chassis' own tables first, then the service's."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

SERVICES = Path(__file__).parent.parent
WITH_DATABASE = ("intake", "projects", "notifier")


def migrate(service: str, database_url: str) -> None:
    """Brings the database to the newest revision. Idempotent; concurrent calls wait for each other.

    All in one transaction: a failing migration leaves the schema as it was.
    """
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('migrations'))"))
        _upgrade(connection, SERVICES / "chassis" / "migrations", "chassis_version")
        _upgrade(connection, SERVICES / service / "adapters" / "migrations", f"{service}_version")
    engine.dispose()


def _upgrade(connection: Connection, scripts: Path, version_table: str) -> None:
    directory = ScriptDirectory(str(scripts))
    with EnvironmentContext(
        Config(), directory, fn=lambda revision, _: directory._upgrade_revs("head", revision)
    ) as environment:
        environment.configure(connection=connection, version_table=version_table)
        environment.run_migrations()
