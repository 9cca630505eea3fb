"""Tells a department by its topic that one of its webhooks was disabled: the webhook itself can no longer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID, uuid4

from services.chassis.database.work import Work
from services.contracts.topics import topic_table
from services.contracts.webhook_events import DepartmentWebhookDisabled, WebhookDisabledBecause
from services.notifier.app.delivery_count import count_deliveries
from services.notifier.app.ports import DeliveryLog
from services.notifier.domain.delivery import DeliveryChannel, TopicDelivery, delivery_id, recipient_of


class DisabledWebhook(Protocol):
    """`failed` messages can be sent again."""

    @property
    def webhook_id(self) -> UUID: ...
    @property
    def department(self) -> str: ...
    @property
    def because(self) -> WebhookDisabledBecause: ...
    @property
    def failing_since(self) -> datetime | None: ...
    @property
    def failed(self) -> int: ...


def tell_disabled(work: Work, disabled: Sequence[DisabledWebhook], log: DeliveryLog) -> None:
    """In the transaction that disabled them, so that each is told once."""
    now, topics = work.clock.now(), topic_table()
    deliveries = []
    for one in disabled:
        cause, message = uuid4(), DepartmentWebhookDisabled
        own_id = delivery_id(cause, recipient_of(one.department), DeliveryChannel.TOPIC, message.type)
        told = TopicDelivery(own_id, cause, one.department, message, str(one.webhook_id), 1, now, published_at=now)
        event = DepartmentWebhookDisabled(
            version=1,
            delivery_id=own_id,
            department=one.department,
            webhook_id=one.webhook_id,
            because=one.because,
            failing_since=one.failing_since,
            failed=one.failed,
        )
        deliveries.append(told)
        work.publish(topics.department_topic(one.department), event, event_id=own_id)
    log.add(work, deliveries)
    count_deliveries(work, DeliveryChannel.TOPIC, "sent", len(deliveries))
