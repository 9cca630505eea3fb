"""Taking work from the queue of webhook deliveries, without a transaction that stays open while it is sent.

A webhook is claimed as a whole, by a lease: so its receiver gets one message at a time, and a receiver that fails is
left alone as one. If the process dies, its claim ends with the lease and the same delivery is sent again under the
same id. A claim that outlived its lease is fenced: what it reports is ignored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, text, update

from services.chassis.database.work import Work
from services.chassis.messaging.wire import unpack_headers
from services.contracts.event import Headers
from services.notifier.store.tables import webhooks
from services.notifier.store.webhooks import WebhookStatus


@dataclass(frozen=True, slots=True)
class Sending:
    """`attempts` counts the one that is about to be made."""

    delivery_id: UUID
    headers: Headers
    body: bytes
    attempts: int


@dataclass(frozen=True, slots=True)
class WebhookClaim:
    """A webhook that this process may talk to until the lease ends: a handshake if it has no `sending`."""

    webhook_id: UUID
    lease: int
    url: str
    secret: str
    failures: int
    sending: Sending | None


def claim(work: Work, at_most: int, lease: timedelta) -> list[WebhookClaim]:
    """Webhooks with something due, longest unserved first, each with its oldest due delivery."""
    rows = work.connection.execute(_CLAIM, {"at_most": at_most, "lease": lease}).all()
    claims = [_claim(row, _next(work, row.webhook_id)) for row in rows]
    return [one for one, row in zip(claims, rows, strict=True) if one.sending or row.status == WebhookStatus.UNVERIFIED]


def release(work: Work, claimed: WebhookClaim, **values: Any) -> bool:
    """Ends the claim and sets `values` of the webhook; False if the claim had ended by itself."""
    released = (
        update(webhooks)
        .where(webhooks.c.webhook_id == claimed.webhook_id, webhooks.c.lease == claimed.lease)
        .values(leased_until=func.now(), **values)
    )
    return work.connection.execute(released).rowcount == 1


def _next(work: Work, webhook: UUID) -> Sending | None:
    """The attempt is counted before it is made: a message that ends our process does so a limited number of times."""
    row = work.connection.execute(_NEXT, {"webhook": webhook}).one_or_none()
    return None if row is None else Sending(row.delivery_id, unpack_headers(row.headers), row.body, row.attempts)


def _claim(row: Row[Any], sending: Sending | None) -> WebhookClaim:
    return WebhookClaim(row.webhook_id, row.lease, row.url, row.secret, row.failures, sending)


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
