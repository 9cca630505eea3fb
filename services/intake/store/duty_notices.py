"""Reports to duty desks by their robots: a row for each desk and time, written before it is sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, DateTime, Integer, Table, Text, select, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database.work import Work
from services.intake.domain.duty import NoticeState
from services.intake.store.follow_up_tables import metadata

_Time = DateTime(timezone=True)

duty_notices = Table(
    "duty_notices",
    metadata,
    Column("desk", Text, primary_key=True, comment="hub, or a department's code"),
    Column("slot", _Time, primary_key=True, comment="business time; a desk is told once in it"),
    Column("number", Integer, nullable=False, comment="of calls that were due"),
    Column("state", Text, nullable=False, comment="sending for ever: the process ended meanwhile"),
    comment="what the group robots of duty desks were told; nothing of any caller",
)


def notified(work: Work, desk: str, slot: datetime) -> bool:
    asked = select(duty_notices.c.desk).where(duty_notices.c.desk == desk, duty_notices.c.slot == slot)
    return work.connection.execute(asked).scalar_one_or_none() is not None


def begin(work: Work, desk: str, slot: datetime, number: int) -> bool:
    """Whether this transaction is the one that tells it."""
    row = {"desk": desk, "slot": slot, "number": number, "state": NoticeState.SENDING}
    added = insert(duty_notices).values(row).on_conflict_do_nothing().returning(duty_notices.c.desk)
    return work.connection.execute(added).scalar_one_or_none() is not None


def end(work: Work, desk: str, slot: datetime, state: NoticeState) -> None:
    mine = (duty_notices.c.desk == desk) & (duty_notices.c.slot == slot)
    work.connection.execute(update(duty_notices).where(mine).values(state=state))
