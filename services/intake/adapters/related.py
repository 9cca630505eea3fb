"""Tickets that belong together, the three kinds of repeat apart (domain.md §2.6)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import ColumnElement, Connection, Row, or_, select, union

from services.chassis.work import Workshop
from services.intake.adapters.rights import Reader, no_such_ticket, share_of
from services.intake.adapters.tables import tickets
from services.intake.adapters.views import Share, facts_of
from services.intake.domain.repeats import WINDOW, Call, Repeat, repeat_of
from services.intake.domain.steps import State

MOST = 50


def related_routes(workshop: Workshop) -> APIRouter:
    router = APIRouter(prefix="/tickets/{ticket_id}", tags=["tickets"])

    @router.get("/related")
    def related(actor: Reader, ticket_id: UUID) -> dict[str, Any]:
        """Of the 30 days around it, up to 50 of each kind, the newest first; a reader sees those they may see."""
        with workshop.engine.begin() as connection:
            found = related_to(connection, str(ticket_id), share_of(actor))
        if found is None:
            raise no_such_ticket()
        return found

    return router


def related_to(connection: Connection, ticket_id: str, share: Share | None) -> dict[str, Any] | None:
    """None if there is no such ticket for this reader."""
    own = connection.execute(select(tickets).where(tickets.c.id == ticket_id)).one_or_none()
    if own is None or (share and not share.holds(facts_of(own))):
        return None
    kinds: dict[Repeat, list[dict[str, Any]]] = {kind: [] for kind in Repeat}
    for row in _candidates(connection, own, share):
        kind = repeat_of(_call(own), _call(row))
        if kind and len(kinds[kind]) < MOST:
            kinds[kind].append(facts_of(row))
    return {kind.name.lower(): listed for kind, listed in kinds.items()}


def _candidates(connection: Connection, own: Row[Any], share: Share | None) -> list[Row[Any]]:
    t = tickets.c
    others: list[ColumnElement[bool]] = [t.id != own.id]
    if share:
        others.append(or_(*share.conditions()))
    since, until = own.occurred_at - WINDOW, own.occurred_at + WINDOW
    runs = []
    if own.caller_ref:
        of_caller = select(tickets).where(t.caller_ref == own.caller_ref, t.occurred_at.between(since, until), *others)
        runs.append(of_caller.order_by(t.occurred_at.desc(), t.id).limit(2 * MOST).subquery().select())
    if own.estate and own.type_code:
        near = (t.received_at >= own.received_at - WINDOW, t.received_at <= own.received_at + WINDOW)
        there = select(tickets).where(
            t.estate == own.estate, t.state.in_(list(State)), t.type_code == own.type_code, *near, *others
        )
        runs.append(there.order_by(t.received_at.desc(), t.id).limit(2 * MOST).subquery().select())
    if not runs:
        return []
    merged = union(*runs).subquery()
    newest = select(merged).order_by(merged.c.received_at.desc(), merged.c.id)
    return list(connection.execute(newest))


def _call(row: Row[Any]) -> Call:
    return Call(row.caller_ref, row.type_code, row.estate)
