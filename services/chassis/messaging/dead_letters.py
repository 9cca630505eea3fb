"""Dead letters: events that could not be processed, kept with their cause until an operator replays them.

`processing.py` decides which, by the kinds of `errors.py`; the classifier does so in `classifier/app/answer.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from kafka.consumer.fetcher import ConsumerRecord
from sqlalchemy import Connection, func, insert, select, tuple_, update

from services.chassis.database.tables import dead_letters
from services.chassis.database.work import Work, Workshop
from services.chassis.messaging import inbox
from services.chassis.messaging.outbox import MAX_DEAD_LETTER_BYTES, OutboxRow
from services.chassis.messaging.wire import pack_headers, unpack_headers
from services.contracts.event import Envelope, Headers, deterministic_id
from services.contracts.registry import EVENTS


@dataclass(frozen=True, slots=True)
class Subject:
    """Who rejected which record: `event_id` is the envelope's, or made from the position if it has none."""

    service: str
    consumer: str
    event_id: UUID
    record: ConsumerRecord

    @property
    def letter_id(self) -> UUID:
        return deterministic_id(self.consumer, f"{self.record.topic}:{self.event_id}", "dead-letter")


def reject(connection: Connection, subject: Subject, cause: str) -> OutboxRow | None:
    """Writes the inbox status `rejected` and the letter in the caller's transaction.

    Returns the outbox row for `<service>.dlq`, or None if the event is in the inbox already: a redelivered poison is
    dead-lettered once.
    """
    record = subject.record
    if not inbox.admit(connection, subject.consumer, [(record.topic, subject.event_id)], "rejected"):
        return None
    headers = list(record.headers or [])
    connection.execute(
        insert(dead_letters).values(
            id=subject.letter_id,
            event_id=subject.event_id,
            consumer=subject.consumer,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            key=record.key,
            headers=pack_headers(headers),
            value=record.value,
            cause=cause,
        )
    )
    caused = cause_headers(subject.consumer, record.topic, record.partition, record.offset, cause)
    letter = OutboxRow(
        subject.letter_id,
        f"{subject.service}.dlq",
        record.key or b"",
        None,
        [(name, value or b"") for name, value in headers] + caused,
        record.value,
        MAX_DEAD_LETTER_BYTES,
    )
    if letter.size() <= letter.limit:
        return letter
    # A compressed record may be larger than ours may be. The table keeps it whole, the topic only its cause.
    return replace(letter, key=b"", headers=[*caused, ("dlq_value", b"kept in the table alone")], value=None)


def cause_headers(consumer: str, topic: str, partition: int, offset: int, cause: str) -> Headers:
    """Headers that a dead letter has beside the original's own."""
    pairs = {
        "dlq_consumer": consumer,
        "dlq_topic": topic,
        "dlq_partition": str(partition),
        "dlq_offset": str(offset),
        "dlq_cause": cause,
    }
    return [(name, value.encode()) for name, value in pairs.items()]


@dataclass(frozen=True, slots=True)
class DeadLetter:
    id: UUID
    event_id: UUID
    consumer: str
    topic: str
    partition: int
    offset: int
    cause: str
    rejected_at: datetime
    replayed_at: datetime | None
    headers: Headers
    value: bytes | None

    @property
    def status(self) -> str:
        return "replayed" if self.replayed_at else "rejected"


def _letter(row: Any) -> DeadLetter:
    return DeadLetter(
        row.id,
        row.event_id,
        row.consumer,
        row.topic,
        row.partition,
        row.offset,
        row.cause,
        row.rejected_at,
        row.replayed_at,
        unpack_headers(row.headers),
        row.value,
    )


def find(connection: Connection, letter_id: UUID) -> DeadLetter | None:
    row = connection.execute(select(dead_letters).where(dead_letters.c.id == letter_id)).one_or_none()
    return _letter(row) if row else None


def page(connection: Connection, *, all_statuses: bool, after: UUID | None, limit: int) -> list[DeadLetter]:
    """Letters that follow the letter `after`, in the order of their rejection; none if there is no such letter.

    Only those not yet replayed, unless `all_statuses`.
    """
    place = dead_letters.c.rejected_at, dead_letters.c.id
    query = select(dead_letters).order_by(*place).limit(limit)
    if not all_statuses:
        query = query.where(dead_letters.c.replayed_at.is_(None))
    if after:
        last = dead_letters.alias()
        after_place = select(last.c.rejected_at, last.c.id).where(last.c.id == after).scalar_subquery()
        query = query.where(tuple_(*place) > after_place)
    return [_letter(row) for row in connection.execute(query)]


def open_count(connection: Connection) -> int:
    return connection.execute(
        select(func.count()).select_from(dead_letters).where(dead_letters.c.replayed_at.is_(None))
    ).scalar_one()


def replay(workshop: Workshop, letter_id: UUID, actor: str, apply: Callable[[str, Envelope, Work], None]) -> bool:
    """Runs the stored event through its consumer's handler again and flips the inbox row, in one transaction.

    False if it had been replayed before. If the handler raises, nothing changes. Nothing is published to the source
    topic, whose other readers have processed the event long ago. A record that could not be read before enters the
    inbox under its own id, so that a redelivery has no second effect.
    """
    with workshop.open() as work:
        row = work.connection.execute(
            select(dead_letters).where(dead_letters.c.id == letter_id).with_for_update()
        ).one()
        letter = _letter(row)
        if letter.replayed_at:
            return False
        envelope = replace(Envelope.parse(letter.headers, letter.value, EVENTS), topic=letter.topic)
        known_as = [(letter.topic, envelope.id)]
        if envelope.id == letter.event_id or inbox.admit(work.connection, letter.consumer, known_as):
            apply(letter.consumer, envelope, work)
        inbox.mark_replayed(work.connection, letter.consumer, letter.topic, letter.event_id)
        work.connection.execute(
            update(dead_letters)
            .where(dead_letters.c.id == letter_id)
            .values(replayed_at=func.clock_timestamp(), replayed_by=actor)
        )
    return True
