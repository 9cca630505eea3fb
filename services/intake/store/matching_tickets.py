"""The tickets that units work on, of one type in one place."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from services.intake.domain.steps import AT_WORK
from services.intake.store.tables import tickets


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """One type, one estate or sub-district, received from `begin` on and before `end`; None: any."""

    type_code: str
    estate: str | None = None
    sub_district: str | None = None
    begin: datetime | None = None
    end: datetime | None = None


def tickets_at_work(
    connection: Connection, wanted: TicketFilter, leads: Collection[str] | None, limit: int
) -> list[str]:
    """Ids, the oldest first. `leads`: those that one of these departments leads; None means all."""
    t = tickets.c
    place = t.estate == wanted.estate if wanted.estate else t.sub_district == wanted.sub_district
    found = select(t.id).where(place, t.type_code == wanted.type_code, t.state.in_(AT_WORK))
    if wanted.begin:
        found = found.where(t.received_at >= wanted.begin)
    if wanted.end:
        found = found.where(t.received_at < wanted.end)
    if leads is not None:
        found = found.where(t.lead.in_(leads))
    return list(connection.execute(found.order_by(t.received_at, t.id).limit(limit)).scalars())
