"""What intake's database knows of callers' keys: whose they are, and which are to be deleted. No key is in it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Connection, func, select, text

from services.chassis.clock import Clock
from services.chassis.database.gauges import Gauging
from services.chassis.database.work import Work
from services.chassis.metrics import KEYS_TO_DELETE_OLDEST_SECONDS
from services.intake.store.vault_tables import keys_to_delete

_TO_DELETE = select(keys_to_delete.c.key_id).order_by(keys_to_delete.c.since).with_for_update(skip_locked=True)
_DELETED = text("DELETE FROM keys_to_delete WHERE key_id = ANY(CAST(:ids AS uuid[]))")
_WITHOUT_HOLDER = text(
    """
    SELECT id FROM unnest(CAST(:ids AS uuid[])) AS given(id)
     WHERE NOT EXISTS (SELECT FROM vault_keys WHERE vault_keys.id = given.id)
    """
)


class SqlKeyList:
    """Implements the port KeyList."""

    def to_delete(self, work: Work, most: int) -> list[UUID]:
        return list(work.connection.execute(_TO_DELETE.limit(most)).scalars())

    def deleted(self, work: Work, ids: Collection[UUID]) -> None:
        work.connection.execute(_DELETED, {"ids": list(ids)})

    def without_holder(self, work: Work, ids: Collection[UUID]) -> list[UUID]:
        return list(work.connection.execute(_WITHOUT_HOLDER, {"ids": list(ids)}).scalars())


def keys_gauge(clock: Clock) -> Gauging:
    """Shows for how long a key of somebody erased has waited to be deleted."""

    def measure(connection: Connection) -> None:
        since = connection.execute(select(func.min(keys_to_delete.c.since))).scalar_one()
        KEYS_TO_DELETE_OLDEST_SECONDS.set((clock.now() - since).total_seconds() if since else 0)

    return measure
