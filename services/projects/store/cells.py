"""The cells as locks, and the calls of many cells at once, in PostgreSQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, text

from services.chassis.database.work import Work
from services.contracts.ticket_events import Place
from services.projects.app.counting_ports import FirstCalls
from services.projects.domain.detection import Call
from services.projects.domain.evidence import Cell

HELD = 256
"""Calls that are read of one cell, at most, so that a batch's memory does not depend on a cell's size."""

_GIVEN = "unnest(CAST(:estates AS text[]), CAST(:types AS text[]))"
_MAKE = text(
    f"""
    INSERT INTO cells (estate, type_code)
    SELECT estate, type_code FROM {_GIVEN} AS touched(estate, type_code) ORDER BY estate, type_code
    ON CONFLICT DO NOTHING
    """  # noqa: S608 - constants
)
_LOCK = text(
    f"""
    SELECT FROM cells WHERE (estate, type_code) IN (SELECT * FROM {_GIVEN}) ORDER BY estate, type_code FOR UPDATE
    """  # noqa: S608 - constants
)
_AFTER = text(
    """
    SELECT asked.estate, asked.type_code, seen.*
      FROM unnest(CAST(:estates AS text[]), CAST(:types AS text[]), CAST(:since AS timestamptz[]))
           AS asked(estate, type_code, since)
     CROSS JOIN LATERAL (
           SELECT ticket_id, caller_ref, occurred_at, history, sub_district, estate_name FROM ticket_sightings AS one
            WHERE one.estate = asked.estate AND one.type_code = asked.type_code
              AND one.estate IS NOT NULL AND one.evidence AND one.occurred_at > asked.since
            ORDER BY occurred_at LIMIT :most) AS seen
     ORDER BY asked.estate, asked.type_code, seen.occurred_at, seen.ticket_id
    """
)


class SqlCellCalls:
    """Implements the port CellCalls."""

    def lock(self, work: Work, cells: Collection[Cell]) -> None:
        make_cells(work.connection, cells)
        work.connection.execute(_LOCK, _named(cells))

    def after(self, work: Work, since: Mapping[Cell, datetime]) -> dict[Cell, FirstCalls]:
        found: dict[Cell, list[Call]] = defaultdict(list)
        named = _named(since) | {"since": list(since.values()), "most": HELD + 1}
        for row in work.connection.execute(_AFTER, named):
            place = Place(sub_district=row.sub_district, estate=row.estate, estate_name=row.estate_name)
            call = Call(row.ticket_id, row.caller_ref, row.occurred_at, row.history, place)
            found[Cell(row.estate, row.type_code)].append(call)
        return {cell: first for cell in since if (first := _first(found[cell]))}


def make_cells(connection: Connection, cells: Collection[Cell]) -> None:
    """The rows of cells, without their locks."""
    if cells:
        connection.execute(_MAKE, _named(cells))


def _first(calls: list[Call]) -> FirstCalls | None:
    """If there are more than HELD, those of the last moment are cut off, so that the rest is complete."""
    if len(calls) <= HELD:
        return FirstCalls(calls, None)
    cut = calls[-1].occurred_at
    kept = [call for call in calls if call.occurred_at < cut]
    return FirstCalls(kept, kept[-1].occurred_at) if kept else None


def _named(cells: Collection[Cell]) -> dict[str, list[object]]:
    return {"estates": [cell.estate for cell in cells], "types": [cell.type_code for cell in cells]}
