"""Folding what intake and classifier told into sightings, many at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from psycopg import sql
from sqlalchemy import Connection, TableClause, column, select, table, text
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.dialects.postgresql import insert as pg_insert

from services.contracts.event import Envelope
from services.projects.adapters.cell_locks import make_cells
from services.projects.adapters.sightings import (
    FACT_COLUMNS,
    READING_COLUMNS,
    fact_row,
    keep_facts,
    keep_readings,
    reading_row,
)
from services.projects.adapters.tables import ticket_sightings
from services.projects.domain.evidence import Cell, Reading, TicketFact, finding_of

Row = dict[str, Any]


def fold(connection: Connection, envelopes: Iterable[Envelope]) -> None:
    """As the live consumer would keep them, whatever their order. Commits nothing."""
    facts: dict[str, Row] = {}
    readings: dict[str, Row] = {}
    cells: set[Cell] = set()
    for envelope in envelopes:
        event = envelope.event
        if isinstance(event, TicketFact):
            row = fact_row(event)
            known = facts.get(event.ticket_id)
            facts[event.ticket_id] = _newer_fact(known, row) if known else row
        elif isinstance(event, Reading):
            row = reading_row(event)
            known = readings.get(event.ticket_id)
            readings[event.ticket_id] = max(known, row, key=_rank) if known else row
        else:
            continue
        if cell := finding_of(event).cell:
            cells.add(cell)
    _write(connection, "told_facts", FACT_COLUMNS, facts, keep_facts)
    _write(connection, "told_readings", READING_COLUMNS, readings, keep_readings)
    make_cells(connection, cells)


def _newer_fact(known: Row, told: Row) -> Row:
    newest = told if told["ticket_version"] > known["ticket_version"] else known
    return newest | {"by_person": known["by_person"] or told["by_person"]}


def _rank(row: Row) -> tuple[int, str]:
    return row["text_version"], row["read_again"] or ""


def _write(
    connection: Connection,
    name: str,
    columns: tuple[str, ...],
    rows: Mapping[str, Row],
    keep: Callable[[Insert], Insert],
) -> None:
    """By way of a table of this session: COPY is many times as fast as statements row by row."""
    if not rows:
        return
    listed = ", ".join(columns)
    like = f"SELECT {listed} FROM ticket_sightings WITH NO DATA"  # noqa: S608 - constants
    connection.execute(text(f"CREATE TEMPORARY TABLE IF NOT EXISTS {name} AS {like}"))
    connection.execute(text(f"TRUNCATE {name}"))
    cursor = connection.connection.driver_connection.cursor()  # type: ignore[union-attr]
    into = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))
    with cursor.copy(into) as copy:
        for ticket_id in sorted(rows):
            row = rows[ticket_id]
            copy.write_row([row[one] for one in columns])
    staged: TableClause = table(name, *(column(one) for one in columns))
    connection.execute(keep(pg_insert(ticket_sightings).from_select(list(columns), select(*staged.c))))
