"""Sends a department the result of a reply that notifier itself handled, by topic and webhook like all others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from services.chassis.database.work import Work
from services.chassis.tracing import current_traceparent
from services.contracts.department_answer_events import DepartmentReplyTaken, DepartmentReplyTurnedDown
from services.contracts.event import Event, deterministic_id
from services.contracts.reply_answer_events import ReplyOutcome
from services.contracts.topics import topic_table
from services.notifier.app.delivery_count import count_deliveries
from services.notifier.app.ports import DeliveryLog, WebhookQueue
from services.notifier.domain.delivery import (
    CONSUMER,
    DeliveryChannel,
    DepartmentMessage,
    TopicDelivery,
    delivery_id,
    recipient_of,
)


@dataclass(frozen=True, slots=True)
class TellAnswer:
    """`said`: why a reply was refused, in words for people, by the code of the refusal."""

    log: DeliveryLog
    webhooks: WebhookQueue
    said: Callable[[str], Mapping[str, str]]

    def __call__(self, work: Work, answered: str, facts: Mapping[str, Any]) -> None:
        """`answered` names the record, `facts` are those of a ReplyAnswered. Sent once, however often it is called."""
        taken = facts["outcome"] is ReplyOutcome.TAKEN
        message: type[Event] = DepartmentReplyTaken if taken else DepartmentReplyTurnedDown
        department, now = facts["department"], work.clock.now()
        cause = deterministic_id(CONSUMER, answered, "answer")
        own_id = delivery_id(cause, recipient_of(department), DeliveryChannel.TOPIC, message.type)
        words = {} if taken else self.said(facts["code"])
        event = message.model_validate({**facts, **words, "delivery_id": own_id})
        delivery = TopicDelivery(
            own_id, cause, department, message, event.aggregate_id, event.version, now, published_at=now
        )
        if own_id not in self.log.add(work, [delivery]):
            return
        self.webhooks.add(work, [DepartmentMessage(delivery, event, current_traceparent.get())])
        work.publish(topic_table().department_topic(department), event, event_id=own_id)
        count_deliveries(work, DeliveryChannel.TOPIC, "sent")
