"""Messages to officers that a channel takes: claimed for a time, with their receiver and what they are to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, text

from services.chassis.database.work import Work
from services.notifier.domain.officer import OfficerChannel
from services.notifier.domain.officer_notice import NoticeStatus
from services.notifier.store.closed_tickets import open_to_its_unit
from services.notifier.store.escalations import overtaken
from services.notifier.store.officer_tables import officer_notices, officer_ways, officers

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


_NOTICE = officer_notices.c
_HELD = (
    select(
        *(_NOTICE.notice_id, _NOTICE.template, _NOTICE["values"], _NOTICE.number, _NOTICE.step),
        _NOTICE.read_at.is_not(None).label("read"),
        _NOTICE.read_within.is_not(None).label("asks"),
        (~open_to_its_unit()).label("guarded"),
    )
    .where(_NOTICE.message_id == bindparam("message"), _NOTICE.status == NoticeStatus.BUNDLED)
    .order_by(_NOTICE.caused_at, _NOTICE.notice_id)
)


def held_in(work: Work, message: UUID) -> list[Held]:
    """The notices that the message is to say, oldest first."""
    rows = work.connection.execute(_HELD, {"message": message}).all()
    late = overtaken(work, [row.notice_id for row in rows])
    return [Held(**row._mapping, overtaken=row.notice_id in late) for row in rows]
