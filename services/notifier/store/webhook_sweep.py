"""What ends by itself among webhooks: deliveries that waited too long, old messages, old secrets."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, func, select, update

from services.chassis.database.work import Work
from services.notifier.app.delivery_count import count_deliveries
from services.notifier.domain.delivery import DeliveryChannel, DeliveryStatus
from services.notifier.domain.retry_policy import RetryPolicy
from services.notifier.store.tables import deliveries, webhook_sendings, webhooks

AT_ONCE = 1000


def sweep(work: Work, policy: RetryPolicy, kept: timedelta) -> None:
    """Gives up what has waited too long, deletes settled messages as old as `kept` (no redaction is perfect), and
    forgets secrets that no longer sign."""
    over = update(webhooks).where(webhooks.c.old_secret_until <= func.now())
    work.connection.execute(over.values(old_secret=None, old_secret_until=None))
    queue = webhook_sendings.c
    stale = select(queue.delivery_id).where(
        queue.due_at.is_not(None), queue.queued_at < func.now() - policy.give_up_after
    )
    found = work.connection.execute(stale.limit(AT_ONCE).with_for_update(skip_locked=True)).scalars().all()
    if found:
        given_up = {"due_at": None, "failed_at": func.now(), "error": "waited too long"}
        work.connection.execute(update(webhook_sendings).where(queue.delivery_id.in_(found)).values(given_up))
        failed = update(deliveries).where(deliveries.c.delivery_id.in_(found))
        work.connection.execute(failed.values(status=DeliveryStatus.FAILED))
        count_deliveries(work, DeliveryChannel.WEBHOOK, "failed", len(found))
    outdated = select(queue.delivery_id).where(queue.due_at.is_(None), queue.queued_at < func.now() - kept)
    work.connection.execute(
        delete(webhook_sendings).where(queue.delivery_id.in_(outdated.limit(AT_ONCE).with_for_update(skip_locked=True)))
    )
