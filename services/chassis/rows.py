"""Any number of rows in one statement: written once, planned once, answered once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, Table, bindparam, func, select
from sqlalchemy.dialects.postgresql import Insert, insert

PLACE = "place_in_order"


def insert_rows(table: Table, *names: str) -> Insert:
    """Inserts rows of these columns in the order in which they are given, so that an identity rises with it.

    Execute it with what `by_column` makes of the rows.
    """
    columns = [table.c[name] for name in names]
    given = func.unnest(*(bindparam(column.name, type_=ARRAY(column.type)) for column in columns))
    rows = given.table_valued(*names, with_ordinality=PLACE).render_derived(name="given")
    return insert(table).from_select(names, select(*(rows.c[name] for name in names)).order_by(rows.c[PLACE]))


def by_column(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Of at least one row; all have the keys of the first."""
    return {name: [row[name] for row in rows] for name in rows[0]}
