"""The subscriptions: which department wants which messages at which URL."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.contracts.ticket_events import DepartmentCode
from services.notifier.adapters.tables import deliveries, webhook_sendings, webhooks
from services.notifier.domain.delivery import Status

MOST_PER_DEPARTMENT = 10


class WebhookStatus(StrEnum):
    """`unverified` → `active` when the receiver has echoed a challenge; before that nothing is queued for it."""

    UNVERIFIED = "unverified"
    ACTIVE = "active"


class TooMany(Exception):
    """The department holds `MOST_PER_DEPARTMENT` webhooks."""


def create(
    connection: Connection,
    department: DepartmentCode,
    url: str,
    events: Collection[str] | None,
    created_by: str,
    at: datetime,
) -> Row[Any] | None:
    """A new webhook with a secret of its own; None if the department has one of this URL. Raises TooMany."""
    connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"webhooks of {department}"))))
    held = select(func.count()).select_from(webhooks).where(webhooks.c.department == department)
    if connection.execute(held).scalar_one() >= MOST_PER_DEPARTMENT:
        raise TooMany
    statement = (
        insert(webhooks)
        .values(
            webhook_id=uuid4(),
            department=department,
            url=url,
            events=None if events is None else sorted(set(events)),
            secret="whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(),
            status=WebhookStatus.UNVERIFIED,
            created_at=at,
            created_by=created_by,
        )
        .on_conflict_do_nothing()
        .returning(*webhooks.c)
    )
    return connection.execute(statement).one_or_none()


def listed(connection: Connection, departments: Collection[str] | None) -> Sequence[Row[Any]]:
    """All webhooks, or those of `departments`, in the order of their creation."""
    statement = webhooks.select().order_by(webhooks.c.created_at, webhooks.c.webhook_id)
    if departments is not None:
        statement = statement.where(webhooks.c.department.in_(departments))
    return connection.execute(statement).all()


def department_of(connection: Connection, webhook: UUID) -> str | None:
    """None if there is no such webhook."""
    return connection.execute(
        select(webhooks.c.department).where(webhooks.c.webhook_id == webhook)
    ).scalar_one_or_none()


def remove(connection: Connection, webhook: UUID) -> int:
    """Forgets the webhook, its secret and what it had to send; returns how many waiting deliveries failed by that.

    Waits for a consumer that is queueing for it, so that nothing is left waiting for ever. The log stays.
    """
    connection.execute(select(webhooks.c.webhook_id).where(webhooks.c.webhook_id == webhook).with_for_update())
    connection.execute(delete(webhook_sendings).where(webhook_sendings.c.webhook_id == webhook))
    connection.execute(delete(webhooks).where(webhooks.c.webhook_id == webhook))
    waiting = (
        update(deliveries)
        .where(deliveries.c.webhook_id == webhook, deliveries.c.status == Status.WAITING)
        .values(status=Status.FAILED)
    )
    return connection.execute(waiting).rowcount
