"""`closedloop migrate`: the tables of the services' databases."""

from __future__ import annotations

from typing import Annotated

import typer

from services.cli.problems import fail
from services.contracts.services import WITH_DATABASE


def migrate(
    service: Annotated[str, typer.Argument(help=f"{', '.join(WITH_DATABASE)}, or all.")] = "all",
    database: Annotated[
        str | None,
        typer.Option(
            "--database",
            metavar="URL",
            help="The service's own database; with `all` the server, where each service has the database of its name.",
            envvar="CLOSEDLOOP_DATABASE_URL",
            show_envvar=True,
        ),
    ] = None,
) -> None:
    """Upgrade the tables of a service's database. May be repeated, and run by two processes at once.

    Example: closedloop migrate intake --database postgresql://intake:secret@db:5432/intake
    """
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError, SQLAlchemyError

    from services.chassis.database.migrate import migrate as bring_up_to_date

    if service not in (*WITH_DATABASE, "all"):
        fail(f"{service!r} has no database; there are {', '.join(WITH_DATABASE)}, and all")
    if database is None:
        fail("no database: give --database postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
    try:
        url = make_url(database).set(drivername="postgresql+psycopg")
    except ArgumentError:
        fail("--database is no URL: give postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
    for name in WITH_DATABASE if service == "all" else (service,):
        own = url.set(database=name) if service == "all" else url
        try:
            bring_up_to_date(name, own.render_as_string(hide_password=False))
        except SQLAlchemyError as error:
            fail(f"{name} at {own.render_as_string(hide_password=True)}: {error}")
        typer.echo(f"{name}: tables are up to date")
