"""States of a database that were reached before: put back, instead of reached once more by the same acts."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import psycopg
from psycopg import sql
from sqlalchemy import Engine

from services.chassis.clock import FixedClock
from services.chassis.database.work import Workshop

Value = TypeVar("Value")
Key = tuple[Hashable, ...]
Table = tuple[str, tuple[str, ...]]
"""Its name and its columns."""

_FILLED = """
SELECT c.relname, array_agg(a.attname ORDER BY a.attnum) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND pg_relation_size(c.oid) > 0
AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' GROUP BY c.relname
"""
"""The tables that may have rows, each with the columns that are not computed."""
_SEQUENCES = "SELECT sequencename, start_value, last_value FROM pg_sequences WHERE schemaname = 'public'"
_WRITTEN = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text"
"""Grows with each transaction of the server that writes or locks, in whatever database."""


@dataclass(frozen=True)
class _State:
    """The rows as COPY writes them, by table and its columns, and how far each sequence is."""

    rows: dict[Table, bytes]
    sequences: dict[str, tuple[int, bool]]


@dataclass(frozen=True)
class _Reached:
    """What an act left and returned, and when it was over."""

    state: _State
    returned: Any
    at: datetime


@dataclass(frozen=True)
class _Place:
    """Where a database is, as long as nobody has written since."""

    key: Key
    state: _State
    written: str


@dataclass
class Reached:
    """For services that remember nothing of their database but what they can read again."""

    _known: dict[Key, _Reached] = field(default_factory=dict)
    _places: WeakKeyDictionary[Engine, _Place] = field(default_factory=WeakKeyDictionary)

    def begin(self, workshop: Workshop, name: str) -> None:
        """The database has just been made anew; `name` says by what, and so what is in it."""
        if (name,) not in self._known:
            self._known[(name,)] = _Reached(_read(workshop.engine), None, workshop.clock.now())
        self._arrived(workshop.engine, (name,))

    def reach(self, workshop: Workshop, step: Hashable, act: Callable[[], Value]) -> Value:
        """Takes the database where `act` takes it, and returns what `act` returned.

        `step` names the act and all that it depends on, but for the database and its clock. If these are as they were
        before, the rows and the time that it left then are put back. In a database that was written to since it came
        to a known state, it acts.
        """
        place = self._places.get(workshop.engine)
        if place is None or place.written != _written(workshop.engine):
            return act()
        key = (*place.key, workshop.clock.now(), step)
        if key not in self._known:
            value = act()
            self._known[key] = _Reached(_read(workshop.engine), deepcopy(value), workshop.clock.now())
        else:
            before = self._known[key]
            _write(workshop.engine, place.state, before.state)
            assert isinstance(workshop.clock, FixedClock)
            workshop.clock.advance(before.at - workshop.clock.now())
            value = deepcopy(before.returned)
        self._arrived(workshop.engine, key)
        return value

    def _arrived(self, engine: Engine, key: Key) -> None:
        self._places[engine] = _Place(key, self._known[key].state, _written(engine))


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


def _read(engine: Engine) -> _State:
    rows = {}
    with _connected(engine) as connection:
        for name, columns in connection.execute(_FILLED).fetchall():
            table = name, tuple(columns)
            with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(_listed(table))) as copy:
                rows[table] = b"".join(bytes(part) for part in copy)
        sequences = {
            name: (start if last is None else last, last is not None)
            for name, start, last in connection.execute(_SEQUENCES).fetchall()
        }
    return _State(rows, sequences)


def _write(engine: Engine, was: _State, state: _State) -> None:
    changed = [table for table in was.rows | state.rows if was.rows.get(table) != state.rows.get(table)]
    emptied = [sql.SQL("DELETE FROM {}").format(sql.Identifier(table[0])) for table in changed if was.rows.get(table)]
    moved = [
        sql.SQL("SELECT setval({}, {}, {})").format(name, *reached)
        for name, reached in state.sequences.items()
        if reached != was.sequences[name]
    ]
    with _connected(engine) as connection:
        unasked = sql.SQL("SET LOCAL session_replication_role = replica")  # no trigger and no foreign key is asked
        connection.execute(sql.SQL("; ").join([unasked, *emptied, *moved]))
        for table in changed:
            if rows := state.rows.get(table):
                with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(_listed(table))) as copy:
                    copy.write(rows)


def _listed(table: Table) -> sql.Composed:
    name, columns = table
    return sql.SQL("{} ({})").format(sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, columns)))
