"""Notes that an officer's notice was read: by the link in its message, over HTTP, or by a reply on the unit's topic."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.chassis.database.work import Work
from services.notifier.app.ports import Escalations, ReadNotices


class ReadBy(StrEnum):
    LINK = "link"
    API = "api"
    REPLY = "reply"


@dataclass(frozen=True, slots=True)
class MarkRead:
    """A notice that was read stops its chain, and what a later step still had waiting is not sent.

    The first to read counts; once more changes nothing.
    """

    notices: ReadNotices
    escalations: Escalations

    def __call__(
        self, work: Work, notice_ids: Collection[UUID], by: ReadBy, units: Collection[str] | None
    ) -> Collection[UUID]:
        """Those of these notices that there are at `units` (None: anywhere): notices of others do not exist for it."""
        found = self.notices.at(work, notice_ids, units)
        if not found:
            return ()
        chains = self.escalations.lock_of(work, [(one.event_id, one.rule) for one in found])
        self.notices.mark(work, [one.notice_id for one in found], by)
        now = work.clock.now()
        self.escalations.save(work, [chain.stopped(now) for chain in chains if chain.awaits(chain.step)])
        self.notices.withhold_later_steps(work, found)
        return {one.notice_id for one in found}
