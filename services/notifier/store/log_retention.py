"""Deleting what the delivery log has kept for its time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, exists, select

from services.chassis.database.work import Work
from services.notifier.domain.delivery import DeliveryStatus
from services.notifier.store.tables import deliveries, webhook_sendings

AT_ONCE = 1000
_OVER = (DeliveryStatus.PUBLISHED, DeliveryStatus.SENT, DeliveryStatus.FAILED)


@dataclass(frozen=True, slots=True)
class EndLogRetention:
    """A batch of the sweep: `kept` says how long each message's rows are kept, by business time."""

    kept: Mapping[str, timedelta]

    def __call__(self, work: Work, _after: str | None) -> str | None:
        """Some rows of each message; None if fewer were found of all than may be deleted at once."""
        deleted = [self._delete(work, message, kept) for message, kept in self.kept.items()]
        return "more" if max(deleted) == AT_ONCE else None

    def _delete(self, work: Work, message: str, kept: timedelta) -> int:
        log = deliveries.c
        held = exists().where(webhook_sendings.c.delivery_id == log.delivery_id)
        due = (
            select(log.delivery_id)
            .where(log.message == message, log.caused_at < work.clock.now() - kept, log.status.in_(_OVER), ~held)
            .order_by(log.caused_at)
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        return int(work.connection.execute(delete(deliveries).where(log.delivery_id.in_(due))).rowcount)
