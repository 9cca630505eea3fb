"""Taking work from the queue of webhook deliveries, without a transaction that stays open while it is sent.

A webhook is claimed as a whole, by a lease: so its receiver gets one message at a time, and a receiver that fails is
left alone as one. If the process dies, its claim ends with the lease and the same delivery is sent again under the
same id. A claim that outlived its lease is fenced: what it reports is ignored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, func, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from services.chassis.database.work import Work
from services.chassis.messaging.wire import unpack_headers
from services.contracts.event import Headers
from services.notifier.store.tables import webhooks


@dataclass(frozen=True, slots=True)
class Sending:
    """`attempts` counts the one that is about to be made."""

    delivery_id: UUID
    headers: Headers
    body: bytes
    attempts: int


@dataclass(frozen=True, slots=True)
class WebhookClaim:
    """A webhook that this process may talk to until the lease ends: a handshake if it has no `sending`.

    `secrets` sign, the newest first.
    """

    webhook_id: UUID
    lease: int
    url: str
    secrets: Sequence[str]
    failures: int
    sending: Sending | None


def claim(work: Work, at_most: int, failing: int, lease: timedelta) -> list[WebhookClaim]:
    """Webhooks with something due, longest unserved first, each with its oldest due delivery.

    At most `at_most`, of which at most `failing` failed the last time: they may take long, and must not take the place
    of all the others.
    """
    rows = list(_claimed(work, _STEADY, at_most, lease))
    rows += _claimed(work, _FAILING, min(failing, at_most - len(rows)), lease)
    active = [row.webhook_id for row in rows if row.status == "active"]
    found = {row.webhook_id: row for row in work.connection.execute(_NEXT, {"webhooks": active})} if active else {}
    unserved = [webhook for webhook in active if webhook not in found]
    if unserved:
        free = update(webhooks).where(webhooks.c.webhook_id.in_(unserved)).values(leased_until=func.now())
        work.connection.execute(free)
    return [_claim(row, found.get(row.webhook_id)) for row in rows if row.webhook_id not in unserved]


def _claimed(work: Work, statement: Any, at_most: int, lease: timedelta) -> Sequence[Row[Any]]:
    if at_most <= 0:
        return []
    return work.connection.execute(statement, {"at_most": at_most, "lease": lease}).all()


def _claim(row: Row[Any], sending: Row[Any] | None) -> WebhookClaim:
    """The attempt was counted before it is made: a message that ends our process does so a limited number of times."""
    return WebhookClaim(
        row.webhook_id,
        row.lease,
        row.url,
        [row.secret, row.old_secret] if row.old_secret_counts else [row.secret],
        row.failures,
        sending and Sending(sending.delivery_id, unpack_headers(sending.headers), sending.body, sending.attempts),
    )


_CLAIM = """
    UPDATE webhooks SET lease = lease + 1, leased_until = now() + :lease
     WHERE webhook_id IN (
        SELECT webhook_id FROM webhooks AS candidate
         WHERE resume_at <= now() AND leased_until <= now() AND {whose}
           AND (status <> 'active' OR EXISTS (
                SELECT FROM webhook_sendings WHERE webhook_id = candidate.webhook_id AND due_at <= now()))
         ORDER BY leased_until LIMIT :at_most FOR NO KEY UPDATE SKIP LOCKED)
    RETURNING *, coalesce(old_secret_until > now(), false) AS old_secret_counts
    """
_STEADY = text(_CLAIM.format(whose="failures = 0"))
_FAILING = text(_CLAIM.format(whose="failures > 0"))
# A delivery whose text is being erased is locked, and passed over for a moment.
_NEXT = text(
    """
    UPDATE webhook_sendings AS sending SET attempts = attempts + 1
      FROM unnest(:webhooks) AS claimed (webhook_id), LATERAL (
        SELECT delivery_id FROM webhook_sendings WHERE webhook_id = claimed.webhook_id AND due_at <= now()
         ORDER BY seq LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED) AS oldest
     WHERE sending.delivery_id = oldest.delivery_id
    RETURNING sending.webhook_id, sending.delivery_id, headers, body, attempts
    """
).bindparams(bindparam("webhooks", type_=ARRAY(Uuid)))
