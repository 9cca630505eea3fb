"""`closedloop migrate`: the tables of the services' databases."""

from __future__ import annotations

from typing import Annotated

import typer

from services.cli.problems import fail
from services.contracts.services import DATABASES


def migrate(
    which: Annotated[
        str, typer.Argument(metavar="DATABASE", help=f"{', '.join(DATABASES)}, or all.", show_default=True)
    ] = "all",
    database: Annotated[
        str | None,
        typer.Option(
            "--database",
            metavar="URL",
            help="The database; with `all` the server, where each has its name.",
            envvar="CLOSEDLOOP_DATABASE_URL",
            show_envvar=True,
        ),
    ] = None,
) -> None:
    """Upgrade the tables of a database. May be repeated, and run by two processes at once.

    Example: closedloop migrate intake --database postgresql://intake:secret@db:5432/intake
    """
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError, SQLAlchemyError

    from services.chassis.database.migrate import migrate as bring_up_to_date

    if which not in (*DATABASES, "all"):
        fail(f"there is no database {which!r}; there are {', '.join(DATABASES)}, and all")
    if database is None:
        fail("no database: give --database postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
    try:
        url = make_url(database).set(drivername="postgresql+psycopg")
    except ArgumentError:
        fail("--database is no URL: give postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
    for name in DATABASES if which == "all" else (which,):
        own = url.set(database=name) if which == "all" else url
        try:
            bring_up_to_date(name, own.render_as_string(hide_password=False))
        except SQLAlchemyError as error:
            fail(f"{name} at {own.render_as_string(hide_password=True)}: {error}")
        typer.echo(f"{name}: tables are up to date")
