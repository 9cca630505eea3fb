"""Reading the delivery log, page by page."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, Select, select, tuple_

from services.chassis.database.work import Work
from services.notifier.store.tables import deliveries, webhook_sendings


class Position(NamedTuple):
    """What the log is ordered by."""

    caused_at: datetime
    delivery_id: UUID


def position_of(
    work: Work, delivery: UUID, recipients: Collection[str] | None = None, webhook: UUID | None = None
) -> Position | None:
    """Where the delivery stands in the log; None if these recipients, or this webhook, have none of this id."""
    log = deliveries.c
    asked = select(log.caused_at, log.delivery_id).where(log.delivery_id == delivery)
    if recipients is not None:
        asked = asked.where(log.recipient.in_(recipients))
    if webhook is not None:
        asked = asked.where(log.webhook_id == webhook)
    row = work.connection.execute(asked).one_or_none()
    return None if row is None else Position(row.caused_at, row.delivery_id)


def log_page(
    work: Work, filters: Mapping[str, object], recipients: Collection[str] | None, after: Position | None, limit: int
) -> Sequence[Row[Any]]:
    """Deliveries, newest cause first, at most `limit` behind `after`.

    `filters` gives the wanted value by column; None for `recipients` or `after` does not restrict.
    """
    page = _page(deliveries.select(), filters, after, limit)
    if recipients is not None:
        page = page.where(deliveries.c.recipient.in_(recipients))
    return work.connection.execute(page).all()


def webhook_page(work: Work, filters: Mapping[str, object], after: Position | None, limit: int) -> Sequence[Row[Any]]:
    """Like `log_page`, with `attempts`, `due_at` and `error` of those whose message is still kept."""
    sending = webhook_sendings.c
    joined = select(*deliveries.c, sending.attempts, sending.due_at, sending.error).outerjoin(
        webhook_sendings, sending.delivery_id == deliveries.c.delivery_id
    )
    return work.connection.execute(_page(joined, filters, after, limit)).all()


def _page(query: Select[Any], filters: Mapping[str, object], after: Position | None, limit: int) -> Select[Any]:
    log = deliveries.c
    page = query.order_by(log.caused_at.desc(), log.delivery_id.desc()).limit(limit)
    for column, wanted in filters.items():
        page = page.where(log[column] == wanted)
    if after is not None:
        page = page.where(tuple_(log.caused_at, log.delivery_id) < tuple_(*after))
    return page
