"""How calls concentrate: read from the sightings at any moment of event time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, distinct, func, select, true, tuple_

from services.projects.domain.evidence import Cell
from services.projects.domain.windows import Window
from services.projects.store.tables import cells, ticket_sightings


@dataclass(frozen=True, slots=True)
class Concentration:
    """The calls of one cell within one window. Anonymous calls are calls, but prove no further caller."""

    cell: Cell
    calls: int
    callers: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Scope:
    """Which calls are asked for; None restricts nothing."""

    estate: str | None = None
    type_code: str | None = None
    sub_districts: Collection[str] | None = None


def concentrations(
    connection: Connection, scope: Scope, window: Window, as_of: datetime, after: Cell | None, limit: int
) -> list[Concentration]:
    """The cells with a call in the window that ends at `as_of`, ordered by cell, at most `limit` after `after`.

    Looks each cell up in the index, so its cost grows with the estates and the window, not with the data's age.
    """
    calls = select(
        func.count().label("calls"),
        func.count(distinct(ticket_sightings.c.caller_ref)).label("callers"),
        func.min(ticket_sightings.c.occurred_at).label("first"),
        func.max(ticket_sightings.c.occurred_at).label("last"),
    ).where(
        ticket_sightings.c.estate == cells.c.estate,
        ticket_sightings.c.type_code == cells.c.type_code,
        ticket_sightings.c.evidence,
        ticket_sightings.c.occurred_at > window.start(as_of),
        ticket_sightings.c.occurred_at <= as_of,
    )
    if scope.sub_districts is not None:
        calls = calls.where(ticket_sightings.c.sub_district.in_(scope.sub_districts))
    counted = calls.lateral("counted")
    page = (
        select(cells.c.estate, cells.c.type_code, counted)
        .join_from(cells, counted, true())
        .where(counted.c.calls > 0)
        .order_by(cells.c.estate, cells.c.type_code)
        .limit(limit)
    )
    if scope.estate is not None:
        page = page.where(cells.c.estate == scope.estate)
    if scope.type_code is not None:
        page = page.where(cells.c.type_code == scope.type_code)
    if after is not None:
        page = page.where(tuple_(cells.c.estate, cells.c.type_code) > tuple_(after.estate, after.type_code))
    return [_concentration(row) for row in connection.execute(page)]


def _concentration(row: Row[tuple[str, str, int, int, datetime, datetime]]) -> Concentration:
    return Concentration(Cell(row.estate, row.type_code), row.calls, row.callers, row.first, row.last)
