"""Alembic migrations of one service's database: the chassis' own tables first, then the service's."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text

from services.contracts.services import WITH_DATABASE as WITH_DATABASE

SERVICES = Path(__file__).parents[2]
SCRIPTS = Path(__file__).parent / "migrations"


def migrate(service: str, database_url: str) -> None:
    """Brings the database to the newest revision. Idempotent; concurrent calls wait for each other.

    All in one transaction: a failing migration leaves the schema as it was.
    """
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('migrations'))"))
        _upgrade(connection, SCRIPTS / "versions", "chassis_version")
        _upgrade(connection, SERVICES / service / "store" / "migrations" / "versions", f"{service}_version")
    engine.dispose()


def _upgrade(connection: Connection, versions: Path, version_table: str) -> None:
    config = Config(attributes={"connection": connection, "version_table": version_table})
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("version_locations", str(versions))
    config.set_main_option("path_separator", "newline")
    command.upgrade(config, "head")
