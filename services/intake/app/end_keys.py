"""Deletes callers' keys that must open nothing any more: keys of erased persons, and orphaned keys."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from services.chassis.database.work import Work
from services.chassis.metrics import ORPHANED_KEYS

BATCH = 1_000


class MadeKey(NamedTuple):
    """A key by its id. `made_at` is by the clock of the keys' database."""

    id: UUID
    made_at: datetime


class KeyStore(Protocol):
    """The keys' database. Each call is a transaction of its own."""

    def delete(self, ids: Collection[UUID]) -> None:
        """Deletes those of these keys that there are."""

    def unsought(self, most: int) -> list[MadeKey]:
        """Keys that are older than a day and for whose holder nobody has looked, the oldest first."""

    def sought(self, last: MadeKey) -> None:
        """Stores that the holders of all keys up to this one were looked for."""


class KeyList(Protocol):
    """What intake's own database knows of keys."""

    def to_delete(self, work: Work, most: int) -> list[UUID]:
        """Keys of whoever was erased, locked; without those that another process has."""

    def deleted(self, work: Work, ids: Collection[UUID]) -> None:
        """Takes them off the list."""

    def without_holder(self, work: Work, ids: Collection[UUID]) -> list[UUID]:
        """Those of these keys that are nobody's."""


@dataclass(frozen=True, slots=True)
class EndKeys:
    """For two Sweeps. Whatever ends a batch before it is noted, it is done again, to the same end."""

    listed: KeyList
    keys: KeyStore

    def of_erased(self, work: Work, _: str | None) -> str | None:
        """Deletes keys that an erasure has listed. None when none is left."""
        ids = self.listed.to_delete(work, BATCH)
        if not ids:
            return None
        self.keys.delete(ids)
        self.listed.deleted(work, ids)
        return str(ids[-1])

    def orphans(self, work: Work, _: str | None) -> str | None:
        """Deletes keys whose receipt was rolled back: each is looked at once, when it is a day old, for until then its
        receipt might be under way. None when all were looked at."""
        found = self.keys.unsought(BATCH)
        if not found:
            return None
        orphans = self.listed.without_holder(work, [one.id for one in found])
        self.keys.delete(orphans)
        self.keys.sought(found[-1])
        work.after_commit(lambda: ORPHANED_KEYS.inc(len(orphans)))
        return str(found[-1].id)
