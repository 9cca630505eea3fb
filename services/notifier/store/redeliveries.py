"""Sending again by webhook, as a person asks for it: one delivery or those of a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, update

from services.chassis.database.work import Work
from services.notifier.domain.delivery import DeliveryStatus
from services.notifier.store.tables import deliveries, webhook_sendings, webhooks

_ANEW = {"attempts": 0, "due_at": func.now(), "queued_at": func.now(), "failed_at": None, "error": None}


def webhook_of(work: Work, delivery: UUID) -> UUID | None:
    """None if there is no such delivery, it went to a topic, or its webhook has been removed."""
    return work.connection.execute(
        select(webhooks.c.webhook_id)
        .join(deliveries, deliveries.c.webhook_id == webhooks.c.webhook_id)
        .where(deliveries.c.delivery_id == delivery)
    ).scalar_one_or_none()


def kept_message(work: Work, delivery: UUID) -> bytes | None:
    """What was, or is to be, sent; None if it is no longer kept."""
    asked = select(webhook_sendings.c.body).where(webhook_sendings.c.delivery_id == delivery)
    return work.connection.execute(asked).scalar_one_or_none()


def send_again(work: Work, webhook: UUID, delivery: UUID) -> bool:
    """Starts the delivery anew, at once and under the same id; False if its message is no longer kept."""
    return _start_anew(work, webhook, select(deliveries.c.delivery_id).where(deliveries.c.delivery_id == delivery)) > 0


def send_range_again(work: Work, webhook: UUID, since: datetime, until: datetime, *, only_failed: bool) -> int:
    """Starts anew what was caused from `since` until before `until`, in the order of its making; how many that are.

    What waits to be tried again is started anew, too. `only_failed`: not what its receiver has taken.
    """
    log = deliveries.c
    asked = select(log.delivery_id).where(log.webhook_id == webhook, log.caused_at >= since, log.caused_at < until)
    if only_failed:
        asked = asked.where(log.status != DeliveryStatus.SENT)
    return _start_anew(work, webhook, asked)


def _start_anew(work: Work, webhook: UUID, asked: Select[Any]) -> int:
    """Locks the webhook first, as all do that write of it."""
    work.connection.execute(update(webhooks).where(webhooks.c.webhook_id == webhook).values(resume_at=func.now()))
    queue = webhook_sendings.c
    kept = select(queue.delivery_id).where(queue.delivery_id.in_(asked)).order_by(queue.delivery_id).with_for_update()
    found = work.connection.execute(kept).scalars().all()
    if found:
        work.connection.execute(update(webhook_sendings).where(queue.delivery_id.in_(found)).values(_ANEW))
        log = update(deliveries).where(deliveries.c.delivery_id.in_(found))
        work.connection.execute(log.values(status=DeliveryStatus.WAITING))
    return len(found)
