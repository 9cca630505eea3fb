"""The locks of those who count: tickets, then the days of their types, then cells, each in one order (DESIGN §4).

Nobody deadlocks, because all take them so; and rows that do not exist are made first, so that two transactions cannot
both believe to be the first of a ticket, a day or a cell.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, text

from services.contracts.classification_events import TicketClassified, TicketReadAgain
from services.projects.adapters.citywide import calls_of, spreads
from services.projects.domain.citywide import TypeDay, type_day
from services.projects.domain.evidence import Cell, Finding, Reading, TicketFact, finding_of
from services.projects.domain.rules import RuleBook


def lock(connection: Connection, events: Sequence[TicketFact | Reading], book: RuleBook) -> set[Cell]:
    """Locks all that these events may change; returns the cells.

    A day of a type that they may make citywide, or no longer, brings along every cell that calls on it.
    """
    ids = {"ids": list({event.ticket_id for event in events})}
    connection.execute(_MAKE_TICKETS, ids)
    findings: dict[str, set[Finding]] = defaultdict(set)
    moments: dict[str, set[datetime]] = defaultdict(set)
    for event in events:
        findings[event.ticket_id].add(finding_of(event))
        if not isinstance(event, TicketClassified | TicketReadAgain):
            moments[event.ticket_id].add(event.occurred_at)
    for row in connection.execute(_LOCK_TICKETS, ids):
        findings[row.ticket_id].add(Finding(row.decided_type, estate=row.decided_estate))
        findings[row.ticket_id].add(Finding(row.read_type, estate=row.read_estate))
        if row.occurred_at:
            moments[row.ticket_id].add(row.occurred_at)
    counted = {ticket: {one.cell for one in found if one.cell} for ticket, found in findings.items()}
    cells = {cell for found in counted.values() for cell in found}
    if book.event_days:
        cells |= _lock_days(connection, book, _days(counted, moments))
    _lock_cells(connection, cells)
    return cells


def _days(counted: dict[str, set[Cell]], moments: dict[str, set[datetime]]) -> Counter[TypeDay]:
    """The days on which the tickets count or counted, with how many of them may."""
    return Counter(
        day
        for ticket, cells in counted.items()
        for day in {type_day(cell.type_code, moment) for cell in cells for moment in moments[ticket]}
    )


def _lock_days(connection: Connection, book: RuleBook, days: Counter[TypeDay]) -> set[Cell]:
    if not days:
        return set()
    named = {"types": [one.type_code for one in days], "days": [one.day for one in days]}
    connection.execute(_MAKE_DAYS, named)
    known = {TypeDay(row.type_code, row.day): row.citywide for row in connection.execute(_LOCK_DAYS, named)}
    cells: set[Cell] = set()
    for day, (spread, is_citywide) in spreads(connection, known).items():
        rule = book.at(day.begin).detection.citywide
        if rule is None and not is_citywide:
            continue
        least = rule.estates if rule else 0
        may_end = is_citywide and spread.estates - days[day] < least
        may_begin = not is_citywide and spread.estates + days[day] >= least
        if may_end or may_begin:
            cells |= {call.cell for call in calls_of(connection, day, rule.lasts_days if rule else 1)}
    return cells


def _lock_cells(connection: Connection, cells: Collection[Cell]) -> None:
    if cells:
        named = {"estates": [cell.estate for cell in cells], "types": [cell.type_code for cell in cells]}
        connection.execute(_MAKE_CELLS, named)
        connection.execute(_LOCK_CELLS, named)


def make_cells(connection: Connection, cells: Iterable[Cell]) -> None:
    """The rows of cells, without their locks."""
    named = list(cells)
    if named:
        columns = {"estates": [cell.estate for cell in named], "types": [cell.type_code for cell in named]}
        connection.execute(_MAKE_CELLS, columns)


_MAKE_TICKETS = text(
    """
    INSERT INTO ticket_sightings (ticket_id)
    SELECT id FROM unnest(CAST(:ids AS text[])) AS told(id) ORDER BY id
    ON CONFLICT DO NOTHING
    """
)
_LOCK_TICKETS = text(
    """
    SELECT ticket_id, occurred_at, decided_type, decided_estate, read_type, read_estate FROM ticket_sightings
     WHERE ticket_id = ANY(:ids) ORDER BY ticket_id FOR UPDATE
    """
)
_MAKE_DAYS = text(
    """
    INSERT INTO type_days (type_code, day)
    SELECT type_code, day FROM unnest(CAST(:types AS text[]), CAST(:days AS date[])) AS touched(type_code, day)
     ORDER BY type_code, day
    ON CONFLICT DO NOTHING
    """
)
_LOCK_DAYS = text(
    """
    SELECT type_code, day, citywide FROM type_days
     WHERE (type_code, day) IN (SELECT * FROM unnest(CAST(:types AS text[]), CAST(:days AS date[])))
     ORDER BY type_code, day FOR UPDATE
    """
)
_MAKE_CELLS = text(
    """
    INSERT INTO cells (estate, type_code)
    SELECT estate, type_code FROM unnest(CAST(:estates AS text[]), CAST(:types AS text[])) AS touched(estate, type_code)
     ORDER BY estate, type_code
    ON CONFLICT DO NOTHING
    """
)
_LOCK_CELLS = text(
    """
    SELECT FROM cells
     WHERE (estate, type_code) IN (SELECT * FROM unnest(CAST(:estates AS text[]), CAST(:types AS text[])))
     ORDER BY estate, type_code FOR UPDATE
    """
)
