"""States of a database that were reached before: put back, instead of reached once more by the same acts."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import psycopg
from psycopg import sql
from sqlalchemy import Engine

from services.chassis.database.work import Workshop

Value = TypeVar("Value")
Key = tuple[Hashable, ...]

_TABLES = """
SELECT c.relname, array_agg(a.attname ORDER BY a.attnum) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' GROUP BY c.relname
"""
_SEQUENCES = "SELECT sequencename, start_value, last_value FROM pg_sequences WHERE schemaname = 'public'"
_WRITTEN = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text"
"""Grows with each transaction of the server that writes or locks, in whatever database."""


@dataclass(frozen=True)
class _State:
    """The rows of each table as COPY writes them, and how far each sequence is."""

    rows: Mapping[str, bytes]
    sequences: Mapping[str, tuple[int, bool]]


@dataclass
class _Place:
    """Where a database is, as long as nobody has written since."""

    key: Key
    state: _State
    written: str


@dataclass
class Reached:
    """For services that remember nothing of their database but what they can read again."""

    _states: dict[Key, tuple[_State, Any]] = field(default_factory=dict)
    _places: WeakKeyDictionary[Engine, _Place] = field(default_factory=WeakKeyDictionary)

    def begin(self, workshop: Workshop, name: str) -> None:
        """The database has just been made anew; `name` says by what, and so what is in it."""
        if (name,) not in self._states:
            self._states[(name,)] = _read(workshop.engine), None
        self._arrived(workshop.engine, (name,))

    def reach(self, workshop: Workshop, step: Hashable, act: Callable[[], Value]) -> Value:
        """Takes the database where `act` takes it, and returns what `act` returned.

        `step` names the act and all that it depends on, but for the database and its clock. If these are as they were
        before, the rows that it left then are put back; what has been written to since the last state acts afresh.
        """
        place = self._places.get(workshop.engine)
        if place is None or place.written != _written(workshop.engine):
            return act()
        key = (*place.key, workshop.clock.now(), step)
        if key not in self._states:
            value = act()
            self._states[key] = _read(workshop.engine), deepcopy(value)
        else:
            state, kept = self._states[key]
            _write(workshop.engine, place.state, state)
            value = deepcopy(kept)
        self._arrived(workshop.engine, key)
        return value

    def _arrived(self, engine: Engine, key: Key) -> None:
        state, _ = self._states[key]
        self._places[engine] = _Place(key, state, _written(engine))


@contextmanager
def _connected(engine: Engine) -> Iterator[psycopg.Connection[Any]]:
    """One transaction."""
    with engine.begin() as connection:
        driver: Any = connection.connection.driver_connection
        yield driver


def _written(engine: Engine) -> str:
    with _connected(engine) as connection:
        row = connection.execute(_WRITTEN).fetchone()
    assert row
    return str(row[0])


def _columns(connection: psycopg.Connection[Any]) -> dict[str, sql.Composed]:
    return {
        table: sql.SQL("{} ({})").format(sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns)))
        for table, columns in connection.execute(_TABLES).fetchall()
    }


def _read(engine: Engine) -> _State:
    rows = {}
    with _connected(engine) as connection:
        for table, columns in _columns(connection).items():
            with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(columns)) as copy:
                rows[table] = b"".join(bytes(part) for part in copy)
        sequences = {
            name: (start if last is None else last, last is not None)
            for name, start, last in connection.execute(_SEQUENCES).fetchall()
        }
    return _State(rows, sequences)


def _write(engine: Engine, was: _State, state: _State) -> None:
    changed = [table for table, rows in state.rows.items() if rows != was.rows[table]]
    emptied = [sql.SQL("DELETE FROM {}").format(sql.Identifier(table)) for table in changed if was.rows[table]]
    moved = [
        sql.SQL("SELECT setval({}, {}, {})").format(name, *reached)
        for name, reached in state.sequences.items()
        if reached != was.sequences[name]
    ]
    with _connected(engine) as connection:
        unasked = sql.SQL("SET LOCAL session_replication_role = replica")  # no trigger and no foreign key is asked
        connection.execute(sql.SQL("; ").join([unasked, *emptied, *moved]))
        columns = _columns(connection)
        for table in changed:
            if rows := state.rows[table]:
                with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(columns[table])) as copy:
                    copy.write(rows)
