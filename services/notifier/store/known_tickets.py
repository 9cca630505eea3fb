"""The newest text and dispatch of each ticket that notifier has seen."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, text, update

from services.chassis.database.rows import changes_by_column, update_rows
from services.chassis.database.work import Work
from services.contracts.text_events import ERASED
from services.notifier.domain.delivery import RedactedText
from services.notifier.domain.known_ticket import KnownTicket
from services.notifier.store.tables import known_tickets

FORGOTTEN_AT_ONCE = 100

_MAKE = text(
    """
    INSERT INTO known_tickets (ticket_id)
    SELECT id FROM unnest(CAST(:ids AS text[])) AS given(id) ORDER BY id
    ON CONFLICT DO NOTHING
    """
)
_LOCK = text("SELECT * FROM known_tickets WHERE ticket_id = ANY(:ids) ORDER BY ticket_id FOR UPDATE")
_SAVE = update_rows(
    known_tickets, "ticket_id", "dispatch_version", "text_version", "text", "address", "text_recorded_at"
)


class SqlKnownTickets:
    def lock(self, work: Work, ticket_ids: Collection[str]) -> Mapping[str, KnownTicket]:
        """Makes the missing rows first: without a row to lock, a dispatch and its text in two concurrent transactions
        would each miss the other and wait for ever.
        """
        if not ticket_ids:
            return {}
        ids = {"ids": list(ticket_ids)}
        work.connection.execute(_MAKE, ids)
        return {
            row.ticket_id: KnownTicket(
                row.ticket_id,
                row.dispatch_version,
                row.text_version,
                None if row.text is None else RedactedText(row.text, row.address),
                row.text_recorded_at,
            )
            for row in work.connection.execute(_LOCK, ids)
        }

    def save(self, work: Work, tickets: Sequence[KnownTicket]) -> None:
        if tickets:
            work.connection.execute(_SAVE, changes_by_column([_columns(ticket) for ticket in tickets]))

    def forget_texts(self, work: Work, recorded_before: datetime) -> None:
        """No redaction is perfect, so a text is kept no longer than its topic keeps it (ADR 21)."""
        known = known_tickets.c
        outdated = (
            select(known.ticket_id)
            .where(known.text.is_not(None), known.text != ERASED, known.text_recorded_at < recorded_before)
            .limit(FORGOTTEN_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        work.connection.execute(
            update(known_tickets).where(known.ticket_id.in_(outdated)).values(text=None, address=None)
        )


def _columns(ticket: KnownTicket) -> dict[str, object]:
    return {
        "ticket_id": ticket.ticket_id,
        "dispatch_version": ticket.dispatch_version,
        "text_version": ticket.text_version,
        "text": ticket.text and ticket.text.text,
        "address": ticket.text and ticket.text.address,
        "text_recorded_at": ticket.text_recorded_at,
    }
