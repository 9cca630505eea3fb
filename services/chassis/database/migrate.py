"""Alembic migrations of one database: the chassis' own tables first, then the service's. Keys stand alone."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text

from services.contracts.services import CALLERS_KEYS, WITH_DATABASE

SERVICES = Path(__file__).parents[2]
SCRIPTS = Path(__file__).parent / "migrations"
Scripts = tuple[Path, str]
"""A folder of revisions, and the table that names the one the database is at."""


def _of_service(name: str) -> Scripts:
    return SERVICES / name / "store" / "migrations" / "versions", f"{name}_version"


_CHASSIS: Scripts = (SCRIPTS / "versions", "chassis_version")
_VERSIONS: dict[str, tuple[Scripts, ...]] = {
    **{one: (_CHASSIS, _of_service(one)) for one in WITH_DATABASE},
    CALLERS_KEYS: ((SERVICES / "intake" / "store" / "key_migrations" / "versions", f"{CALLERS_KEYS}_version"),),
}


def migrate(database: str, url: str) -> None:
    """Brings a database, one of DATABASES, to its newest revision. Idempotent; concurrent calls wait for each other.

    All in one transaction: a failing migration leaves the schema as it was.
    """
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('migrations'))"))
        for versions, version_table in _VERSIONS[database]:
            _upgrade(connection, versions, version_table)
    engine.dispose()


def _upgrade(connection: Connection, versions: Path, version_table: str) -> None:
    config = Config(attributes={"connection": connection, "version_table": version_table})
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("version_locations", str(versions))
    config.set_main_option("path_separator", "newline")
    command.upgrade(config, "head")
