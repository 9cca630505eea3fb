"""Reading what was sent to one webhook, page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select, tuple_

from services.chassis.database.work import Work
from services.notifier.store.delivery_log import Position
from services.notifier.store.tables import deliveries, webhook_sendings


def webhook_position(work: Work, delivery: UUID, webhook: UUID) -> Position | None:
    """Where the delivery stands; None if the webhook has none of this id."""
    log = deliveries.c
    asked = select(log.caused_at, log.delivery_id).where(log.delivery_id == delivery, log.webhook_id == webhook)
    row = work.connection.execute(asked).one_or_none()
    return None if row is None else Position(row.caused_at, row.delivery_id)


def webhook_page(work: Work, filters: Mapping[str, object], after: Position | None, limit: int) -> Sequence[Row[Any]]:
    """The newest cause first, with `attempts`, `due_at` and `error` of those whose message is still kept."""
    log, sending = deliveries.c, webhook_sendings.c
    page: Select[Any] = (
        select(*log, sending.attempts, sending.due_at, sending.error)
        .outerjoin(webhook_sendings, sending.delivery_id == log.delivery_id)
        .order_by(log.caused_at.desc(), log.delivery_id.desc())
        .limit(limit)
    )
    for column, wanted in filters.items():
        page = page.where(log[column] == wanted)
    if after is not None:
        page = page.where(tuple_(log.caused_at, log.delivery_id) < tuple_(*after))
    return work.connection.execute(page).all()
