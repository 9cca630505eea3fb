"""What departments have to work on, as their state topics say it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import text

from services.chassis.database.rows import by_column, changes_by_column, insert_rows, update_rows
from services.chassis.database.work import Work
from services.notifier.domain.held_ticket import HeldTicket, Holding
from services.notifier.store.held_tickets_tables import held_tickets, holdings

_MAKE = text(
    """
    INSERT INTO held_tickets (ticket_id, version, facts, breached)
    SELECT id, 0, '{}', '{}' FROM unnest(CAST(:ids AS text[])) AS given(id) ORDER BY id
    ON CONFLICT DO NOTHING
    """
)
_LOCK = text("SELECT * FROM held_tickets WHERE ticket_id = ANY(:ids) ORDER BY ticket_id FOR UPDATE")
_HOLDINGS = text("SELECT * FROM holdings WHERE ticket_id = ANY(:ids) ORDER BY ticket_id, department")
_SAVE = update_rows(held_tickets, "ticket_id", "version", "facts", "breached")
_NAMES = ("revision", "role", "withdrawn", "withdrawn_at", "shown")
_ADD_HOLDINGS = insert_rows(holdings, "ticket_id", "department", *_NAMES)
_SAVE_HOLDINGS = _ADD_HOLDINGS.on_conflict_do_update(
    index_elements=["ticket_id", "department"], set_={name: _ADD_HOLDINGS.excluded[name] for name in _NAMES}
)


class SqlHeldTickets:
    def make(self, work: Work, ticket_ids: Collection[str]) -> None:
        if ticket_ids:
            work.connection.execute(_MAKE, {"ids": list(ticket_ids)})

    def lock(self, work: Work, ticket_ids: Collection[str]) -> Mapping[str, HeldTicket]:
        if not ticket_ids:
            return {}
        ids = {"ids": list(ticket_ids)}
        found = {
            row.ticket_id: HeldTicket(row.ticket_id, row.version, row.facts, row.breached)
            for row in work.connection.execute(_LOCK, ids)
        }
        if not found:
            return found
        for row in work.connection.execute(_HOLDINGS, ids):
            found[row.ticket_id].holdings[row.department] = Holding(
                row.department, row.revision, row.role, row.withdrawn, row.withdrawn_at, row.shown
            )
        return found

    def save(self, work: Work, tickets: Iterable[HeldTicket]) -> None:
        known = list(tickets)
        changed = [
            {"ticket_id": one.ticket_id, "version": one.version, "facts": one.facts, "breached": one.breached}
            for one in known
            if one.changed
        ]
        if changed:
            work.connection.execute(_SAVE, changes_by_column(changed))
        held = [
            {"ticket_id": ticket.ticket_id, "department": holding.department}
            | {name: getattr(holding, name) for name in _NAMES}
            for ticket in known
            for holding in ticket.holdings.values()
            if holding.changed
        ]
        if held:
            work.connection.execute(_SAVE_HOLDINGS, by_column(held))
