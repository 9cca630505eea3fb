"""Messages that are due: the data for the decision, and the decision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, text

from services.chassis.database.rows import by_column, changes_by_column, insert_rows, update_rows
from services.chassis.database.work import Work
from services.chassis.metrics import OFFICER_MESSAGES
from services.notifier.domain.leaving import Due, End, Go, MessageStatus, OfficerToReach, Wait
from services.notifier.domain.officer import OfficerChannel, Post, Reached
from services.notifier.domain.officer_notice import NoticeStatus
from services.notifier.store.officer_tables import officer_messages, officer_notices, officer_ways, officers
from services.notifier.store.sending_tables import officer_tries, resting_ways

_MINE = text("SELECT pg_try_advisory_xact_lock(hashtext('officer-messages'))")
_DUE = text(
    """
    SELECT message_id, officer_id, closes_at, urgent, rank, channels FROM officer_messages
     WHERE (status = 'open' OR (status = 'closed' AND channel IS NULL)) AND not_before <= :now
     ORDER BY urgent DESC, not_before, message_id LIMIT :most FOR UPDATE SKIP LOCKED
    """
)
_WAIT = update_rows(officer_messages, "message_id", "not_before", "cause")
_CLOSE = update_rows(officer_messages, "message_id", "status", "cause", "rank", "channel")
_TRY = insert_rows(officer_tries, "message_id", "rank", "officer_id", "channel", "urgent", "at")
_END_NOTICES = update_rows(officer_notices, "message_id", "status", "cause").where(
    officer_notices.c.status == NoticeStatus.BUNDLED
)
_OF_NOTICES: Mapping[MessageStatus, NoticeStatus] = {
    MessageStatus.FAILED: NoticeStatus.FAILED,
    MessageStatus.WITHHELD: NoticeStatus.WITHHELD,
}


class DueMessage(NamedTuple):
    message_id: UUID
    officer_id: UUID
    due: Due


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the officers that messages are due to. `sent_at`: when messages were given to a channel."""

    officers: Mapping[UUID, OfficerToReach]
    sent_at: Mapping[UUID, Mapping[OfficerChannel, list[datetime]]]
    resting: Mapping[UUID, Collection[Reached]]


def lock_desk(work: Work) -> bool:
    """One process at a time puts notices into messages and decides on them; False if another does."""
    return bool(work.connection.execute(_MINE).scalar_one())


def due_messages(work: Work, most: int) -> list[DueMessage]:
    """Locked, urgent ones first."""
    rows = work.connection.execute(_DUE, {"now": work.clock.now(), "most": most})
    return [
        DueMessage(
            row.message_id,
            row.officer_id,
            Due(row.closes_at, row.urgent, row.rank, row.channels and row.channels.split(",")),
        )
        for row in rows
    ]


def known_of(work: Work, ids: Collection[UUID], span: timedelta) -> Known:
    """Of these officers; messages count that left within `span`."""
    now = work.clock.now()
    ways: dict[UUID, list[Reached]] = defaultdict(list)
    reached = select(officer_ways).where(officer_ways.c.officer_id.in_(ids)).order_by(officer_ways.c.rank)
    for row in work.connection.execute(reached):
        ways[row.officer_id].append(Reached(OfficerChannel(row.channel), row.address))
    sent_at: dict[UUID, dict[OfficerChannel, list[datetime]]] = defaultdict(lambda: defaultdict(list))
    tries = select(officer_tries.c.officer_id, officer_tries.c.channel, officer_tries.c.at)
    took = officer_tries.c.outcome.is_(None) | (officer_tries.c.outcome == "sent")
    recent = tries.where(officer_tries.c.officer_id.in_(ids), officer_tries.c.at > now - span, took)
    for row in work.connection.execute(recent):
        sent_at[row.officer_id][OfficerChannel(row.channel)].append(row.at)
    resting: dict[UUID, set[Reached]] = defaultdict(set)
    at_rest = select(resting_ways).where(resting_ways.c.officer_id.in_(ids), resting_ways.c.until > now)
    for row in work.connection.execute(at_rest):
        resting[row.officer_id].add(Reached(OfficerChannel(row.channel), row.address))
    people = select(officers.c.officer_id, officers.c.active, officers.c.post).where(officers.c.officer_id.in_(ids))
    found = {
        row.officer_id: OfficerToReach(row.active, Post(row.post), ways[row.officer_id])
        for row in work.connection.execute(people)
    }
    return Known(found, sent_at, resting)


def record(work: Work, decided: Iterable[tuple[DueMessage, Go | Wait | End]]) -> None:
    """One statement a table and kind. A message that waits goes on growing, unless it was closed before."""
    waiting, closed, tries, ended = [], [], [], []
    now = work.clock.now()
    for message, decision in decided:
        key: dict[str, object] = {"message_id": message.message_id}
        match decision:
            case Wait(until, cause):
                waiting.append(key | {"not_before": until, "cause": cause})
            case Go(rank, channel):
                closed.append(key | {"status": MessageStatus.CLOSED, "cause": None, "rank": rank, "channel": channel})
                mine = {"officer_id": message.officer_id, "urgent": message.due.urgent, "at": now}
                tries.append(key | {"rank": rank, "channel": channel} | mine)
            case End(status, cause):
                closed.append(key | {"status": status, "cause": cause, "rank": message.due.rank, "channel": None})
                ended.append(key | {"status": _OF_NOTICES[status], "cause": cause})
    for statement, rows in ((_WAIT, waiting), (_CLOSE, closed), (_END_NOTICES, ended)):
        if rows:
            work.connection.execute(statement, changes_by_column(rows))
    if tries:
        work.connection.execute(_TRY, by_column(tries))
    work.after_commit(lambda: _count(ended))


def _count(ended: Sequence[Mapping[str, object]]) -> None:
    for one in ended:
        OFFICER_MESSAGES.labels("none", str(one["status"])).inc()
