"""What is to be sent to webhooks: queued with the message it repeats, sent by outbound/webhook_sender.py."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, any_, bindparam, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from services.chassis.database.rows import by_column, insert_rows
from services.chassis.database.work import Work
from services.chassis.messaging.forgetting import without_words
from services.chassis.messaging.wire import pack_headers
from services.chassis.metrics import WEBHOOK_DELIVERIES
from services.contracts.event import Envelope
from services.notifier.domain.delivery import DeliveryChannel, DeliveryStatus, DepartmentMessage, delivery_id
from services.notifier.store.deliveries import COMMON, SUBJECTS, common_columns
from services.notifier.store.tables import deliveries, webhook_sendings, webhooks
from services.notifier.store.webhooks import WebhookStatus

# Locked against removal, and against nothing else.
_VERIFIED = (
    select(webhooks.c.webhook_id, webhooks.c.department, webhooks.c.events, webhooks.c.status, func.now().label("now"))
    .where(webhooks.c.department == any_(bindparam("departments", type_=ARRAY(Text))))
    .where(webhooks.c.status != literal(WebhookStatus.UNVERIFIED))
    .order_by(webhooks.c.webhook_id)
    .with_for_update(key_share=True, read=True)
)
_LOG = insert_rows(deliveries, *COMMON, *SUBJECTS, "webhook_id")
_QUEUE = insert_rows(webhook_sendings, "delivery_id", "webhook_id", "headers", "body", "due_at", "failed_at", "error")

_ABOUT = (
    select(webhook_sendings.c.delivery_id, webhook_sendings.c.body)
    .join(deliveries, deliveries.c.delivery_id == webhook_sendings.c.delivery_id)
    .where(deliveries.c.ticket_id == any_(bindparam("ticket_ids", type_=ARRAY(Text))))
    .order_by(webhook_sendings.c.delivery_id)
    .with_for_update(of=webhook_sendings)
)


@dataclass(frozen=True, slots=True)
class _Webhook:
    webhook_id: UUID
    department: str
    events: Sequence[str] | None
    status: str
    now: datetime

    def wants(self, message: DepartmentMessage) -> bool:
        delivery = message.delivery
        return self.department == delivery.department and (self.events is None or delivery.message.type in self.events)


@dataclass(frozen=True, slots=True)
class SqlWebhookQueue:
    """`on_queued` is called after the commit."""

    on_queued: Callable[[], None] = lambda: None

    def add(self, work: Work, messages: Sequence[DepartmentMessage]) -> None:
        if not messages:
            return
        departments = sorted({message.delivery.department for message in messages})
        rows = work.connection.execute(_VERIFIED, {"departments": departments})
        verified = [_Webhook(row.webhook_id, row.department, row.events, row.status, row.now) for row in rows]
        wanted = [(message, webhook) for message in messages for webhook in verified if webhook.wants(message)]
        if wanted:
            sendings = list(_sendings(work, wanted))
            work.connection.execute(_LOG, by_column([log for log, _ in sendings]))
            work.connection.execute(_QUEUE, by_column([queued for _, queued in sendings]))
            work.after_commit(self.on_queued)

    def forget(self, work: Work, ticket_ids: Collection[str]) -> None:
        if not ticket_ids:
            return
        for row in work.connection.execute(_ABOUT, {"ticket_ids": sorted(ticket_ids)}).all():
            erased = {"body": without_words(row.body)}
            work.connection.execute(
                update(webhook_sendings).where(webhook_sendings.c.delivery_id == row.delivery_id).values(erased)
            )


def _sendings(
    work: Work, wanted: Sequence[tuple[DepartmentMessage, _Webhook]]
) -> Iterator[tuple[dict[str, object], dict[str, object]]]:
    """The rows in the log and in the queue, in the order of the messages; for a disabled webhook they have failed."""
    for message, webhook in wanted:
        delivery = message.delivery
        own_id = delivery_id(
            delivery.event_id,
            delivery.recipient,
            DeliveryChannel.WEBHOOK,
            delivery.message.type,
            webhook.webhook_id,
        )
        envelope = Envelope(delivery.delivery_id, work.source, work.clock.now(), message.event, message.traceparent)
        ids = {"delivery_id": own_id, "webhook_id": webhook.webhook_id}
        disabled = webhook.status == WebhookStatus.DISABLED
        status = DeliveryStatus.FAILED if disabled else DeliveryStatus.WAITING
        times = {
            "due_at": None if disabled else webhook.now,
            "failed_at": webhook.now if disabled else None,
            "error": "the webhook is disabled" if disabled else None,
        }
        log = ids | common_columns(delivery) | {"channel": DeliveryChannel.WEBHOOK, "status": status}
        yield log, ids | times | {"headers": pack_headers(envelope.headers()), "body": envelope.value()}


def gauge_webhooks(connection: Connection) -> None:
    """Shows how many deliveries wait, and how many have failed and can still be sent again."""
    sending = webhook_sendings.c
    for status, those in ((DeliveryStatus.WAITING, sending.due_at), (DeliveryStatus.FAILED, sending.failed_at)):
        counted = select(func.count()).select_from(webhook_sendings).where(those.is_not(None))
        WEBHOOK_DELIVERIES.labels(status).set(connection.execute(counted).scalar_one())
