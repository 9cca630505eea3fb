"""Tickets of the same caller or of the same type and estate, by kind of repeat (docs/domain.md §2.6)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, false, or_, select, union

from services.intake.domain.repeats import WINDOW, CallSubject, Repeat, repeat_of
from services.intake.domain.scope import TicketScope
from services.intake.domain.steps import TicketState
from services.intake.store.tables import tickets
from services.intake.store.ticket_scope import listed_within
from services.intake.store.ticket_views import facts_of, in_scope

MOST = 50
"""Tickets of each kind that are returned."""


def related_to(connection: Connection, ticket_id: str, scope: TicketScope | None) -> dict[str, Any] | None:
    """Those within `scope`, the newest first, by kind; None if the ticket itself is not within it."""
    own = connection.execute(select(tickets).where(tickets.c.id == ticket_id)).one_or_none()
    if own is None or not in_scope(own, scope):
        return None
    kinds: dict[Repeat, list[dict[str, Any]]] = {kind: [] for kind in Repeat}
    for row in _candidates(connection, own, scope):
        kind = repeat_of(_subject(own), _subject(row))
        if kind and len(kinds[kind]) < MOST:
            kinds[kind].append(facts_of(row))
    return {kind.name.lower(): listed for kind, listed in kinds.items()}


def _candidates(connection: Connection, own: Row[Any], scope: TicketScope | None) -> list[Row[Any]]:
    t = tickets.c
    others: list[ColumnElement[bool]] = [t.id != own.id]
    if scope:
        others.append(or_(false(), *listed_within(scope)))
    since, until = own.occurred_at - WINDOW, own.occurred_at + WINDOW
    runs = []
    if own.caller_ref:
        of_caller = select(tickets).where(t.caller_ref == own.caller_ref, t.occurred_at.between(since, until), *others)
        runs.append(of_caller.order_by(t.occurred_at.desc(), t.id).limit(2 * MOST))
    if own.estate and own.type_code:
        near = (t.received_at >= own.received_at - WINDOW, t.received_at <= own.received_at + WINDOW)
        there = select(tickets).where(
            t.estate == own.estate, t.state.in_(list(TicketState)), t.type_code == own.type_code, *near, *others
        )
        runs.append(there.order_by(t.received_at.desc(), t.id).limit(2 * MOST))
    if not runs:
        return []
    found = connection.execute(union(*runs) if len(runs) > 1 else runs[0]).all()
    return sorted(sorted(found, key=lambda row: row.id), key=lambda row: row.received_at, reverse=True)


def _subject(row: Row[Any]) -> CallSubject:
    return CallSubject(row.caller_ref, row.type_code, row.estate)
