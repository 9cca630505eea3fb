"""Skips levels of chains whose notices all failed, instead of waiting for their time."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.chassis.database.work import Work
from services.notifier.app.escalate import Escalate
from services.notifier.app.ports import UnreachedLevels

AT_ONCE = 200
REST_S = 10.0
"""How long such a level goes unseen at most, in real time."""


@dataclass(frozen=True, slots=True)
class PassOver:
    """Read from the rows alone: whatever ends the process, the next one finds the same levels. What a level reached and
    what follows are one transaction under the chain's lock.
    """

    escalate: Escalate
    levels: UnreachedLevels

    def __call__(self, work: Work, after: str | None) -> str | None:
        found = self.levels.found(work, UUID(after) if after else None, AT_ONCE)
        if not found:
            return None
        self.levels.note(work, self.escalate.go_on(work, found))
        return str(max(found)) if len(found) == AT_ONCE else None
