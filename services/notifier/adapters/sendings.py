"""What is to be sent to webhooks: queued with the message it repeats, sent by the sender (sender.py)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, any_, func, insert, literal, select, update

from services.chassis.metrics import WEBHOOK_DELIVERIES
from services.chassis.tracing import current_traceparent
from services.chassis.wire import pack_headers
from services.chassis.work import Work
from services.contracts.event import Envelope, Event
from services.contracts.ticket_events import DepartmentCode
from services.notifier.adapters.tables import deliveries, webhook_sendings, webhooks
from services.notifier.adapters.webhooks import WebhookStatus
from services.notifier.domain.delivery import DeliveryChannel, Status, delivery_id

_REPEATED = ("event_id", "recipient", "message", "ticket_id", "hot_issue_id", "project_id", "version", "caused_at")


def queue(work: Work, department: DepartmentCode, message: Event, told_as: UUID) -> None:
    """Makes a delivery to each active webhook of the department that wants the message.

    `told_as` is the delivery of the same message on the department's topic; the caller has just opened it, so that
    this happens once for each event and recipient.
    """
    for webhook in _wanting(work.connection, department, message.type):
        cause = work.connection.execute(
            select(*(deliveries.c[name] for name in _REPEATED)).where(deliveries.c.delivery_id == told_as)
        ).one()
        delivery = delivery_id(cause.event_id, cause.recipient, DeliveryChannel.WEBHOOK, message.type, webhook)
        work.connection.execute(
            insert(deliveries).values(
                delivery_id=delivery,
                channel=DeliveryChannel.WEBHOOK,
                webhook_id=webhook,
                status=Status.WAITING,
                **cause._mapping,
            )
        )
        envelope = Envelope(told_as, work.source, work.clock.now(), message, current_traceparent.get())
        work.connection.execute(
            insert(webhook_sendings).values(
                delivery_id=delivery,
                webhook_id=webhook,
                headers=pack_headers(envelope.headers()),
                body=envelope.value(),
            )
        )


def _wanting(connection: Connection, department: DepartmentCode, message: str) -> list[UUID]:
    """Locked against removal, and against nothing else."""
    statement = (
        select(webhooks.c.webhook_id)
        .where(webhooks.c.department == department, webhooks.c.status == WebhookStatus.ACTIVE)
        .where(webhooks.c.events.is_(None) | (literal(message) == any_(webhooks.c.events)))
        .order_by(webhooks.c.webhook_id)
        .with_for_update(key_share=True, read=True)
    )
    return list(connection.execute(statement).scalars())


def webhook_of(connection: Connection, delivery: UUID) -> UUID | None:
    """None if there is no such delivery, it went to a topic, or its webhook has been removed."""
    return connection.execute(
        select(webhooks.c.webhook_id)
        .join(deliveries, deliveries.c.webhook_id == webhooks.c.webhook_id)
        .where(deliveries.c.delivery_id == delivery)
    ).scalar_one_or_none()


def progress_of(connection: Connection, delivery_ids: Collection[UUID]) -> dict[UUID, Row[Any]]:
    """`attempts`, `due_at` and `error` of those deliveries that are still kept."""
    rows = connection.execute(webhook_sendings.select().where(webhook_sendings.c.delivery_id.in_(delivery_ids)))
    return {row.delivery_id: row for row in rows}


def send_again(connection: Connection, webhook: UUID, delivery: UUID) -> bool:
    """Lets the delivery start anew, at once and under the same id; False if what it said is no longer kept."""
    connection.execute(update(webhooks).where(webhooks.c.webhook_id == webhook).values(resume_at=func.now()))
    anew = (
        update(webhook_sendings)
        .where(webhook_sendings.c.delivery_id == delivery)
        .values(attempts=0, due_at=func.now(), queued_at=func.now(), failed_at=None, error=None)
    )
    if connection.execute(anew).rowcount == 0:
        return False
    connection.execute(
        update(deliveries).where(deliveries.c.delivery_id == delivery).values(status=Status.WAITING)
    )
    return True


def gauge_webhooks(connection: Connection) -> None:
    """Shows how many deliveries wait, and how many have failed and can still be sent again."""
    sending = webhook_sendings.c
    for status, those in ((Status.WAITING, sending.due_at), (Status.FAILED, sending.failed_at)):
        counted = select(func.count()).select_from(webhook_sendings).where(those.is_not(None))
        WEBHOOK_DELIVERIES.labels(status).set(connection.execute(counted).scalar_one())
