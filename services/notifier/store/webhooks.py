"""Webhooks: which department wants which messages at which URL."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Collection, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database.work import Work
from services.chassis.metrics import WEBHOOKS_IN_TROUBLE
from services.contracts.ticket_events import DepartmentCode
from services.notifier.app.delivery_count import count_deliveries
from services.notifier.domain.delivery import DeliveryChannel, DeliveryStatus
from services.notifier.store.tables import deliveries, webhook_sendings, webhooks

MOST_PER_DEPARTMENT = 10
OLD_SIGNS_FOR = timedelta(hours=24)
FAILING_AFTER = timedelta(hours=1)


class WebhookStatus(StrEnum):
    """`unverified` → `active` once the receiver has echoed a challenge; before that nothing is queued for it.

    `active` → `disabled` when its receiver is gone or dead for days; what is for it meanwhile is kept as failed.
    """

    UNVERIFIED = "unverified"
    ACTIVE = "active"
    DISABLED = "disabled"


class TooManyWebhooks(Exception):
    """The department holds `MOST_PER_DEPARTMENT` webhooks."""


def create(
    work: Work, department: DepartmentCode, url: str, events: Collection[str] | None, created_by: str
) -> Row[Any] | None:
    """A new webhook with a secret of its own; None if the department has one of this URL. Raises TooManyWebhooks."""
    work.connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"webhooks of {department}"))))
    held = select(func.count()).select_from(webhooks).where(webhooks.c.department == department)
    if work.connection.execute(held).scalar_one() >= MOST_PER_DEPARTMENT:
        raise TooManyWebhooks
    statement = (
        insert(webhooks)
        .values(
            webhook_id=uuid4(),
            department=department,
            url=url,
            events=None if events is None else sorted(set(events)),
            secret=_new_secret(),
            status=WebhookStatus.UNVERIFIED,
            created_at=work.clock.now(),
            created_by=created_by,
        )
        .on_conflict_do_nothing()
        .returning(*webhooks.c)
    )
    return work.connection.execute(statement).one_or_none()


def change_secret(work: Work, webhook: UUID) -> str:
    """A new secret; the old one signs beside it for `OLD_SIGNS_FOR`, and one older than that no longer."""
    changed = (
        update(webhooks)
        .where(webhooks.c.webhook_id == webhook)
        .values(secret=_new_secret(), old_secret=webhooks.c.secret, old_secret_until=func.now() + OLD_SIGNS_FOR)
        .returning(webhooks.c.secret)
    )
    return str(work.connection.execute(changed).scalar_one())


def enable(work: Work, webhook: UUID) -> Row[Any] | None:
    """Starts the handshake anew, after which messages are sent again; None if the webhook is active."""
    anew = (
        update(webhooks)
        .where(webhooks.c.webhook_id == webhook, webhooks.c.status != WebhookStatus.ACTIVE)
        .values(resume_at=func.now(), failures=0, error=None, failing_since=None, warned_at=None)
        .returning(*webhooks.c)
    )
    return work.connection.execute(anew).one_or_none()


def is_disabled(work: Work, webhook: UUID) -> bool:
    status = select(webhooks.c.status).where(webhooks.c.webhook_id == webhook)
    return work.connection.execute(status).scalar_one_or_none() == WebhookStatus.DISABLED


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def listed(work: Work, departments: Collection[str] | None) -> Sequence[Row[Any]]:
    """All webhooks, or those of `departments`, in the order of their creation."""
    statement = webhooks.select().order_by(webhooks.c.created_at, webhooks.c.webhook_id)
    if departments is not None:
        statement = statement.where(webhooks.c.department.in_(departments))
    return work.connection.execute(statement).all()


def department_of(work: Work, webhook: UUID) -> str | None:
    """None if there is no such webhook."""
    return work.connection.execute(
        select(webhooks.c.department).where(webhooks.c.webhook_id == webhook)
    ).scalar_one_or_none()


def remove(work: Work, webhook: UUID) -> None:
    """Deletes the webhook, its secret and its queue; deliveries that waited have failed. The log stays.

    Waits for a consumer that is queueing for it, so that nothing is left waiting for ever.
    """
    work.connection.execute(select(webhooks.c.webhook_id).where(webhooks.c.webhook_id == webhook).with_for_update())
    work.connection.execute(delete(webhook_sendings).where(webhook_sendings.c.webhook_id == webhook))
    work.connection.execute(delete(webhooks).where(webhooks.c.webhook_id == webhook))
    waiting = (
        update(deliveries)
        .where(deliveries.c.webhook_id == webhook, deliveries.c.status == DeliveryStatus.WAITING)
        .values(status=DeliveryStatus.FAILED)
    )
    failed = work.connection.execute(waiting).rowcount
    count_deliveries(work, DeliveryChannel.WEBHOOK, "failed", failed)


def gauge_trouble(connection: Connection) -> None:
    """Shows how many webhooks have taken nothing for an hour while they should, and how many are disabled."""
    failing = webhooks.c.failing_since < func.now() - FAILING_AFTER
    active = webhooks.c.status == WebhookStatus.ACTIVE
    for state, those in (("failing", failing & active), ("disabled", webhooks.c.status == WebhookStatus.DISABLED)):
        counted = select(func.count()).select_from(webhooks).where(those)
        WEBHOOKS_IN_TROUBLE.labels(state).set(connection.execute(counted).scalar_one())
