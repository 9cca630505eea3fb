"""The transactional outbox: an event is recorded in the transaction of its state change, and published by the relay."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from services.chassis.database.rows import by_column, insert_rows
from services.chassis.database.tables import outbox
from services.chassis.messaging.errors import Reject
from services.chassis.messaging.wire import pack_headers
from services.contracts.event import Envelope, Headers

CHANNEL = "outbox"
_WAKE = text(f"NOTIFY {CHANNEL}")
_RECORD = insert_rows(outbox, "event_id", "topic", "key", "version", "headers", "value")

# What the broker accepts in one record (topics.yaml), less a margin for the batch header.
MAX_RECORD_BYTES = 1_000_000
MAX_DEAD_LETTER_BYTES = 2_000_000


class TooLarge(Reject):
    """The event would not fit into a Kafka record; raised before the transaction commits."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    event_id: UUID
    topic: str
    key: bytes
    version: int | None
    headers: Headers
    value: bytes | None
    limit: int = MAX_RECORD_BYTES

    @classmethod
    def of(cls, topic: str, envelope: Envelope) -> OutboxRow:
        return cls(envelope.id, topic, envelope.key, envelope.event.version, envelope.headers(), envelope.value())

    @classmethod
    def tombstone(cls, topic: str, envelope: Envelope) -> OutboxRow:
        """Says to a compacted topic that there is nothing more of the event's aggregate."""
        return cls(envelope.id, topic, envelope.key, None, envelope.headers(), None)

    def size(self) -> int:
        headers = sum(len(name.encode()) + len(value) for name, value in self.headers)
        return len(self.key) + len(self.value or b"") + headers


def record(connection: Connection, rows: Sequence[OutboxRow]) -> None:
    """Writes `rows` in the caller's transaction; call `wake_relay` after its commit.

    The caller holds the aggregate's lock, so that rows of one key get rising `seq` in version order.
    Raises TooLarge before anything is written; publishing a version twice violates the table's unique key.
    """
    if not rows:
        return
    for row in rows:
        if row.size() > row.limit:
            raise TooLarge(f"event for {row.topic} has {row.size()} bytes; a record holds {row.limit}")
    connection.execute(_RECORD, by_column([_columns(row) for row in rows]))


def wake_relay(engine: Engine) -> None:
    """Wakes the relay, in whichever process it leads. Never raises: the relay also looks by itself, later.

    Not part of the transaction that wrote the rows: PostgreSQL commits transactions with a NOTIFY one after the other,
    so that every writer of the service would wait for every other.
    """
    with suppress(SQLAlchemyError), engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(_WAKE)


def _columns(row: OutboxRow) -> dict[str, Any]:
    return {
        "event_id": row.event_id,
        "topic": row.topic,
        "key": row.key,
        "version": row.version,
        "headers": pack_headers(row.headers),
        "value": row.value,
    }


# Few rows, if any, found by their own index: the query below may compare every waiting row with them.
ASIDE = """
    WITH aside AS MATERIALIZED (
        SELECT topic, key, seq FROM outbox WHERE set_aside_at IS NOT NULL AND published_at IS NULL
    )
"""
_BACKLOG = text(
    ASIDE  # noqa: S608 - both are constants
    + """
    SELECT count(*) FILTER (WHERE NOT stands_aside),
           extract(epoch FROM clock_timestamp() - min(recorded_at) FILTER (WHERE NOT stands_aside)),
           count(*) FILTER (WHERE stands_aside)
      FROM (SELECT recorded_at,
                   EXISTS (SELECT FROM aside AS a WHERE a.topic = o.topic AND a.key = o.key AND a.seq <= o.seq)
                   AS stands_aside
              FROM outbox AS o WHERE published_at IS NULL) AS waiting
    """
)


@dataclass(frozen=True, slots=True)
class Backlog:
    depth: int
    oldest_age_s: float
    set_aside: int


def backlog(engine: Engine) -> Backlog:
    """How many rows wait for the relay, how long the oldest has waited, and how many wait for an operator.

    The last are the rows set aside and the later rows of their keys.
    """
    with engine.begin() as connection:
        depth, age_s, set_aside = connection.execute(_BACKLOG).one()
    return Backlog(depth, float(age_s or 0), set_aside)
