"""Which notices were read, by whom they may be read, and the links by which they are."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database.work import Work
from services.notifier.app.ports import NoticeFound
from services.notifier.domain.leaving import Cause
from services.notifier.domain.officer_notice import NoticeStatus
from services.notifier.store.escalation_tables import officer_links
from services.notifier.store.officer_tables import officer_notices

CODE_BYTES: Final = 24


class SqlReadNotices:
    def at(self, work: Work, notice_ids: Collection[UUID], units: Collection[str] | None) -> Sequence[NoticeFound]:
        notice = officer_notices.c
        found = select(notice.notice_id, notice.event_id, notice.rule, notice.step).where(
            notice.notice_id.in_(notice_ids)
        )
        if units is not None:
            found = found.where(notice.unit.in_(units))
        return [NoticeFound(*row) for row in work.connection.execute(found.order_by(notice.notice_id))]

    def mark(self, work: Work, notice_ids: Collection[UUID], by: str) -> None:
        work.connection.execute(
            update(officer_notices)
            .where(officer_notices.c.notice_id.in_(notice_ids), officer_notices.c.read_at.is_(None))
            .values(read_at=work.clock.now(), read_by=by)
        )

    def withhold_later_steps(self, work: Work, read: Sequence[NoticeFound]) -> None:
        notice = officer_notices.c
        for one in read:
            later = (notice.event_id == one.event_id) & (notice.rule == one.rule) & (notice.step > one.step)
            work.connection.execute(
                update(officer_notices)
                .where(later, notice.status == NoticeStatus.WAITING)
                .values(status=NoticeStatus.WITHHELD, cause=Cause.READ_EARLIER)
            )


def link_of(work: Work, message_id: UUID) -> str:
    """The code of a message's link (`/n/<code>`), the same each time: a message sent again must be the same."""
    made = {"message_id": message_id, "code": secrets.token_urlsafe(CODE_BYTES)}
    work.connection.execute(insert(officer_links).values(made).on_conflict_do_nothing())
    kept = select(officer_links.c.code).where(officer_links.c.message_id == message_id)
    return str(work.connection.execute(kept).scalar_one())


def linked(work: Work, code: str) -> Sequence[UUID]:
    """The notices of the message that bears this code, oldest first; none for a code that is none of ours."""
    return list(
        work.connection.execute(
            select(officer_notices.c.notice_id)
            .join(officer_links, officer_links.c.message_id == officer_notices.c.message_id)
            .where(officer_links.c.code == code)
            .order_by(officer_notices.c.caused_at, officer_notices.c.notice_id)
        ).scalars()
    )
