"""Inserts or updates any number of rows in one statement, which PostgreSQL plans once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, CursorResult, Table, TableValuedAlias, Update, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import Insert, insert

PLACE = "place_in_order"
_CHANGED = "new_"
"""Keeps parameters apart from columns: an UPDATE sets a column to the parameter of its name."""


def insert_rows(table: Table, *names: str) -> Insert:
    """Inserts rows of these columns in the order in which they are given, so that identity values rise with it.

    Execute it with `by_column(rows)`.
    """
    rows = _given(table, names, "")
    return insert(table).from_select(names, select(*(rows.c[name] for name in names)).order_by(rows.c[PLACE]))


def update_rows(table: Table, key: str, *names: str) -> Update:
    """Sets these columns of the rows with the given keys; each key may be given once.

    Execute it with `changes_by_column(rows)`.
    """
    rows = _given(table, (key, *names), _CHANGED)
    return update(table).where(table.c[key] == rows.c[key]).values({name: rows.c[name] for name in names})


def by_column(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """The rows as one list a column. At least one row; all have the keys of the first."""
    return {name: [row[name] for row in rows] for name in rows[0]}


def changes_by_column(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """`by_column` for `update_rows`."""
    return {_CHANGED + name: values for name, values in by_column(rows).items()}


def _given(table: Table, names: Sequence[str], prefix: str) -> TableValuedAlias:
    columns = [table.c[name] for name in names]
    arrays = (bindparam(prefix + column.name, type_=ARRAY(column.type, dimensions=1)) for column in columns)
    given = func.unnest(*arrays)
    return given.table_valued(*names, with_ordinality=PLACE).render_derived(name="given")


def rows_by_name(result: CursorResult[Any]) -> list[dict[str, Any]]:
    """Rows as dictionaries. Their keys are plain strings: SQLAlchemy's own names are slow to write as JSON."""
    names = list(map(str, result.keys()))
    return [dict(zip(names, row, strict=True)) for row in result]
