"""The delivery log: who is told what, and when."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Row, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis.metrics import DELIVERIES_AWAITING_TEXT
from services.contracts.department_events import (
    DepartmentReplyRefused,
    HotIssueTold,
    ProjectTold,
    TicketAssigned,
    TicketTold,
)
from services.contracts.event import Envelope, Event
from services.contracts.ticket_events import DepartmentCode, TicketDispatched
from services.notifier.adapters.tables import deliveries
from services.notifier.domain.delivery import DeliveryChannel, Status, delivery_id, recipient_of

MATTERS: Mapping[type[Event], str] = {
    TicketAssigned: "ticket_id",
    TicketTold: "ticket_id",
    DepartmentReplyRefused: "ticket_id",
    HotIssueTold: "hot_issue_id",
    ProjectTold: "project_id",
}
"""The column that holds whose fact a message tells, and the name of the parameter that asks for it."""


class Position(NamedTuple):
    """What the log is ordered by."""

    caused_at: datetime
    delivery_id: UUID


def open_assignment(connection: Connection, cause: Envelope, dispatch: TicketDispatched) -> UUID | None:
    """Records that the lead unit is to be told, once the text is here; None if that was decided before."""
    return _open(
        connection,
        cause,
        dispatch.lead,
        TicketAssigned,
        status=Status.AWAITING_TEXT,
        text_version=dispatch.text_version,
        dispatch=dispatch.model_dump(mode="json", exclude_none=True),
    )


def open_published(
    connection: Connection, cause: Envelope, department: DepartmentCode, message: type[Event], at: datetime
) -> UUID | None:
    """Records that the department is told in this transaction; None if that was decided before."""
    return _open(connection, cause, department, message, status=Status.PUBLISHED, told_at=at)


def _open(
    connection: Connection, cause: Envelope, department: DepartmentCode, message: type[Event], **more: Any
) -> UUID | None:
    recipient, channel = recipient_of(department), DeliveryChannel.TOPIC
    statement = (
        insert(deliveries)
        .values(
            delivery_id=delivery_id(cause.id, recipient, channel, message.type),
            event_id=cause.id,
            recipient=recipient,
            channel=channel,
            message=message.type,
            version=cause.event.version,
            caused_at=cause.time,
            **{MATTERS[message]: getattr(cause.event, MATTERS[message])},
            **more,
        )
        .on_conflict_do_nothing()
        .returning(deliveries.c.delivery_id)
    )
    return connection.execute(statement).scalar_one_or_none()


def mark_published(connection: Connection, delivery: UUID, at: datetime) -> None:
    connection.execute(
        update(deliveries).where(deliveries.c.delivery_id == delivery).values(status=Status.PUBLISHED, told_at=at)
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
        .order_by(deliveries.c.version)
    )
    return [(row.delivery_id, TicketDispatched.model_validate(row.dispatch)) for row in rows]


def gauge_awaiting_text(connection: Connection) -> None:
    """Shows how many deliveries wait for their text."""
    waiting = select(func.count()).select_from(deliveries).where(deliveries.c.status == Status.AWAITING_TEXT)
    DELIVERIES_AWAITING_TEXT.set(connection.execute(waiting).scalar_one())


def position_of(connection: Connection, delivery: UUID) -> Position | None:
    """Where the delivery stands in the log; None if there is none of this id."""
    row = connection.execute(
        select(deliveries.c.caused_at, deliveries.c.delivery_id).where(deliveries.c.delivery_id == delivery)
    ).one_or_none()
    return None if row is None else Position(row.caused_at, row.delivery_id)


def of_id(connection: Connection, delivery: UUID) -> Sequence[Row[Any]]:
    return connection.execute(deliveries.select().where(deliveries.c.delivery_id == delivery)).all()


def page_of(
    connection: Connection,
    asked: Mapping[str, object],
    recipients: Collection[str] | None,
    after: Position | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Deliveries, newest cause first, at most `limit` behind `after`; what is empty or None does not restrict.

    `asked`: the wanted value by column.
    """
    log = deliveries.c
    page = deliveries.select().order_by(log.caused_at.desc(), log.delivery_id.desc()).limit(limit)
    for column, wanted in asked.items():
        page = page.where(log[column] == wanted)
    if recipients is not None:
        page = page.where(log.recipient.in_(recipients))
    if after is not None:
        page = page.where(tuple_(log.caused_at, log.delivery_id) < tuple_(*after))
    return connection.execute(page).all()
