"""Which events a consumer has already processed: makes effects exactly-once on at-least-once delivery."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Connection, select, text, update

from services.chassis.database.tables import inbox

_ADMIT = text(
    """
    INSERT INTO inbox (consumer, topic, event_id, status)
    SELECT :consumer, topic, event_id, :status
      FROM unnest(CAST(:topics AS text[]), CAST(:ids AS uuid[])) AS seen(topic, event_id)
     ORDER BY topic, event_id
    ON CONFLICT DO NOTHING
    RETURNING topic, event_id
    """
)


def admit(
    connection: Connection, consumer: str, events: Iterable[tuple[str, UUID]], status: str = "done"
) -> set[tuple[str, UUID]]:
    """Records (topic, event id) pairs in the caller's transaction and returns the new ones.

    Waits for another transaction that holds one of them (it may yet roll back). Sorted, so that two consumers
    that redeliver the same events to each other cannot deadlock.
    """
    pairs = list(events)
    if not pairs:
        return set()
    rows = connection.execute(
        _ADMIT,
        {
            "consumer": consumer,
            "status": status,
            "topics": [topic for topic, _ in pairs],
            "ids": [event_id for _, event_id in pairs],
        },
    )
    return {(row.topic, row.event_id) for row in rows}


def mark_replayed(connection: Connection, consumer: str, topic: str, event_id: UUID) -> None:
    connection.execute(
        update(inbox)
        .where(inbox.c.consumer == consumer, inbox.c.topic == topic, inbox.c.event_id == event_id)
        .values(status="replayed")
    )


def taken(connection: Connection, consumer: str, ids: Iterable[UUID]) -> set[tuple[str, UUID]]:
    """The (topic, event id) pairs among `ids` that are recorded, whatever their status."""
    rows = connection.execute(
        select(inbox.c.topic, inbox.c.event_id).where(inbox.c.consumer == consumer, inbox.c.event_id.in_(list(ids)))
    )
    return {(row.topic, row.event_id) for row in rows}
