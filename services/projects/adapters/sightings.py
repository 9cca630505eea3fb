"""What the sources say of tickets, guarded by their versions, and the locks of those who write it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, FromClause, and_, bindparam, exists, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.dml import ReturningInsert

from services.contracts.classification_events import TicketClassified
from services.projects.adapters.tables import ticket_sightings
from services.projects.domain.evidence import NO_EVIDENCE, Cell, Finding, TicketFact, finding_of
from services.projects.domain.windows import REPEAT_WINDOW

_Told = ReturningInsert[Any]


@dataclass(frozen=True, slots=True)
class Counted:
    """A ticket that has just begun to count: before, its facts, its type or its place were not known."""

    ticket_id: str
    cell: Cell
    caller_ref: str | None
    occurred_at: datetime


def tell_fact(connection: Connection, fact: TicketFact) -> Counted | None:
    """Keeps what intake says of a ticket, unless it said something newer before."""
    decided = finding_of(fact)
    return _tell(
        connection,
        _TELL_FACT,
        {
            "ticket_id": fact.ticket_id,
            "ticket_version": fact.version,
            "caller_ref": fact.caller_ref,
            "occurred_at": fact.occurred_at,
            "decided_type": decided.type_code,
            "decided_sub_district": decided.sub_district,
            "decided_estate": decided.estate,
        },
    )


def tell_reading(connection: Connection, reading: TicketClassified) -> Counted | None:
    """Keeps what the classifier read, unless it has read this text or a newer one before: the first reading wins."""
    read = finding_of(reading)
    return _tell(
        connection,
        _TELL_READING,
        {
            "ticket_id": reading.ticket_id,
            "text_version": reading.version,
            "read_type": read.type_code,
            "read_sub_district": read.sub_district,
            "read_estate": read.estate,
        },
    )


def is_repeat(connection: Connection, call: Counted) -> bool:
    """Whether the same caller turned to us about the same cell before, within the repeat window."""
    earlier = (
        select(ticket_sightings.c.ticket_id)
        .where(
            ticket_sightings.c.estate == call.cell.estate,
            ticket_sightings.c.type_code == call.cell.type_code,
            ticket_sightings.c.occurred_at > REPEAT_WINDOW.start(call.occurred_at),
            ticket_sightings.c.occurred_at <= call.occurred_at,
            ticket_sightings.c.caller_ref == call.caller_ref,
            ticket_sightings.c.ticket_id != call.ticket_id,
        )
        .limit(1)
    )
    return bool(connection.execute(select(exists(earlier))).scalar_one())


def lock(connection: Connection, ticket_ids: Collection[str], claimed: Collection[Cell]) -> None:
    """Locks the tickets, then every cell they counted or may now count in; all in one order, so nobody deadlocks.

    Rows that do not exist are made first: two transactions cannot both believe to be the first of a ticket or cell.
    """
    ids = {"ids": list(ticket_ids)}
    connection.execute(_MAKE_TICKETS, ids)
    touched = set(claimed)
    for row in connection.execute(_LOCK_TICKETS, ids):
        for finding in (
            Finding(row.decided_type, estate=row.decided_estate),
            Finding(row.read_type, estate=row.read_estate),
        ):
            if finding.cell:
                touched.add(finding.cell)
    if touched:
        named = {"estates": [cell.estate for cell in touched], "types": [cell.type_code for cell in touched]}
        connection.execute(_MAKE_CELLS, named)
        connection.execute(_LOCK_CELLS, named)


def _tell(connection: Connection, statement: _Told, values: dict[str, object]) -> Counted | None:
    row = connection.execute(statement, {**values, "told": values["ticket_id"]}).one_or_none()
    if row is None or row.counted_before or not row.counts:
        return None
    return Counted(row.ticket_id, Cell(row.estate, row.type_code), row.caller_ref, row.occurred_at)


def _counts(sighting: FromClause) -> ColumnElement[bool]:
    return func.coalesce(
        and_(
            sighting.c.estate.is_not(None),
            sighting.c.type_code.not_in(NO_EVIDENCE),
            sighting.c.occurred_at.is_not(None),
        ),
        False,
    )


def _guarded_by(version: str, *told: str) -> _Told:
    """Writes the columns `told` with their version, if it is newer; returns the row as it is now, if written."""
    statement = insert(ticket_sightings)
    before = ticket_sightings.alias("before")
    counted_before = select(_counts(before)).where(before.c.ticket_id == bindparam("told"))
    return statement.on_conflict_do_update(
        index_elements=["ticket_id"],
        set_={name: statement.excluded[name] for name in (version, *told)},
        where=ticket_sightings.c[version].is_(None) | (ticket_sightings.c[version] < statement.excluded[version]),
    ).returning(
        ticket_sightings.c.ticket_id,
        ticket_sightings.c.estate,
        ticket_sightings.c.type_code,
        ticket_sightings.c.caller_ref,
        ticket_sightings.c.occurred_at,
        _counts(ticket_sightings).label("counts"),
        # A subquery sees the row as it was before this statement.
        func.coalesce(counted_before.scalar_subquery(), False).label("counted_before"),
    )


_TELL_FACT = _guarded_by(
    "ticket_version", "caller_ref", "occurred_at", "decided_type", "decided_sub_district", "decided_estate"
)
_TELL_READING = _guarded_by("text_version", "read_type", "read_sub_district", "read_estate")

_MAKE_TICKETS = text(
    """
    INSERT INTO ticket_sightings (ticket_id)
    SELECT id FROM unnest(CAST(:ids AS text[])) AS told(id) ORDER BY id
    ON CONFLICT DO NOTHING
    """
)
_LOCK_TICKETS = text(
    """
    SELECT decided_type, decided_estate, read_type, read_estate FROM ticket_sightings
     WHERE ticket_id = ANY(:ids) ORDER BY ticket_id FOR UPDATE
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
