"""What came of a message that a channel had claimed. A claim that has ended is fenced: it changes nothing any more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, text, update

from services.chassis.database.work import Work
from services.chassis.metrics import OFFICER_MESSAGES
from services.notifier.app.tell_unreached import FailedWay
from services.notifier.domain.leaving import Cause, MessageStatus
from services.notifier.domain.officer import Post
from services.notifier.domain.officer_notice import NoticeStatus
from services.notifier.store.officer_tables import officer_messages, officer_notices
from services.notifier.store.outgoing import Claimed
from services.notifier.store.sending_tables import officer_tries

_REST = text(
    """
    WITH rested AS (
        INSERT INTO resting_ways (officer_id, channel, address, cause, since, until)
        SELECT officer_id, channel, address, :cause, :since, :until FROM officer_ways
         WHERE officer_id = :officer AND rank = :rank AND channel = :channel
        ON CONFLICT (officer_id, channel) DO UPDATE SET address = EXCLUDED.address, cause = EXCLUDED.cause,
           since = EXCLUDED.since, until = EXCLUDED.until
         WHERE resting_ways.until <= EXCLUDED.since OR resting_ways.address <> EXCLUDED.address
        RETURNING officer_id)
    SELECT unit, post FROM officers JOIN rested USING (officer_id)
    """
)


def withhold_notices(work: Work, notices: Sequence[UUID], cause: Cause) -> None:
    if notices:
        work.connection.execute(
            update(officer_notices)
            .where(officer_notices.c.notice_id.in_(notices))
            .values(status=NoticeStatus.WITHHELD, cause=cause)
        )


def sent(work: Work, message: Claimed) -> bool:
    """False if the claim was over."""
    if not _settle(work, message, status=MessageStatus.SENT, sent_at=work.clock.now(), cause=None):
        return False
    _end(work, message, "sent", None, NoticeStatus.SENT)
    return True


def fail(work: Work, message: Claimed, cause: str) -> bool:
    if not _settle(work, message, status=MessageStatus.FAILED, cause=cause):
        return False
    _end(work, message, "failed", cause, NoticeStatus.FAILED)
    return True


def withhold(work: Work, message: Claimed, cause: Cause) -> bool:
    if not _settle(work, message, status=MessageStatus.WITHHELD, cause=cause):
        return False
    _end(work, message, "withheld", cause, NoticeStatus.WITHHELD)
    return True


def try_again(work: Work, message: Claimed, cause: str | None, wait_s: float, *, asked: bool = True) -> bool:
    """By the same way in `wait_s` seconds. `asked`: the channel was asked, so that it counts as an attempt."""
    due = func.now() + timedelta(seconds=wait_s)
    attempts = message.attempts if asked else message.attempts - 1
    return _settle(work, message, status=MessageStatus.CLOSED, cause=cause, due_at=due, attempts=attempts)


def next_way(work: Work, message: Claimed, cause: str) -> bool:
    """Whoever decides chooses the next of the officer's ways. False if the claim was over."""
    anew = {"channel": None, "rank": message.rank + 1, "attempts": 0, "due_at": func.now()}
    if not _settle(work, message, status=MessageStatus.CLOSED, cause=cause, not_before=work.clock.now(), **anew):
        return False
    _end_try(work, message, "failed", cause)
    return True


def rest(work: Work, message: Claimed, cause: str, rests: timedelta) -> FailedWay | None:
    """The way by which it was tried is not tried for so long. None if it rests already."""
    now = work.clock.now()
    parameters = {"officer": message.officer_id, "rank": message.rank, "channel": message.channel, "cause": cause}
    row = work.connection.execute(_REST, parameters | {"since": now, "until": now + rests}).one_or_none()
    if row is None:
        return None
    return FailedWay(message.officer_id, row.unit, Post(row.post), message.channel, cause, now + rests)


def _end(work: Work, message: Claimed, outcome: str, cause: str | None, status: NoticeStatus) -> None:
    _end_try(work, message, outcome, cause)
    mine = update(officer_notices).where(
        officer_notices.c.message_id == message.message_id, officer_notices.c.status == NoticeStatus.BUNDLED
    )
    work.connection.execute(mine.values(status=status, cause=cause))


def _end_try(work: Work, message: Claimed, outcome: str, cause: str | None) -> None:
    tried = update(officer_tries).where(
        officer_tries.c.message_id == message.message_id, officer_tries.c.rank == message.rank
    )
    work.connection.execute(tried.values(outcome=outcome, cause=cause))
    work.after_commit(lambda: OFFICER_MESSAGES.labels(message.channel, outcome).inc())


def _settle(work: Work, message: Claimed, **values: Any) -> bool:
    mine = update(officer_messages).where(
        officer_messages.c.message_id == message.message_id,
        officer_messages.c.status == MessageStatus.SENDING,
        officer_messages.c.lease == message.lease,
    )
    return work.connection.execute(mine.values(**values)).rowcount == 1
