"""Records the outcome of claimed webhooks: the handshake or the delivery worked, is tried again, or is given up.

Any number at once, one statement a table. Rows are locked in the order of their ids, webhooks first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import any_, bindparam, func, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from services.chassis.database.rows import changes_by_column, update_rows
from services.chassis.database.work import Work
from services.contracts.webhook_events import WebhookDisabledBecause
from services.notifier.app.delivery_count import count_deliveries
from services.notifier.domain.answers import Outcome
from services.notifier.domain.delivery import DeliveryChannel, DeliveryStatus
from services.notifier.domain.retry_policy import RetryPolicy
from services.notifier.domain.webhook_trouble import Disabled, Failing, Trouble
from services.notifier.store.claims import WebhookClaim
from services.notifier.store.tables import deliveries, webhook_sendings, webhooks
from services.notifier.store.webhooks import WebhookStatus

_OF_WEBHOOKS = webhooks.c.webhook_id == any_(bindparam("webhooks", type_=ARRAY(Uuid)))
_OF_DELIVERIES = webhook_sendings.c.delivery_id == any_(bindparam("deliveries", type_=ARRAY(Uuid)))
_HELD = (
    select(*webhooks.c, func.now().label("now"))
    .where(_OF_WEBHOOKS)
    .order_by(webhooks.c.webhook_id)
    .with_for_update(key_share=True)
)
_LOCK_SENDINGS = (
    select(webhook_sendings.c.delivery_id)
    .where(_OF_DELIVERIES)
    .order_by(webhook_sendings.c.delivery_id)
    .with_for_update(key_share=True)
)
_SET_WEBHOOKS = update_rows(
    webhooks, "webhook_id", "status", "disabled_because", "failures", "error", "failing_since", "warned_at",
    "resume_at", "leased_until",
)  # fmt: skip
_SET_SENDINGS = update_rows(webhook_sendings, "delivery_id", "due_at", "failed_at", "error")
_SET_SENT = update_rows(deliveries, "delivery_id", "status", "told_at")
_SET_FAILED = update_rows(deliveries, "delivery_id", "status")


@dataclass(frozen=True, slots=True)
class Settled:
    """A claim and what came of it; `share`, from 0 to 1, is the jitter of what follows."""

    claim: WebhookClaim
    outcome: Outcome
    share: float


@dataclass(frozen=True, slots=True)
class _Change:
    """What one outcome changes; `sending` and `log` are None after a handshake."""

    webhook: dict[str, Any]
    sending: dict[str, Any] | None = None
    log: dict[str, Any] | None = None


def settle(work: Work, settled: Sequence[Settled], policy: RetryPolicy) -> list[Trouble]:
    """Records outcomes; of a claim that had ended by itself nothing is recorded. Returns what departments must hear."""
    by_webhook = {one.claim.webhook_id: one for one in settled}
    held = work.connection.execute(_HELD, {"webhooks": sorted(by_webhook)}).all()
    current = [(row, by_webhook[row.webhook_id]) for row in held if row.lease == by_webhook[row.webhook_id].claim.lease]
    if not current:
        return []
    changes = [_change(work, row, one, policy) for row, one in current]
    work.connection.execute(_SET_WEBHOOKS, changes_by_column([change.webhook for change in changes]))
    _write_sendings(work, changes)
    _wake(work, {row.webhook_id: row.failures for row, one in current if row.failures and not one.outcome.error})
    found = (_trouble(work, row, change.webhook, policy) for (row, _), change in zip(current, changes, strict=True))
    return [trouble for trouble in found if trouble]


def fail_waiting(work: Work, webhook: UUID) -> int:
    """Whatever waits for the webhook has failed, and can be sent again; returns how many have failed by now."""
    queue = webhook_sendings.c
    waiting = update(webhook_sendings).where(queue.webhook_id == webhook, queue.due_at.is_not(None))
    work.connection.execute(waiting.values(due_at=None, failed_at=func.now(), error="the webhook was disabled"))
    log = update(deliveries).where(deliveries.c.webhook_id == webhook, deliveries.c.status == DeliveryStatus.WAITING)
    failed = work.connection.execute(log.values(status=DeliveryStatus.FAILED)).rowcount
    count_deliveries(work, DeliveryChannel.WEBHOOK, "failed", failed)
    kept = select(func.count()).where(queue.webhook_id == webhook, queue.failed_at.is_not(None))
    return int(work.connection.execute(kept).scalar_one())


def _trouble(work: Work, before: Any, after: Mapping[str, Any], policy: RetryPolicy) -> Trouble | None:
    if before.status != WebhookStatus.ACTIVE:
        return None
    # The lease rises with each claim, and a claim ends in one trouble at most.
    webhook, since = (before.webhook_id, before.department, before.lease), before.failing_since
    if because := after["disabled_because"]:
        return Disabled(*webhook, because, since, fail_waiting(work, before.webhook_id))
    if after["warned_at"] and not before.warned_at:
        return Failing(*webhook, since, since + policy.disable_after)
    return None


def _change(work: Work, row: Any, one: Settled, policy: RetryPolicy) -> _Change:
    return _after_sending(work, row, one, policy) if one.claim.sending else _after_handshake(row, one, policy)


def _after_handshake(row: Any, one: Settled, policy: RetryPolicy) -> _Change:
    """After the last failure no handshake is tried any more, until somebody asks for it."""
    if one.outcome.error is None:
        return _Change(_taken(row) | {"status": WebhookStatus.ACTIVE, "disabled_because": None})
    wait_s = policy.wait_s(row.failures + 1, one.share)
    return _Change(_refused(row, one.outcome) | {"resume_at": _after(row.now, wait_s)})


def _after_sending(work: Work, row: Any, one: Settled, policy: RetryPolicy) -> _Change:
    sending, outcome = one.claim.sending, one.outcome
    assert sending
    if outcome.error is None:
        count_deliveries(work, DeliveryChannel.WEBHOOK, "sent")
        return _Change(
            _taken(row),
            {"delivery_id": sending.delivery_id, "due_at": None, "failed_at": None, "error": None},
            {"delivery_id": sending.delivery_id, "status": DeliveryStatus.SENT, "told_at": work.clock.now()},
        )
    asked_s = policy.asked_s(outcome.asked_s)
    wait_s = None if outcome.gone else policy.wait_s(sending.attempts, one.share)
    webhook = _refused(row, outcome)
    webhook["resume_at"] = _after(row.now, max(policy.rest_s(webhook["failures"], one.share), asked_s))
    if row.failing_since and row.failing_since <= row.now - policy.warn_after:
        webhook["warned_at"] = row.warned_at or row.now
    if because := _disabled_because(row, outcome, wait_s, policy):
        webhook |= {"status": WebhookStatus.DISABLED, "disabled_because": because, "resume_at": None}
    due = None if wait_s is None else _after(row.now, max(wait_s, asked_s))
    failed = {"failed_at": None if due else row.now, "error": outcome.error}
    if due is None:
        count_deliveries(work, DeliveryChannel.WEBHOOK, "failed")
    return _Change(
        webhook,
        {"delivery_id": sending.delivery_id, "due_at": due, **failed},
        None if due else {"delivery_id": sending.delivery_id, "status": DeliveryStatus.FAILED},
    )


def _disabled_because(
    row: Any, outcome: Outcome, wait_s: float | None, policy: RetryPolicy
) -> WebhookDisabledBecause | None:
    if outcome.gone:
        return WebhookDisabledBecause.GONE
    failing = row.failing_since is not None and row.failing_since <= row.now - policy.disable_after
    return WebhookDisabledBecause.FAILING if wait_s is None and failing else None


def _taken(row: Any) -> dict[str, Any]:
    return _webhook(row) | {
        "failures": 0,
        "error": None,
        "failing_since": None,
        "warned_at": None,
        "resume_at": row.now,
    }


def _refused(row: Any, outcome: Outcome) -> dict[str, Any]:
    since = row.failing_since or row.now
    return _webhook(row) | {"failures": row.failures + 1, "error": outcome.error, "failing_since": since}


def _webhook(row: Any) -> dict[str, Any]:
    """The claim has ended; the order is the columns' own, the same for all."""
    kept = ("webhook_id", "status", "disabled_because", "failures", "error", "failing_since", "warned_at", "resume_at")
    return {name: getattr(row, name) for name in kept} | {"leased_until": row.now}


def _write_sendings(work: Work, changes: Sequence[_Change]) -> None:
    sendings = [change.sending for change in changes if change.sending]
    if not sendings:
        return
    work.connection.execute(_LOCK_SENDINGS, {"deliveries": [one["delivery_id"] for one in sendings]})
    work.connection.execute(_SET_SENDINGS, changes_by_column(sendings))
    logs = [change.log for change in changes if change.log]
    for statement, status in ((_SET_SENT, DeliveryStatus.SENT), (_SET_FAILED, DeliveryStatus.FAILED)):
        if of_status := [one for one in logs if one["status"] == status]:
            work.connection.execute(statement, changes_by_column(of_status))


def _wake(work: Work, recovered: Mapping[UUID, int]) -> None:
    """What waits for a receiver that is back is due at once, and goes in the order of its making.

    `recovered`: how often in a row each had failed. A message that failed again although others were taken meanwhile
    is the cause itself: it keeps to its schedule.
    """
    queue = webhook_sendings.c
    waiting = select(queue.webhook_id, func.count().label("waiting")).where(
        queue.webhook_id.in_(recovered), queue.due_at > func.now(), queue.attempts > 0
    )
    rows = work.connection.execute(waiting.group_by(queue.webhook_id)).all() if recovered else []
    held: dict[UUID, int] = {row.webhook_id: row.waiting for row in rows}
    if held:
        whole = [webhook for webhook, count in held.items() if recovered[webhook] > count]
        those = update(webhook_sendings).where(queue.webhook_id.in_(held), queue.due_at.is_not(None))
        woken = those.where(or_(queue.webhook_id.in_(whole), queue.attempts <= 1))
        work.connection.execute(woken.values(due_at=func.now()))


def _after(now: datetime, seconds: float | None) -> datetime | None:
    return None if seconds is None else now + timedelta(seconds=seconds)
