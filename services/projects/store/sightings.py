"""What the sources said of tickets, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select, text

from services.chassis.database.rows import insert_rows
from services.chassis.database.work import Work
from services.contracts.ticket_events import RequestKind
from services.projects.domain.evidence import Finding
from services.projects.domain.sighting import Sighting
from services.projects.store.tables import ticket_sightings

_AS_THEY_ARE = (
    *("ticket_id", "number", "ticket_version", "caller_ref", "occurred_at", "history", "by_person", "merged"),
    *("rejected", "dissatisfied", "text_version", "read_again", "for_few"),
)
"""The fields of a sighting that are columns of the same name and value."""
_FOUND = ("type", "sub_district", "estate", "estate_name", "kind")
_COLUMNS = (*_AS_THEY_ARE, *(f"{by}_{name}" for by in ("decided", "read") for name in _FOUND))

_MAKE = text(
    """
    INSERT INTO ticket_sightings (ticket_id)
    SELECT id FROM unnest(CAST(:ids AS text[])) AS given(id) ORDER BY id
    ON CONFLICT DO NOTHING
    """
)
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM ticket_sightings WHERE ticket_id = ANY(:ids)"  # noqa: S608 - constants
_KNOWN = text(_SELECT)
_LOCK = text(f"{_SELECT} ORDER BY ticket_id FOR UPDATE")
_insert = insert_rows(ticket_sightings, *_COLUMNS)
_SAVE = _insert.on_conflict_do_update(
    index_elements=["ticket_id"], set_={name: _insert.excluded[name] for name in _COLUMNS if name != "ticket_id"}
)
_STAGE = text(
    f"CREATE TEMPORARY TABLE IF NOT EXISTS staged_sightings AS SELECT {', '.join(_COLUMNS)} FROM ticket_sightings"  # noqa: S608 - constants
    " WITH NO DATA"
)
_SAVE_STAGED = text(
    f"INSERT INTO ticket_sightings ({', '.join(_COLUMNS)}) SELECT * FROM staged_sightings"  # noqa: S608 - constants
    f" ON CONFLICT (ticket_id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _COLUMNS[1:])}"
)
_PLAIN, _FINDING = attrgetter(*_AS_THEY_ARE), attrgetter("type_code", *_FOUND[1:])


class SqlSightings:
    """Implements the port Sightings."""

    def lock(self, work: Work, ticket_ids: Collection[str]) -> dict[str, Sighting]:
        named = {"ids": list(ticket_ids)}
        work.connection.execute(_MAKE, named)
        return {row.ticket_id: _sighting(row) for row in work.connection.execute(_LOCK, named)}

    def save(self, work: Work, sightings: Collection[Sighting]) -> None:
        rows = map(_row, sightings)
        work.connection.execute(_SAVE, dict(zip(_COLUMNS, map(list, zip(*rows, strict=True)), strict=True)))


def known_sightings(connection: Connection, ticket_ids: Collection[str]) -> dict[str, Sighting]:
    """Those that exist, without a lock."""
    return {row.ticket_id: _sighting(row) for row in connection.execute(_KNOWN, {"ids": list(ticket_ids)})}


def sightings_where(connection: Connection, condition: ColumnElement[bool]) -> list[Sighting]:
    """Without a lock, in the order of their tickets."""
    found = select(*(ticket_sightings.c[name] for name in _COLUMNS)).where(condition)
    return [_sighting(row) for row in connection.execute(found.order_by(ticket_sightings.c.ticket_id))]


def copy_sightings(connection: Connection, sightings: Collection[Sighting]) -> None:
    """Stores thousands by way of a table of this session: COPY is several times as fast as parameters."""
    if not sightings:
        return
    connection.execute(_STAGE)
    connection.execute(text("TRUNCATE staged_sightings"))
    cursor = connection.connection.driver_connection.cursor()  # type: ignore[union-attr]
    with cursor.copy("COPY staged_sightings FROM STDIN") as copy:
        for sighting in sorted(sightings, key=lambda one: one.ticket_id):
            copy.write_row(_row(sighting))
    connection.execute(_SAVE_STAGED)


def _sighting(row: Row[Any]) -> Sighting:
    return Sighting(
        decided=_finding(row, "decided"),
        read=_finding(row, "read"),
        **{name: row._mapping[name] for name in _AS_THEY_ARE},
    )


def _finding(row: Row[Any], by: str) -> Finding:
    type_code, sub_district, estate, estate_name, kind = (row._mapping[f"{by}_{name}"] for name in _FOUND)
    return Finding(type_code, sub_district, estate, estate_name, RequestKind(kind) if kind else None)


def _row(sighting: Sighting) -> tuple[Any, ...]:
    """In the order of _COLUMNS."""
    return (*_PLAIN(sighting), *_FINDING(sighting.decided), *_FINDING(sighting.read))
