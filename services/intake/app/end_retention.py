"""Deletes what has been kept for its time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import uuid4

from services.chassis.database.work import Work
from services.chassis.metrics import RETENTION_REMOVED
from services.intake.app.erase_caller import EraseCaller
from services.intake.domain.retention import RetentionClass, RetentionRule

BATCH = 200
EVERY = timedelta(hours=1)
ACTOR = "retention"


class Kept(Protocol):
    """What intake keeps by class, and when each class was gone over."""

    def next_rule(self, work: Work, rules: Sequence[RetentionRule], every: timedelta) -> RetentionRule | None:
        """One whose class was not finished within `every`. None if there is none, or another process is at it; until
        the transaction ends no other process gets one."""

    def due(self, work: Work, rule: RetentionRule, most: int) -> list[str]:
        """The ids of what has been kept for its time, `most` at most."""

    def remove(self, work: Work, kept: RetentionClass, ids: Collection[str]) -> tuple[int, list[str]]:
        """Deletes rows of any class but the callers'. Returns how many, and the hashes of attachments among them."""

    def record(self, work: Work, kept: RetentionClass, removed: int, *, finished: bool) -> None:
        """Stores that the class was gone over; `finished`: nothing that is due is left."""


@dataclass(frozen=True, slots=True)
class EndRetention:
    """For a Sweep: each class every hour. A batch and its record are one transaction."""

    rules: Sequence[RetentionRule]
    kept: Kept
    erase: EraseCaller

    def __call__(self, work: Work, _: str | None) -> str | None:
        """Treats one batch of one class. None when every class was finished within the hour."""
        rule = self.kept.next_rule(work, self.rules, EVERY)
        if rule is None:
            return None
        ids = self.kept.due(work, rule, BATCH)
        removed = self._remove(work, rule.kept, ids) if ids else 0
        self.kept.record(work, rule.kept, removed, finished=len(ids) < BATCH)
        work.after_commit(lambda: RETENTION_REMOVED.labels(rule.kept).inc(removed))
        return rule.kept

    def _remove(self, work: Work, kept: RetentionClass, ids: Collection[str]) -> int:
        reason = f"kept for its time: {kept}"
        if kept is RetentionClass.CALLER:
            return len(self.erase.of_tickets(work, ids, str(uuid4()), ACTOR, reason).tickets)
        removed, contents = self.kept.remove(work, kept, ids)
        if contents:
            self.erase.remove_later(work, contents, str(uuid4()), ACTOR, reason)
        return removed
