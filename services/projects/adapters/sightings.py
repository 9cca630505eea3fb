"""What the sources say of tickets, guarded by their versions, and the locks of those who write it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, bindparam, select, text
from sqlalchemy.dialects.postgresql import insert

from services.contracts.classification_events import TicketClassified
from services.projects.adapters.tables import ticket_sightings
from services.projects.domain.detection import Call, Sighted
from services.projects.domain.evidence import Cell, Finding, TicketFact, finding_of
from services.projects.domain.windows import REPEAT_WINDOW


@dataclass(frozen=True, slots=True)
class Change:
    """As what a ticket counted before an event, and counts after it; None: it does not count."""

    before: Sighted | None
    after: Sighted | None


_UNCHANGED = Change(None, None)


def tell_fact(connection: Connection, fact: TicketFact) -> Change:
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
            "history": fact.history or False,
            "decided_type": decided.type_code,
            "decided_sub_district": decided.sub_district,
            "decided_estate": decided.estate,
            "decided_estate_name": decided.estate_name,
        },
    )


def tell_reading(connection: Connection, reading: TicketClassified) -> Change:
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
            "read_estate_name": read.estate_name,
        },
    )


def is_repeat(connection: Connection, sighted: Sighted) -> bool:
    """Whether the same caller turned to us about the same cell before, within the repeat window."""
    cell, call = sighted
    return bool(
        connection.execute(
            _IS_REPEAT,
            {
                "estate": cell.estate,
                "type_code": cell.type_code,
                "start": REPEAT_WINDOW.start(call.occurred_at),
                "end": call.occurred_at,
                "caller_ref": call.caller_ref,
                "ticket_id": call.ticket_id,
            },
        ).scalar_one()
    )


def lock(connection: Connection, ticket_ids: Collection[str], claimed: Collection[Cell]) -> set[Cell]:
    """Locks the tickets, then every cell they counted or may now count in; all in one order, so nobody deadlocks.

    Returns the cells.

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
    return touched


def _tell(connection: Connection, statement: Select[Any], values: dict[str, object]) -> Change:
    row = connection.execute(statement, {**values, "told": values["ticket_id"]}).mappings().one_or_none()
    return Change(_sighted(row, "old_"), _sighted(row, "")) if row else _UNCHANGED


def _sighted(row: RowMapping, prefix: str) -> Sighted | None:
    cell = Finding(row[f"{prefix}type_code"], estate=row[f"{prefix}estate"]).cell
    occurred_at = row[f"{prefix}occurred_at"]
    if cell is None or occurred_at is None:
        return None
    return Sighted(cell, Call(row["ticket_id"], row[f"{prefix}caller_ref"], occurred_at, row[f"{prefix}history"]))


_COUNTED = ("type_code", "estate", "caller_ref", "occurred_at", "history")


def _guarded_by(version: str, *told: str) -> Select[Any]:
    """Writes the columns `told` with their version, if it is newer; returns the row as it was and is, if written."""
    statement = insert(ticket_sightings).values({name: bindparam(name) for name in ("ticket_id", version, *told)})
    written = (
        statement.on_conflict_do_update(
            index_elements=["ticket_id"],
            set_={name: statement.excluded[name] for name in (version, *told)},
            where=ticket_sightings.c[version].is_(None) | (ticket_sightings.c[version] < statement.excluded[version]),
        )
        .returning(ticket_sightings.c.ticket_id, *(ticket_sightings.c[name] for name in _COUNTED))
        .cte("written")
    )
    before = ticket_sightings.alias("before")  # a query sees the row as it was before its own statements
    return select(
        written, *(before.c[name].label(f"old_{name}") for name in _COUNTED)
    ).select_from(written.outerjoin(before, before.c.ticket_id == bindparam("told")))


_TELL_FACT = _guarded_by(
    "ticket_version",
    "caller_ref",
    "occurred_at",
    "history",
    "decided_type",
    "decided_sub_district",
    "decided_estate",
    "decided_estate_name",
)
_TELL_READING = _guarded_by("text_version", "read_type", "read_sub_district", "read_estate", "read_estate_name")

_IS_REPEAT = text(
    """
    SELECT EXISTS (
        SELECT FROM ticket_sightings
         WHERE estate = :estate AND type_code = :type_code AND occurred_at > :start AND occurred_at <= :end
           AND caller_ref = :caller_ref AND ticket_id <> :ticket_id)
    """
)
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
