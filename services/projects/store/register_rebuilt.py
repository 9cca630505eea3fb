"""What a rebuild writes of the register of estates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert

from services.projects.store.register_tables import estates


def replace_estates(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Replaces all of them. There are no parts."""
    connection.execute(delete(estates))
    if rows:
        connection.execute(insert(estates), list(rows))
