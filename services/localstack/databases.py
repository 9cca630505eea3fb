"""One role for each database on one server, so that no service can read another's tables."""

from __future__ import annotations

import secrets

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from services.contracts.services import DATABASES
from services.localstack.postgres import DRIVER, connect
from services.localstack.processes import StartFailed


def prepare(server_url: str) -> dict[str, str]:
    """Creates what is missing and returns the URL of each of DATABASES. May be repeated.

    A role that may create roles and databases creates a role for each of them, with a new password, and revokes CONNECT
    from all others. Any other role uses existing databases itself. Raises StartFailed with the remedy.
    """
    server = make_url(server_url).set(drivername=DRIVER)
    try:
        with connect(_text(server)) as connection:
            if _may_create(connection):
                return {name: _text(_own(connection, server, name)) for name in DATABASES}
            return {name: _text(_found(connection, server, name)) for name in DATABASES}
    except (psycopg.Error, LookupError) as error:
        raise StartFailed(
            f"the databases could not be prepared at {server.render_as_string(hide_password=True)}: {error}\n"
            "Give the URL of a role that may create roles and databases (postgresql://admin:secret@host:5432/postgres)"
            f", or create the databases {', '.join(DATABASES)} for it beforehand."
        ) from error


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _may_create(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    query = "SELECT rolsuper OR (rolcreaterole AND rolcreatedb) FROM pg_roles WHERE rolname = current_user"
    return connection.execute(query).fetchone() == (True,)


def _own(connection: psycopg.Connection[tuple[object, ...]], server: URL, database: str) -> URL:
    name, password = sql.Identifier(database), secrets.token_urlsafe(24)
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [database]).fetchone()
    verb = sql.SQL("ALTER" if known else "CREATE")
    connection.execute(sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, name, sql.Literal(password)))
    if not _exists(connection, database):
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(name))
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, name))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    return server.set(database=database, username=database, password=password)


def _found(connection: psycopg.Connection[tuple[object, ...]], server: URL, database: str) -> URL:
    if not _exists(connection, database):
        raise LookupError(f"there is no database {database!r}, and role {server.username!r} may not create it")
    return server.set(database=database)


def _exists(connection: psycopg.Connection[tuple[object, ...]], database: str) -> bool:
    return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone() is not None
