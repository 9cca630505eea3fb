"""The redacted texts of several tickets, for who may see them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from services.intake.domain.scope import TicketScope
from services.intake.store.tables import ticket_texts, tickets
from services.intake.store.ticket_scope import seen_by


class TextSeen(NamedTuple):
    """`text` is the redacted text as it stands now; of an erased one, the mark of that."""

    ticket_id: str
    number: str
    type_code: str | None
    received_at: datetime
    text: str


def texts_seen(connection: Connection, ids: Collection[str], scope: TicketScope | None) -> list[TextSeen]:
    """Those within `scope`, the newest first; the others are left out like those that do not exist."""
    t, said = tickets.c, ticket_texts.c
    asked = (
        select(t.id, t.number, t.type_code, t.received_at, said.text)
        .join(ticket_texts, (said.ticket_id == t.id) & (said.version == t.text_version))
        .where(t.id.in_(ids), seen_by(scope))
        .order_by(t.received_at.desc(), t.id)
    )
    return [TextSeen(*row) for row in connection.execute(asked)]
