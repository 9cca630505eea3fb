"""Makes a copy of a template what it was when it was made, where emptying its tables does that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from psycopg import sql

Connection = psycopg.Connection[Any]

_SHAPE: LiteralString = """
    SELECT 'attributes' AS of, count(*) AS rows, max(xmin::text::bigint) AS last FROM pg_attribute
    UNION ALL SELECT 'constraints', count(*), max(xmin::text::bigint) FROM pg_constraint
    UNION ALL SELECT 'defaults', count(*), max(xmin::text::bigint) FROM pg_attrdef
    UNION ALL SELECT 'functions', count(*), max(xmin::text::bigint) FROM pg_proc
    UNION ALL SELECT 'indexes', count(*), max(xmin::text::bigint) FROM pg_index
    UNION ALL SELECT 'names', count(*), sum(hashtext(relname)) FROM pg_class
    UNION ALL SELECT 'statistics', count(*), 0 FROM pg_statistic
    UNION ALL SELECT 'triggers', count(*), max(xmin::text::bigint) FROM pg_trigger
    UNION ALL SELECT 'views', count(*), max(xmin::text::bigint) FROM pg_rewrite
"""
"""What changes when a schema is altered or analysed; neither rows nor emptying change it."""

_TABLES: LiteralString = """
    SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname
"""
_REFERENCES: LiteralString = """
    SELECT referred.relname, referring.relname FROM pg_constraint
      JOIN pg_class AS referred ON referred.oid = confrelid
      JOIN pg_class AS referring ON referring.oid = conrelid
     WHERE contype = 'f'
"""
_USED: LiteralString = "FROM pg_sequences WHERE last_value IS NOT NULL"
_RESTART: LiteralString = (
    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) " + _USED
)
_WORKING: LiteralString = (
    "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND state IS DISTINCT FROM 'idle'"
)


class NotAsCopied(Exception):
    """Emptying would not make the database what its template is."""


_FEW = 20
"""A template with more rows in a table is always copied: comparing them would cost more."""


@dataclass(frozen=True)
class _State:
    kept: str
    """The schema, and the rows that the template has."""
    filled: frozenset[str]
    """The other tables that have rows."""
    used: bool
    """Whether a sequence has given a number."""
    others_work: bool


class Template:
    """A database that nobody works in, as `connection` shows it."""

    def __init__(self, name: str, connection: Connection) -> None:
        self.name = name
        rows = {table: _rows(connection, table) for (table,) in connection.execute(_TABLES)}
        self._kept = {table for table, count in rows.items() if count}
        self._look = _look_at(self._kept, rows.keys() - self._kept)
        self._state = self._seen(connection)
        self._copied = self._state.used or max(rows.values(), default=0) > _FEW
        self._referring: defaultdict[str, set[str]] = defaultdict(set)
        for referred, referring in connection.execute(_REFERENCES):
            self._referring[referred].add(referring)

    def empty(self, connection: Connection) -> None:
        """Makes a copy what the template is; others may stay connected to it. Raises NotAsCopied."""
        if self._copied:
            raise NotAsCopied
        now = self._seen(connection)
        to_empty = self._with_referring(now.filled)
        if now.others_work or now.kept != self._state.kept or to_empty & self._kept:
            raise NotAsCopied
        if to_empty:
            connection.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(map(sql.Identifier, sorted(to_empty)))))
        if now.used:
            connection.execute(_RESTART)

    def _seen(self, connection: Connection) -> _State:
        kept, filled, used, others_work = connection.execute(self._look).fetchone() or ()
        return _State(kept, frozenset(filled), used, others_work)

    def _with_referring(self, tables: Set[str]) -> set[str]:
        found: set[str] = set()
        added = set(tables)
        while added:
            found |= added
            added = set().union(*(self._referring[table] for table in added)) - found
        return found


def _rows(connection: Connection, table: str) -> int:
    ((count,),) = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
    return int(count)


def _look_at(kept: Set[str], empty: Set[str]) -> sql.Composed:
    rows = sql.SQL("(SELECT string_agg(one::text, ' ' ORDER BY one::text) FROM {} AS one)")
    filled = sql.SQL("CASE WHEN EXISTS (SELECT FROM {}) THEN {} END")
    return sql.SQL(
        "SELECT concat_ws(' ', (SELECT string_agg(shape::text, ' ' ORDER BY of) FROM ({shape}) AS shape), {kept}),"
        " array_remove(ARRAY[{filled}]::text[], NULL), EXISTS (SELECT {used}), EXISTS (SELECT {working})"
    ).format(
        shape=sql.SQL(_SHAPE),
        kept=sql.SQL(", ").join([sql.NULL, *(rows.format(sql.Identifier(table)) for table in sorted(kept))]),
        filled=sql.SQL(", ").join(filled.format(sql.Identifier(table), sql.Literal(table)) for table in sorted(empty)),
        used=sql.SQL(_USED),
        working=sql.SQL(_WORKING),
    )
