"""Taking work from the queue of sendings and recording what became of it, without a transaction in between.

A webhook is claimed whole, by a lease: so its receiver gets one message at a time, and a receiver that fails is left
alone as one. A claim that its process did not live to settle ends with its lease, and the same delivery is sent again
under the same id. One that outlived its lease is fenced: whatever it reports counts for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, func, select, text, update

from services.chassis.metrics import DELIVERIES
from services.chassis.wire import unpack_headers
from services.chassis.work import Work
from services.contracts.event import Headers
from services.notifier.adapters.tables import deliveries, webhook_sendings, webhooks
from services.notifier.adapters.webhooks import WebhookStatus
from services.notifier.domain.delivery import DeliveryChannel, Status
from services.notifier.domain.patience import Patience

AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Sending:
    """`attempts` counts the one that is about to be made."""

    delivery_id: UUID
    headers: Headers
    body: bytes
    attempts: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A webhook that this process may talk to until the lease ends: a handshake if it has no `sending`."""

    webhook_id: UUID
    lease: int
    url: str
    secret: str
    failures: int
    sending: Sending | None


def claim(connection: Connection, at_most: int, lease: timedelta) -> list[Claim]:
    """Webhooks with something due, longest unserved first, each with its oldest due delivery."""
    rows = connection.execute(_CLAIM, {"at_most": at_most, "lease": lease}).all()
    claims = [_claim(row, _next(connection, row.webhook_id)) for row in rows]
    return [one for one, row in zip(claims, rows, strict=True) if one.sending or row.status == WebhookStatus.UNVERIFIED]


def settle_handshake(work: Work, claimed: Claim, error: str | None, patience: Patience, share: float) -> None:
    if error is None:
        _release(work.connection, claimed, status=WebhookStatus.ACTIVE, failures=0, error=None)
        return
    failures = claimed.failures + 1
    _release(
        work.connection, claimed, failures=failures, error=error, resume_at=_after(patience.wait_s(failures, share))
    )


def settle_sending(
    work: Work, claimed: Claim, sending: Sending, error: str | None, patience: Patience, share: float
) -> None:
    if error is None:
        _sent(work, claimed, sending, patience)
    else:
        _not_sent(work, claimed, sending, error, patience, share)


def sweep(work: Work, patience: Patience, kept: timedelta) -> None:
    """Gives up what has waited too long, and forgets settled bodies as old as `kept`: no redaction is perfect."""
    queue = webhook_sendings.c
    stale = select(queue.delivery_id).where(
        queue.due_at.is_not(None), queue.queued_at < func.now() - patience.give_up_after
    )
    for delivery in work.connection.execute(stale.limit(AT_ONCE).with_for_update(skip_locked=True)).scalars().all():
        _give_up(work, delivery, "waited too long")
    outdated = select(queue.delivery_id).where(queue.due_at.is_(None), queue.queued_at < func.now() - kept)
    work.connection.execute(
        delete(webhook_sendings).where(
            queue.delivery_id.in_(outdated.limit(AT_ONCE).with_for_update(skip_locked=True))
        )
    )


def _sent(work: Work, claimed: Claim, sending: Sending, patience: Patience) -> None:
    if not _release(work.connection, claimed, failures=0, error=None, resume_at=func.now()):
        return
    queue = webhook_sendings.c
    work.connection.execute(
        update(webhook_sendings)
        .where(queue.delivery_id == sending.delivery_id)
        .values(due_at=None, error=None, failed_at=None)
    )
    work.connection.execute(
        update(deliveries)
        .where(deliveries.c.delivery_id == sending.delivery_id)
        .values(status=Status.SENT, told_at=work.clock.now())
    )
    if claimed.failures >= patience.breaker_after:  # it is back: what waited for it need not wait any longer
        work.connection.execute(
            update(webhook_sendings)
            .where(queue.webhook_id == claimed.webhook_id, queue.due_at.is_not(None))
            .values(due_at=func.now())
        )
    work.after_commit(DELIVERIES.labels(DeliveryChannel.WEBHOOK, "sent").inc)


def _not_sent(
    work: Work, claimed: Claim, sending: Sending, error: str, patience: Patience, share: float
) -> None:
    failures = claimed.failures + 1
    rest = _after(patience.rest_s(failures, share))
    if not _release(work.connection, claimed, failures=failures, error=error, resume_at=rest):
        return
    wait_s = patience.wait_s(sending.attempts, share)
    if wait_s is None:
        _give_up(work, sending.delivery_id, error)
        return
    work.connection.execute(
        update(webhook_sendings)
        .where(webhook_sendings.c.delivery_id == sending.delivery_id)
        .values(due_at=_after(wait_s), error=error)
    )


def _give_up(work: Work, delivery: UUID, error: str) -> None:
    work.connection.execute(
        update(webhook_sendings)
        .where(webhook_sendings.c.delivery_id == delivery)
        .values(due_at=None, failed_at=func.now(), error=error)
    )
    work.connection.execute(
        update(deliveries).where(deliveries.c.delivery_id == delivery).values(status=Status.FAILED)
    )
    work.after_commit(DELIVERIES.labels(DeliveryChannel.WEBHOOK, "failed").inc)


def _release(connection: Connection, claimed: Claim, **values: Any) -> bool:
    """Ends the claim; False if it had ended by itself and another holds the webhook, or nobody."""
    released = (
        update(webhooks)
        .where(webhooks.c.webhook_id == claimed.webhook_id, webhooks.c.lease == claimed.lease)
        .values(leased_until=func.now(), **values)
    )
    return connection.execute(released).rowcount == 1


def _after(seconds: float | None) -> Any:
    return None if seconds is None else func.now() + timedelta(seconds=seconds)


def _next(connection: Connection, webhook: UUID) -> Sending | None:
    """The attempt is counted before it is made: a message that ends our process does so a limited number of times."""
    row = connection.execute(_NEXT, {"webhook": webhook}).one_or_none()
    return None if row is None else Sending(row.delivery_id, unpack_headers(row.headers), row.body, row.attempts)


def _claim(row: Row[Any], sending: Sending | None) -> Claim:
    return Claim(row.webhook_id, row.lease, row.url, row.secret, row.failures, sending)


_CLAIM = text(
    """
    UPDATE webhooks SET lease = lease + 1, leased_until = now() + :lease
     WHERE webhook_id IN (
        SELECT webhook_id FROM webhooks AS candidate
         WHERE resume_at <= now() AND leased_until <= now()
           AND (status = 'unverified' OR EXISTS (
                SELECT FROM webhook_sendings WHERE webhook_id = candidate.webhook_id AND due_at <= now()))
         ORDER BY leased_until LIMIT :at_most FOR NO KEY UPDATE SKIP LOCKED)
    RETURNING *
    """
)
_NEXT = text(
    """
    UPDATE webhook_sendings SET attempts = attempts + 1
     WHERE delivery_id = (
        SELECT delivery_id FROM webhook_sendings WHERE webhook_id = :webhook AND due_at <= now() ORDER BY seq LIMIT 1)
    RETURNING delivery_id, headers, body, attempts
    """
)
