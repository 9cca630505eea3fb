"""A session's databases: copies of templates, used again by one test after the other.

A copy and the first connections to it cost fifty milliseconds of processor time, emptying one costs five.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from contextlib import suppress
from typing import LiteralString

import psycopg
from psycopg import sql

from services.localstack.postgres import EmbeddedPostgres, connect
from tests.harness.emptying import Connection, NotAsCopied, Template

Filling = tuple[str, ...]
"""Statements; they run once a session, and each database that they fill is a copy of what they left."""

_RENEWALS = 100
"""After as many a database is copied again: each one leaves dead rows in PostgreSQL's own tables."""

_END_OTHERS: LiteralString = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class Database:
    """One name on the server, and so one URL, under which there is as many a database as tests need one."""

    def __init__(self, server: EmbeddedPostgres, name: str) -> None:
        self.url = server.url(name)
        self._server = server
        self._name = name
        self._connection: Connection | None = None
        self._template: Template | None = None
        self._renewals = 0

    def renew(self, template: Template) -> bool:
        """Makes it what `template` is; returns whether by a new copy, which ends all connections to the old one."""
        if template is self._template and self._renewals < _RENEWALS:
            with suppress(NotAsCopied, psycopg.Error):
                template.empty(self._own_connection())
                self._renewals += 1
                return False
        self.close()
        execute(self._server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", self._name)
        execute(self._server, "CREATE DATABASE {} TEMPLATE {}", self._name, template.name)
        self._template, self._renewals = template, 0
        return True

    def end_others(self) -> None:
        """Ends what is connected to it."""
        try:
            self._own_connection().execute(_END_OTHERS)
        except psycopg.Error:  # it was renamed or dropped, or the server has stopped
            self._template = None

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _own_connection(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = connect(self.url)
            self._connection.execute("SET lock_timeout = '5s'")
        return self._connection


class Databases:
    """On the session's server."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        self._server = server
        self._templates: dict[tuple[str | None, Filling], Template] = {}
        self._idle: defaultdict[Template, list[Database]] = defaultdict(list)
        self._numbers = itertools.count(1)

    def new(self, name: str) -> Database:
        return Database(self._server, name)

    def template(self, service: str | None, filled_by: Filling = ()) -> Template:
        """With a service's tables, or without any, then filled. Migrations run once a session."""
        if (service, filled_by) not in self._templates:
            self._templates[service, filled_by] = self._make(service, filled_by)
        return self._templates[service, filled_by]

    def lend(self, template: Template) -> Database:
        """As new, and the borrower's alone until it is given back."""
        idle = self._idle[template]
        database = idle.pop() if idle else self.new(f"test_{next(self._numbers)}")
        database.renew(template)
        return database

    def take_back(self, database: Database, template: Template) -> None:
        database.end_others()
        self._idle[template].append(database)

    def _make(self, service: str | None, filled_by: Filling) -> Template:
        from services.chassis.database.migrate import migrate

        base = self.template(service).name if filled_by else "template1"
        name = f"template_{len(self._templates)}"
        execute(self._server, "CREATE DATABASE {} TEMPLATE {}", name, base)
        if service is not None and not filled_by:
            migrate(service, self._server.url(name))
        with connect(self._server.url(name)) as connection:
            for statement in filled_by:
                connection.execute(statement.encode())
            return Template(name, connection)


def execute(server: EmbeddedPostgres, statement: LiteralString, *names: str) -> None:
    """A statement of the whole server, about databases of these names."""
    with connect(server.url("postgres")) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
