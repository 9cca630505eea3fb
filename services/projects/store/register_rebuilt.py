"""What a rebuild writes of the register of estates and of what is made of it: needs, surveys, plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, delete, insert


def replace_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Replaces all rows of a table that no other refers to yet."""
    connection.execute(delete(table))
    if rows:
        connection.execute(insert(table), list(rows))
