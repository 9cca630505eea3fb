"""Looks for a person in every table of every service."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from psycopg import sql

from services.localstack.postgres import connect


@dataclass(frozen=True, slots=True)
class Traces:
    """`databases`: the services' URLs by name."""

    databases: Mapping[str, str]

    def of(self, *values: str) -> list[str]:
        """The tables, as `service.table`, in which one of the values can be read: as text, in JSON, or in bytes."""
        return [
            f"{service}.{table}"
            for service, url in self.databases.items()
            for table in _tables_with(url, [form for value in values for form in _forms(value)])
        ]


def _forms(value: str) -> Iterator[str]:
    """How a value looks in a row that is written out as text."""
    yield value
    yield value.encode().hex()
    escaped = json.dumps(value)[1:-1]
    if escaped != value:
        yield escaped
        yield escaped.encode().hex()


def _tables_with(url: str, forms: Sequence[str]) -> Iterator[str]:
    with connect(url) as connection:
        tables = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
        ).fetchall()
        for (table,) in tables:
            query = sql.SQL("SELECT 1 FROM {} AS r, unnest(%s::text[]) AS form WHERE strpos(r::text, form) > 0 LIMIT 1")
            if connection.execute(query.format(sql.Identifier(str(table))), [list(forms)]).fetchone():
                yield str(table)
