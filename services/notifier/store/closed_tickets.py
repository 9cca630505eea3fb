"""Tickets that not every unit may see, by the newest fact of each: checked when a notice is sent or shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select

from services.chassis.database.work import Work
from services.notifier.app.recipients import hub
from services.notifier.domain.confidence import Guard
from services.notifier.store.held_tickets_tables import held_tickets
from services.notifier.store.officer_tables import officer_notices

_FACTS = held_tickets.c.facts
_RESTRICTED = _FACTS["restricted"].as_boolean()
_LEAD, _ABOUT_UNIT = _FACTS["lead"].astext, _FACTS["about_unit"].astext


class SqlClosedTickets:
    def guards(self, work: Work, ticket_ids: Collection[str]) -> Mapping[str, Guard]:
        if not ticket_ids:
            return {}
        asked = select(held_tickets.c.ticket_id, _RESTRICTED, _LEAD, _ABOUT_UNIT)
        closed = asked.where(held_tickets.c.ticket_id.in_(ticket_ids), or_(_RESTRICTED, _ABOUT_UNIT.is_not(None)))
        return {row[0]: Guard(*row[1:]) for row in work.connection.execute(closed)}


def open_to_its_unit() -> ColumnElement[bool]:
    """Of an officer's notice: its unit may still hear of the ticket. The rule is `confidence.may_hear`, in SQL."""
    unit: ColumnElement[Any] = officer_notices.c.unit
    closed = or_(unit == _ABOUT_UNIT, and_(_RESTRICTED, unit != hub(), unit.is_distinct_from(_LEAD)))
    about = officer_notices.c.subject_kind == "ticket"
    return ~exists().where(about, held_tickets.c.ticket_id == officer_notices.c.subject_id, closed)
