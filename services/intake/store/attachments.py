"""Attachments in PostgreSQL: facts and hashes; the contents are stored elsewhere."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database.work import Work
from services.intake.app.attach import Attachment
from services.intake.domain.attachment import Media, Purpose
from services.intake.store.tables import attachments

_ADD = insert(attachments).on_conflict_do_nothing().returning(attachments.c.id)
_OF_TICKET = (
    select(attachments)
    .where(attachments.c.ticket_id == bindparam("ticket_id"))
    .order_by(attachments.c.at, attachments.c.id)
)


class SqlAttachments:
    """Implements the port Attachments."""

    def count(self, work: Work, ticket_id: str) -> int:
        mine = select(func.count()).select_from(attachments).where(attachments.c.ticket_id == ticket_id)
        return work.connection.execute(mine).scalar_one()

    def add(self, work: Work, attachment: Attachment) -> Attachment:
        row = {column.name: getattr(attachment, column.name) for column in attachments.c}
        if work.connection.execute(_ADD, row).first():
            return attachment
        same = select(attachments).where(
            attachments.c.ticket_id == attachment.ticket_id,
            attachments.c.purpose == attachment.purpose,
            attachments.c.sha256.is_not_distinct_from(attachment.sha256),
            attachments.c.recording.is_not_distinct_from(attachment.recording),
        )
        return _attachment(work.connection.execute(same).one())

    def find(self, work: Work, ticket_id: str, attachment_id: str) -> Attachment | None:
        one = select(attachments).where(attachments.c.id == attachment_id, attachments.c.ticket_id == ticket_id)
        row = work.connection.execute(one).one_or_none()
        return _attachment(row) if row else None


def attached_to(connection: Connection, ticket_id: str) -> list[dict[str, Any]]:
    """The attachments shown on a ticket, the oldest first."""
    return [shown(_attachment(row)) for row in connection.execute(_OF_TICKET, {"ticket_id": ticket_id})]


def shown(one: Attachment) -> dict[str, Any]:
    return {
        "attachment_id": one.id,
        "purpose": one.purpose,
        "media_type": one.media_type,
        "size": one.size,
        "recording": one.recording,
        "at": one.at,
        "actor": one.actor,
    }


def _attachment(row: Row[Any]) -> Attachment:
    known = dict(row._mapping)
    media = Media(row.media_type) if row.media_type else None
    return Attachment(**known | {"purpose": Purpose(row.purpose), "media_type": media})
