"""The delivery log: who is told what, and when."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Row, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis.metrics import DELIVERIES_AWAITING_TEXT
from services.contracts.event import Envelope
from services.contracts.ticket_events import TicketDispatched
from services.notifier.adapters.tables import deliveries
from services.notifier.domain.delivery import DeliveryChannel, Status, delivery_id, recipient_of


class Position(NamedTuple):
    """What the log is ordered by."""

    dispatched_at: datetime
    delivery_id: UUID


def open_delivery(connection: Connection, envelope: Envelope, dispatch: TicketDispatched) -> UUID | None:
    """Records that the lead unit is to be told; None if that was decided before."""
    recipient, channel = recipient_of(dispatch.lead), DeliveryChannel.TOPIC
    statement = (
        insert(deliveries)
        .values(
            delivery_id=delivery_id(envelope.id, recipient, channel),
            event_id=envelope.id,
            recipient=recipient,
            channel=channel,
            status=Status.AWAITING_TEXT,
            ticket_id=dispatch.ticket_id,
            ticket_version=dispatch.version,
            text_version=dispatch.text_version,
            dispatch=dispatch.model_dump(mode="json", exclude_none=True),
            dispatched_at=envelope.time,
        )
        .on_conflict_do_nothing()
        .returning(deliveries.c.delivery_id)
    )
    return connection.execute(statement).scalar_one_or_none()


def mark_published(connection: Connection, delivery: UUID, at: datetime) -> None:
    connection.execute(
        update(deliveries).where(deliveries.c.delivery_id == delivery).values(status=Status.PUBLISHED, published_at=at)
    )


def released_by(connection: Connection, ticket_id: str, text_version: int) -> list[tuple[UUID, TicketDispatched]]:
    """The ticket's deliveries that waited for this text, oldest dispatch first."""
    rows = connection.execute(
        select(deliveries.c.delivery_id, deliveries.c.dispatch)
        .where(
            deliveries.c.ticket_id == ticket_id,
            deliveries.c.status == Status.AWAITING_TEXT,
            deliveries.c.text_version <= text_version,
        )
        .order_by(deliveries.c.ticket_version)
    )
    return [(row.delivery_id, TicketDispatched.model_validate(row.dispatch)) for row in rows]


def gauge_awaiting_text(connection: Connection) -> None:
    """Shows how many deliveries wait for their text."""
    waiting = select(func.count()).select_from(deliveries).where(deliveries.c.status == Status.AWAITING_TEXT)
    DELIVERIES_AWAITING_TEXT.set(connection.execute(waiting).scalar_one())


def position_of(connection: Connection, delivery: UUID) -> Position | None:
    """Where the delivery stands in the log; None if there is none of this id."""
    row = connection.execute(
        select(deliveries.c.dispatched_at, deliveries.c.delivery_id).where(deliveries.c.delivery_id == delivery)
    ).one_or_none()
    return None if row is None else Position(row.dispatched_at, row.delivery_id)


def page_of(
    connection: Connection,
    ticket_id: str | None,
    recipients: Collection[str] | None,
    after: Position | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Deliveries, newest dispatch first, at most `limit` behind `after`; what is None does not restrict."""
    log = deliveries.c
    page = deliveries.select().order_by(log.dispatched_at.desc(), log.delivery_id.desc()).limit(limit)
    if ticket_id is not None:
        page = page.where(log.ticket_id == ticket_id)
    if recipients is not None:
        page = page.where(log.recipient.in_(recipients))
    if after is not None:
        page = page.where(tuple_(log.dispatched_at, log.delivery_id) < tuple_(*after))
    return connection.execute(page).all()
