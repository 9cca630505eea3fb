"""Reports a failed address of an officer on another channel: the topics of the unit and of the hub."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.chassis.database.work import Work
from services.contracts.department_events import OfficerUnreached
from services.contracts.departments import departments
from services.contracts.event import deterministic_id
from services.contracts.topics import topic_table
from services.notifier.app.recipients import hub
from services.notifier.domain.officer import OfficerChannel, Post

CONSUMER = "unreached"


class FailedWay(NamedTuple):
    """Of one officer. `until`: it is not tried before."""

    officer_id: UUID
    unit: str
    post: Post
    channel: OfficerChannel
    cause: str
    until: datetime


def tell_unreached(work: Work, way: FailedWay) -> None:
    """A supervising party has no such topic: only the hub is notified."""
    for department in sorted({way.unit, hub()} & departments().keys()):
        seed = f"{way.officer_id}|{way.channel}|{way.until.isoformat()}|{department}"
        delivery = deterministic_id(CONSUMER, seed, OfficerUnreached.type)
        event = OfficerUnreached(
            version=1,
            delivery_id=delivery,
            department=department,
            unit=way.unit,
            post=way.post.value,
            channel=way.channel.value,
            cause=way.cause,
            until=way.until,
        )
        work.publish(topic_table().department_topic(department), event, event_id=delivery)
