"""Recording what became of a claimed webhook: the handshake or the delivery worked, is tried again, or is given up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update

from services.chassis.database.work import Work
from services.notifier.app.delivery_count import count_deliveries
from services.notifier.domain.delivery import DeliveryChannel, DeliveryStatus
from services.notifier.domain.retry_policy import RetryPolicy
from services.notifier.store.claims import Sending, WebhookClaim, release
from services.notifier.store.tables import deliveries, webhook_sendings
from services.notifier.store.webhooks import WebhookStatus

AT_ONCE = 1000


def settle_handshake(work: Work, claimed: WebhookClaim, error: str | None, policy: RetryPolicy, share: float) -> None:
    """`error` is None if the receiver echoed the challenge. After the last failure no handshake is tried any more."""
    if error is None:
        release(work, claimed, status=WebhookStatus.ACTIVE, failures=0, error=None)
        return
    failures = claimed.failures + 1
    release(work, claimed, failures=failures, error=error, resume_at=_in(policy.wait_s(failures, share)))


def settle_sending(
    work: Work, claimed: WebhookClaim, sending: Sending, error: str | None, policy: RetryPolicy, share: float
) -> None:
    """`error` is None if the receiver answered 2xx."""
    if error is None:
        _sent(work, claimed, sending, policy)
    else:
        _not_sent(work, claimed, sending, error, policy, share)


def sweep(work: Work, policy: RetryPolicy, kept: timedelta) -> None:
    """Gives up what has waited too long, and deletes settled messages as old as `kept`: no redaction is perfect."""
    queue = webhook_sendings.c
    stale = select(queue.delivery_id).where(
        queue.due_at.is_not(None), queue.queued_at < func.now() - policy.give_up_after
    )
    for delivery in work.connection.execute(stale.limit(AT_ONCE).with_for_update(skip_locked=True)).scalars().all():
        _give_up(work, delivery, "waited too long")
    outdated = select(queue.delivery_id).where(queue.due_at.is_(None), queue.queued_at < func.now() - kept)
    work.connection.execute(
        delete(webhook_sendings).where(queue.delivery_id.in_(outdated.limit(AT_ONCE).with_for_update(skip_locked=True)))
    )


def _sent(work: Work, claimed: WebhookClaim, sending: Sending, policy: RetryPolicy) -> None:
    if not release(work, claimed, failures=0, error=None, resume_at=func.now()):
        return
    _update_sending(work, sending.delivery_id, due_at=None, error=None, failed_at=None)
    _update_log(work, sending.delivery_id, status=DeliveryStatus.SENT, told_at=work.clock.now())
    if claimed.failures >= policy.breaker_after:  # it is back: what waited for it need not wait any longer
        queue = webhook_sendings.c
        work.connection.execute(
            update(webhook_sendings)
            .where(queue.webhook_id == claimed.webhook_id, queue.due_at.is_not(None))
            .values(due_at=func.now())
        )
    count_deliveries(work, DeliveryChannel.WEBHOOK, "sent")


def _not_sent(
    work: Work, claimed: WebhookClaim, sending: Sending, error: str, policy: RetryPolicy, share: float
) -> None:
    failures = claimed.failures + 1
    rest = _in(policy.rest_s(failures, share))
    if not release(work, claimed, failures=failures, error=error, resume_at=rest):
        return
    wait_s = policy.wait_s(sending.attempts, share)
    if wait_s is None:
        _give_up(work, sending.delivery_id, error)
    else:
        _update_sending(work, sending.delivery_id, due_at=_in(wait_s), error=error)


def _give_up(work: Work, delivery: UUID, error: str) -> None:
    _update_sending(work, delivery, due_at=None, failed_at=func.now(), error=error)
    _update_log(work, delivery, status=DeliveryStatus.FAILED)
    count_deliveries(work, DeliveryChannel.WEBHOOK, "failed")


def _update_sending(work: Work, delivery: UUID, **values: Any) -> None:
    work.connection.execute(update(webhook_sendings).where(webhook_sendings.c.delivery_id == delivery).values(**values))


def _update_log(work: Work, delivery: UUID, **values: Any) -> None:
    work.connection.execute(update(deliveries).where(deliveries.c.delivery_id == delivery).values(**values))


def _in(seconds: float | None) -> Any:
    return None if seconds is None else func.now() + timedelta(seconds=seconds)
