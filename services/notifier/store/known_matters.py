"""The version of the newest fact handled of each ticket, hot issue and repair project."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import text

from services.chassis.database.rows import changes_by_column, update_rows
from services.chassis.database.work import Work
from services.notifier.store.tables import known_matters

_MAKE = text(
    """
    INSERT INTO known_matters (matter_id, version)
    SELECT id, 0 FROM unnest(CAST(:ids AS text[])) AS given(id) ORDER BY id
    ON CONFLICT DO NOTHING
    """
)
_LOCK = text("SELECT matter_id, version FROM known_matters WHERE matter_id = ANY(:ids) ORDER BY matter_id FOR UPDATE")
_SAVE = update_rows(known_matters, "matter_id", "version")


class SqlKnownMatters:
    def lock(self, work: Work, ids: Collection[str]) -> Mapping[str, int]:
        if not ids:
            return {}
        given = {"ids": list(ids)}
        work.connection.execute(_MAKE, given)
        return {row.matter_id: row.version for row in work.connection.execute(_LOCK, given)}

    def save(self, work: Work, versions: Mapping[str, int]) -> None:
        if versions:
            rows = [{"matter_id": matter_id, "version": version} for matter_id, version in versions.items()]
            work.connection.execute(_SAVE, changes_by_column(rows))
