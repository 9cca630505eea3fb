"""Deletes expired notices to officers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Column, Table, delete, text

from services.chassis.database.work import Work
from services.notifier.store.escalation_tables import escalation_steps, escalations, officer_links
from services.notifier.store.officer_tables import officer_messages
from services.notifier.store.sending_tables import officer_tries

AT_ONCE = 1000

_MINE = text("SELECT pg_try_advisory_xact_lock(hashtext('officer-log'))")
_NOTICES = text(
    """
    DELETE FROM officer_notices WHERE notice_id IN (
        SELECT n.notice_id FROM officer_notices AS n
          LEFT JOIN officer_messages AS m ON m.message_id = n.message_id
         WHERE n.subject_kind = :kind AND n.caused_at < :before AND n.status IN ('sent', 'failed', 'withheld')
           AND coalesce(m.status, 'withheld') IN ('sent', 'failed', 'withheld')
           AND NOT EXISTS (SELECT FROM escalations AS e
                            WHERE e.event_id = n.event_id AND e.rule = n.rule AND e.state = 'running')
         ORDER BY n.caused_at LIMIT :most FOR UPDATE OF n SKIP LOCKED)
    RETURNING message_id
    """
)
_EMPTY = text(
    """
    SELECT message_id FROM officer_messages AS m
     WHERE message_id = ANY(:ids) AND NOT EXISTS (SELECT FROM officer_notices WHERE message_id = m.message_id)
    """
)
_CHAINS = text(
    """
    SELECT escalation_id FROM escalations AS e
     WHERE subject_kind = :kind AND started_at < :before AND ended_at < :before
       AND NOT EXISTS (SELECT FROM officer_notices AS n WHERE n.event_id = e.event_id AND n.rule = e.rule)
     ORDER BY started_at LIMIT :most FOR UPDATE SKIP LOCKED
    """
)


@dataclass(frozen=True, slots=True)
class EndOfficerLogRetention:
    """A batch of the sweep: `kept` says how long, by the kind of what a notice is about, and by business time.

    A notice goes once it has ended, its message has, and its chain; a message with its tries and its link goes with its
    last notice, a chain after all of its notices. One process at a time deletes, so that each message has a last one.
    """

    kept: Mapping[str, timedelta]

    def __call__(self, work: Work, _after: str | None) -> str | None:
        """Some rows of each kind; None if fewer were found of all than may be deleted at once."""
        if not work.connection.execute(_MINE).scalar_one():
            return None
        now = work.clock.now()
        deleted = [self._delete(work, kind, now - kept) for kind, kept in self.kept.items()]
        return "more" if max(deleted) == AT_ONCE else None

    def _delete(self, work: Work, kind: str, before: datetime) -> int:
        asked = {"kind": kind, "before": before, "most": AT_ONCE}
        messages = work.connection.execute(_NOTICES, asked).scalars().all()
        _delete_empty(work, sorted({one for one in messages if one is not None}))
        chains = work.connection.execute(_CHAINS, asked).scalars().all()
        _delete_by(work, chains, escalation_steps.c.escalation_id, escalations.c.escalation_id)
        return max(len(messages), len(chains))


def _delete_empty(work: Work, messages: Sequence[UUID]) -> None:
    if messages:
        empty = work.connection.execute(_EMPTY, {"ids": list(messages)}).scalars().all()
        _delete_by(work, empty, officer_tries.c.message_id, officer_links.c.message_id, officer_messages.c.message_id)


def _delete_by(work: Work, ids: Sequence[UUID], *keys: Column[UUID]) -> None:
    """The rows with these ids, in the order of the tables of `keys`."""
    for key in keys if ids else ():
        assert isinstance(key.table, Table)
        work.connection.execute(delete(key.table).where(key.in_(ids)))
