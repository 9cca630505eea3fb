"""How far the facts of each matter (a hot issue or a repair project) have come."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, text, update

from services.notifier.adapters.tables import known_matters


def lock(connection: Connection, matter_ids: Collection[str]) -> None:
    """Locks the matters in one order, making their rows first."""
    ids = {"ids": list(matter_ids)}
    connection.execute(_MAKE, ids)
    connection.execute(_LOCK, ids)


def remember(connection: Connection, matter_id: str, version: int) -> bool:
    """False if a fact of this version or a newer one was there before. The matter is locked."""
    newer = (
        update(known_matters)
        .where(known_matters.c.matter_id == matter_id, known_matters.c.version < version)
        .values(version=version)
    )
    return connection.execute(newer).rowcount == 1


_MAKE = text(
    """
    INSERT INTO known_matters (matter_id, version)
    SELECT id, 0 FROM unnest(CAST(:ids AS text[])) AS told(id) ORDER BY id
    ON CONFLICT DO NOTHING
    """
)
_LOCK = text("SELECT FROM known_matters WHERE matter_id = ANY(:ids) ORDER BY matter_id FOR UPDATE")
