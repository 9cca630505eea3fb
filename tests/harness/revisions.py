"""A service's database as an earlier version left it."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from services.chassis.database.migrate import SCRIPTS, SERVICES


def at_revision(connection: Connection, revision: str, service: str = "intake") -> None:
    """Makes a service's tables as they were at the revision, and the chassis' newest ones."""
    for versions, table, target in (
        (SCRIPTS / "versions", "chassis_version", "head"),
        (SERVICES / service / "store" / "migrations" / "versions", f"{service}_version", revision),
    ):
        config = Config(attributes={"connection": connection, "version_table": table})
        config.set_main_option("script_location", str(SCRIPTS))
        config.set_main_option("version_locations", str(versions))
        config.set_main_option("path_separator", "newline")
        command.upgrade(config, target)
