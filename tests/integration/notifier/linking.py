"""Messages with links, as whoever sends makes them."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import insert, update

from services.chassis.database.work import Workshop
from services.notifier.store.notice_reading import link_of
from services.notifier.store.officer_tables import officer_messages, officer_notices
from tests.integration.notifier.directory import noticed


def in_a_message(workshop: Workshop, *notice_ids: UUID) -> str:
    """The code of the link of a message that holds these notices."""
    message_id, now = uuid4(), workshop.clock.now()
    with workshop.open() as work:
        row = {"message_id": message_id, "officer_id": noticed(workshop)[0].officer_id, "digest_key": "any"}
        times = {"window_start": now, "closes_at": now, "not_before": now, "sent_at": now, "status": "sent"}
        of_window = {"number": 0, "urgent": True, "rules_version": 1}
        work.connection.execute(insert(officer_messages).values(row | times | of_window))
        theirs = officer_notices.c.notice_id.in_(notice_ids)
        work.connection.execute(update(officer_notices).where(theirs).values(message_id=message_id))
        code = link_of(work, message_id)
        assert link_of(work, message_id) == code, "a message that is sent again is the same"
    return code
