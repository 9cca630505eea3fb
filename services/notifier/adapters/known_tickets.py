"""What notifier knows of a ticket: its newest text, and how far its dispatches have come."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select, text, update

from services.contracts.ticket_events import TicketTextRecorded
from services.notifier.adapters.tables import known_tickets
from services.notifier.domain.delivery import Text


def lock(connection: Connection, ticket_ids: Collection[str]) -> None:
    """Locks the tickets in one order, making their rows first.

    Without it a dispatch and its text, in two transactions at once, would each miss the other, and wait for ever.
    """
    ids = {"ids": list(ticket_ids)}
    connection.execute(_MAKE, ids)
    connection.execute(_LOCK, ids)


def remember_dispatch(connection: Connection, ticket_id: str, version: int) -> bool:
    """False if a dispatch of this version or a newer one was there before. The ticket is locked."""
    newer = (
        update(known_tickets)
        .where(known_tickets.c.ticket_id == ticket_id)
        .where(known_tickets.c.dispatch_version.is_(None) | (known_tickets.c.dispatch_version < version))
        .values(dispatch_version=version)
    )
    return connection.execute(newer).rowcount == 1


def remember_text(connection: Connection, event: TicketTextRecorded, recorded_at: datetime) -> bool:
    """False if this text or a newer one is known. The ticket is locked. A pruned text may come again."""
    known = known_tickets.c
    newer = (
        update(known_tickets)
        .where(known.ticket_id == event.ticket_id)
        .where(
            known.text_version.is_(None)
            | (known.text_version < event.version)
            | ((known.text_version == event.version) & known.text.is_(None))
        )
        .values(text_version=event.version, text=event.text, address=event.address, text_recorded_at=recorded_at)
    )
    return connection.execute(newer).rowcount == 1


def text_of(connection: Connection, ticket_id: str, at_least: int) -> Text | None:
    """The newest text, if it is of version `at_least`."""
    known = known_tickets.c
    row = connection.execute(
        known_tickets.select().where(
            known.ticket_id == ticket_id, known.text_version >= at_least, known.text.is_not(None)
        )
    ).one_or_none()
    return None if row is None else Text(row.text, row.address)


def forget_texts(connection: Connection, recorded_before: datetime, at_most: int = 100) -> None:
    """Forgets texts as old as their topic keeps them: no redaction is perfect (DESIGN §3).

    Passes over what another transaction has locked, and so never waits.
    """
    known = known_tickets.c
    outdated = (
        select(known.ticket_id)
        .where(known.text.is_not(None), known.text_recorded_at < recorded_before)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    )
    connection.execute(update(known_tickets).where(known.ticket_id.in_(outdated)).values(text=None, address=None))


_MAKE = text(
    """
    INSERT INTO known_tickets (ticket_id)
    SELECT id FROM unnest(CAST(:ids AS text[])) AS told(id) ORDER BY id
    ON CONFLICT DO NOTHING
    """
)
_LOCK = text("SELECT FROM known_tickets WHERE ticket_id = ANY(:ids) ORDER BY ticket_id FOR UPDATE")
