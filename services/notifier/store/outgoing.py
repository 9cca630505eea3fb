"""Messages to officers that a channel takes: claimed for a time, with their receiver and what they are to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from services.chassis.database.work import Work
from services.notifier.domain.officer import OfficerChannel
from services.notifier.store.escalations import overtaken
from services.notifier.store.officer_tables import officer_ways, officers

_CLAIM = text(
    """
    UPDATE officer_messages SET status = 'sending', attempts = attempts + 1, lease = lease + 1, due_at = now() + :lease
     WHERE message_id IN (
        SELECT message_id FROM officer_messages
         WHERE channel = :channel AND status IN ('closed', 'sending') AND due_at <= now()
         ORDER BY urgent DESC, due_at, message_id LIMIT :most FOR UPDATE SKIP LOCKED)
    RETURNING message_id, officer_id, urgent, rank, attempts, lease
    """
)
_INTERRUPTED = text(
    """
    SELECT message_id, officer_id, urgent, rank, attempts, lease FROM officer_messages
     WHERE channel = :channel AND status = 'sending' AND due_at <= now() FOR UPDATE SKIP LOCKED
    """
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """`attempts` counts the one that is about to be made."""

    message_id: UUID
    officer_id: UUID
    urgent: bool
    rank: int
    attempts: int
    lease: int
    channel: OfficerChannel


@dataclass(frozen=True, slots=True)
class Receiver:
    """The officer as of now. `address` is None if they have no such way any more."""

    active: bool
    language: str
    address: str | None


@dataclass(frozen=True, slots=True)
class Held:
    """A notice in a message. `guarded`: its unit may not hear of its ticket any more. `overtaken`: it is of a later
    step of a chain that somebody has read. `asks`: it is to be read. `step`: of its chain, 0 at the beginning.
    """

    notice_id: UUID
    template: str
    values: Mapping[str, Any]
    number: str | None
    read: bool
    guarded: bool
    overtaken: bool
    asks: bool
    step: int


def claim(work: Work, channel: OfficerChannel, lease: timedelta, most: int) -> list[Claimed]:
    rows = work.connection.execute(_CLAIM, {"channel": channel, "lease": lease, "most": most})
    return [Claimed(**row._mapping, channel=channel) for row in rows]


def interrupted(work: Work, channel: OfficerChannel) -> list[Claimed]:
    """What somebody was sending when their claim ended; locked."""
    return [
        Claimed(**row._mapping, channel=channel) for row in work.connection.execute(_INTERRUPTED, {"channel": channel})
    ]


def receiver_of(work: Work, message: Claimed) -> Receiver:
    asked = (
        select(officers.c.active, officers.c.language, officer_ways.c.address)
        .outerjoin(
            officer_ways,
            (officer_ways.c.officer_id == officers.c.officer_id)
            & (officer_ways.c.rank == message.rank)
            & (officer_ways.c.channel == message.channel),
        )
        .where(officers.c.officer_id == message.officer_id)
    )
    row = work.connection.execute(asked).one()
    return Receiver(row.active, row.language, row.address)


_HELD = text(
    """
    SELECT n.notice_id, n.template, n.values, n.number, n.read_at IS NOT NULL AS read,
           n.read_within IS NOT NULL AS asks, n.step,
           COALESCE(n.unit = g.about_unit, false)
           OR COALESCE(g.restricted AND n.unit <> :hub AND n.unit IS DISTINCT FROM g.lead, false) AS guarded
      FROM officer_notices AS n
      LEFT JOIN guarded_tickets AS g ON n.subject_kind = 'ticket' AND g.ticket_id = n.subject_id
     WHERE n.message_id = :message AND n.status = 'bundled' ORDER BY n.caused_at, n.notice_id
    """
)


def held_in(work: Work, message: UUID, hub: str) -> list[Held]:
    """The notices that the message is to say, oldest first. The guard is `confidence.may_hear` in SQL."""
    rows = work.connection.execute(_HELD, {"message": message, "hub": hub}).all()
    late = overtaken(work, [row.notice_id for row in rows])
    return [Held(**row._mapping, overtaken=row.notice_id in late) for row in rows]
