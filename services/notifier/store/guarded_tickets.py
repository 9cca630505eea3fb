"""The tickets of which not every department may hear, as the newest fact of each says."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import text

from services.chassis.database.rows import by_column, insert_rows
from services.chassis.database.work import Work
from services.contracts.ticket_events import TicketEvent
from services.notifier.store.sending_tables import guarded_tickets

_ADD = insert_rows(guarded_tickets, "ticket_id", "version", "restricted", "lead", "about_unit")
_NOTE = _ADD.on_conflict_do_update(
    index_elements=["ticket_id"],
    set_={name: _ADD.excluded[name] for name in ("version", "restricted", "lead", "about_unit")},
    where=guarded_tickets.c.version < _ADD.excluded.version,
)
_FORGET = text(
    """
    DELETE FROM guarded_tickets AS g USING unnest(CAST(:ids AS text[]), CAST(:versions AS int[])) AS given(id, version)
     WHERE g.ticket_id = given.id AND g.version < given.version
    """
)


class SqlGuardedTickets:
    def note(self, work: Work, facts: Iterable[TicketEvent]) -> None:
        newest: dict[str, TicketEvent] = {}
        for fact in sorted(facts, key=lambda one: (one.ticket_id, one.version)):
            newest[fact.ticket_id] = fact
        guarded = [one for one in newest.values() if one.restricted or one.about_unit]
        open_to_all = [one for one in newest.values() if not (one.restricted or one.about_unit)]
        if guarded:
            work.connection.execute(_NOTE, by_column([_row(one) for one in guarded]))
        if open_to_all:
            told = {"ids": [one.ticket_id for one in open_to_all], "versions": [one.version for one in open_to_all]}
            work.connection.execute(_FORGET, told)


def _row(fact: TicketEvent) -> dict[str, object]:
    return {
        "ticket_id": fact.ticket_id,
        "version": fact.version,
        "restricted": bool(fact.restricted),
        "lead": fact.lead,
        "about_unit": fact.about_unit,
    }
