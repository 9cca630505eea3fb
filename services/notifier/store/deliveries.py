"""The rows of deliveries: which message is sent to whom, and when."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Connection, Row, any_, bindparam, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from services.chassis.database.rows import by_column, changes_by_column, insert_rows, update_rows
from services.chassis.database.work import Work
from services.chassis.metrics import DELIVERIES_AWAITING_TEXT
from services.contracts.registry import EVENTS
from services.contracts.ticket_events import TicketDispatched
from services.notifier.domain.delivery import (
    SUBJECT_FIELDS,
    DeliveryChannel,
    DeliveryStatus,
    TopicDelivery,
    department_of,
)
from services.notifier.store.tables import deliveries

COMMON = ("delivery_id", "event_id", "recipient", "message", "version", "caused_at", "number", "channel", "status")
"""The columns that a delivery has on any channel, beside the one that names its subject."""
SUBJECTS = ("ticket_id", "hot_issue_id", "project_id", "matter_id")

_ADD = (
    insert_rows(deliveries, *COMMON, *SUBJECTS, "told_at", "text_version", "dispatch")
    .on_conflict_do_nothing()
    .returning(deliveries.c.delivery_id)
)
_MARK_PUBLISHED = update_rows(deliveries, "delivery_id", "status", "told_at")
# The status stands in the statement itself: the planner must see that the partial index fits.
_WAITS = deliveries.c.status == literal(DeliveryStatus.AWAITING_TEXT, literal_execute=True)
_AWAITING_TEXT = (
    select(deliveries)
    .where(deliveries.c.ticket_id == any_(bindparam("ticket_ids", type_=ARRAY(Text))), _WAITS)
    .order_by(deliveries.c.ticket_id, deliveries.c.version)
)


class SqlDeliveryLog:
    def awaiting_text(self, work: Work, ticket_ids: Collection[str]) -> dict[str, list[TopicDelivery]]:
        waiting: dict[str, list[TopicDelivery]] = {}
        if ticket_ids:
            for row in work.connection.execute(_AWAITING_TEXT, {"ticket_ids": list(ticket_ids)}):
                waiting.setdefault(row.ticket_id, []).append(_delivery(row))
        return waiting

    def add(self, work: Work, deliveries: Sequence[TopicDelivery]) -> Collection[UUID]:
        if not deliveries:
            return set()
        rows = [_columns(delivery) for delivery in deliveries]
        return set(work.connection.execute(_ADD, by_column(rows)).scalars())

    def mark_published(self, work: Work, deliveries: Sequence[TopicDelivery]) -> None:
        if deliveries:
            rows = [
                {"delivery_id": one.delivery_id, "status": one.status, "told_at": one.published_at}
                for one in deliveries
            ]
            work.connection.execute(_MARK_PUBLISHED, changes_by_column(rows))


def gauge_awaiting_text(connection: Connection) -> None:
    """Shows how many deliveries wait for their text."""
    waiting = select(func.count()).select_from(deliveries).where(_WAITS)
    DELIVERIES_AWAITING_TEXT.set(connection.execute(waiting).scalar_one())


def common_columns(delivery: TopicDelivery) -> dict[str, object]:
    """What stands in the log for a delivery and for each webhook that repeats it: all but id, channel and status."""
    named = SUBJECT_FIELDS[delivery.message]
    subject = named if named in SUBJECTS else "matter_id"
    return {
        "event_id": delivery.event_id,
        "recipient": delivery.recipient,
        "message": delivery.message.type,
        "version": delivery.version,
        "caused_at": delivery.caused_at,
        "number": delivery.number,
        **{name: delivery.subject_id if name == subject else None for name in SUBJECTS},
    }


def _columns(delivery: TopicDelivery) -> dict[str, object]:
    dispatch = delivery.dispatch
    return common_columns(delivery) | {
        "delivery_id": delivery.delivery_id,
        "channel": DeliveryChannel.TOPIC,
        "status": delivery.status,
        "told_at": delivery.published_at,
        "text_version": dispatch and dispatch.text_version,
        "dispatch": dispatch and dispatch.model_dump(mode="json", exclude_none=True),
    }


def _delivery(row: Row[tuple[object, ...]]) -> TopicDelivery:
    """Of one that waits for a text."""
    dispatch = TicketDispatched.model_validate(row.dispatch)
    return TopicDelivery(
        row.delivery_id,
        row.event_id,
        department_of(row.recipient),
        EVENTS[row.message],
        row.ticket_id,
        row.version,
        row.caused_at,
        dispatch,
        number=row.number,
    )
