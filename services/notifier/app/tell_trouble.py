"""Tells a department by its topic that one of its webhooks fails or was disabled: the webhook itself can no longer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID, uuid4

from services.chassis.database.work import Work
from services.contracts.event import Event
from services.contracts.topics import topic_table
from services.contracts.webhook_events import DepartmentWebhookDisabled, DepartmentWebhookFailing
from services.notifier.app.delivery_count import count_deliveries
from services.notifier.app.ports import DeliveryLog
from services.notifier.domain.delivery import DeliveryChannel, TopicDelivery, delivery_id, recipient_of
from services.notifier.domain.webhook_trouble import Disabled, Failing, Trouble

_MESSAGES: dict[type[Trouble], type[Event]] = {
    Disabled: DepartmentWebhookDisabled,
    Failing: DepartmentWebhookFailing,
}


def tell_trouble(work: Work, troubles: Sequence[Trouble], log: DeliveryLog) -> None:
    """In the transaction that found them, so that each is reported once."""
    now, topics = work.clock.now(), topic_table()
    deliveries = []
    for one in troubles:
        cause, message = uuid4(), _MESSAGES[type(one)]
        own_id: UUID = delivery_id(cause, recipient_of(one.department), DeliveryChannel.TOPIC, message.type)
        delivery = TopicDelivery(
            own_id, cause, one.department, message, str(one.webhook_id), one.version, now, published_at=now
        )
        deliveries.append(delivery)
        event = message.model_validate(asdict(one) | {"delivery_id": own_id})
        work.publish(topics.department_topic(one.department), event, event_id=own_id)
    log.add(work, deliveries)
    count_deliveries(work, DeliveryChannel.TOPIC, "sent", len(deliveries))
