"""Notices and chains for display. No name and no address of an officer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, exists, func, select, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.chassis.database.work import Work
from services.chassis.web.cursors import Position
from services.notifier.store.closed_tickets import open_to_its_unit
from services.notifier.store.escalation_tables import escalation_steps, escalations
from services.notifier.store.officer_tables import officer_notices, officers

_NOTICE: Select[Any] = select(*officer_notices.c, officers.c.post).join(officers)


def notices_page(
    work: Work, units: Collection[str] | None, number: str | None, after: Position | None, limit: int
) -> Sequence[Row[Any]]:
    """Newest first, at most `limit` behind `after`; of these units (None: of all), about this number (None: any).

    Units see what they may still hear of: not a ticket that has become restricted since.
    """
    order = (officer_notices.c.caused_at, officer_notices.c.notice_id)
    page = _NOTICE.order_by(*(column.desc() for column in order)).limit(limit)
    if units is not None:
        page = page.where(officer_notices.c.unit.in_(units), open_to_its_unit())
    if number is not None:
        page = page.where(officer_notices.c.number == number)
    if after is not None:
        page = page.where(tuple_(*order) < after)
    return work.connection.execute(page).all()


def notices_of(work: Work, ids: Collection[UUID]) -> Sequence[Row[Any]]:
    """Those of which their units may still hear, in the order of their causes."""
    wanted = _NOTICE.where(officer_notices.c.notice_id.in_(ids), open_to_its_unit())
    return work.connection.execute(wanted.order_by(officer_notices.c.caused_at, officer_notices.c.notice_id)).all()


def chains_page(
    work: Work, units: Collection[str] | None, state: str | None, after: Position | None, limit: int
) -> Sequence[Row[Any]]:
    """Newest first, at most `limit` behind `after`, each with its steps so far.

    Of these units are those of which a notice was theirs, about what they may still hear of.
    """
    order = (escalations.c.started_at, escalations.c.escalation_id)
    step = escalation_steps.c
    one = func.jsonb_build_object("step", step.step, "told_at", step.told_at, "officers", step.officers)
    steps = (
        select(func.jsonb_agg(aggregate_order_by(one, step.step)))
        .where(step.escalation_id == escalations.c.escalation_id)
        .scalar_subquery()
    )
    page: Select[Any] = select(*escalations.c, steps.label("steps"))
    page = page.order_by(*(column.desc() for column in order)).limit(limit)
    if state is not None:
        page = page.where(escalations.c.state == state)
    if units is not None:
        notice = officer_notices.c
        theirs = (notice.event_id == escalations.c.event_id) & (notice.rule == escalations.c.rule)
        page = page.where(exists().where(theirs, notice.unit.in_(units), open_to_its_unit()))
    if after is not None:
        page = page.where(tuple_(*order) < after)
    return work.connection.execute(page).all()
