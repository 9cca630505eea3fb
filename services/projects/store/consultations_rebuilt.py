"""What a rebuild writes of consultations: what is public of them (ADR 42)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert

from services.projects.store.consultation_sales_tables import (
    consultation_differences,
    consultation_looks,
    consultation_sales,
)
from services.projects.store.consultation_tables import (
    consultation_ballots,
    consultation_chains,
    consultation_codes,
    consultation_deliveries,
    consultation_imports,
    consultation_items,
    consultation_meetings,
    consultation_opinions,
    consultation_parts,
    consultation_results,
    consultation_steps,
    consultations,
)

_TABLES = (
    consultations,
    consultation_items,
    consultation_steps,
    consultation_results,
    consultation_meetings,
    consultation_opinions,
)
_KEPT_HERE = (
    consultation_parts,
    consultation_codes,
    consultation_chains,
    consultation_ballots,
    consultation_imports,
    consultation_deliveries,
    consultation_sales,
    consultation_looks,
    consultation_differences,
)


class ConsultationRows(NamedTuple):
    """In the order in which they are written."""

    consultations: Sequence[Mapping[str, Any]] = ()
    items: Sequence[Mapping[str, Any]] = ()
    steps: Sequence[Mapping[str, Any]] = ()
    results: Sequence[Mapping[str, Any]] = ()
    meetings: Sequence[Mapping[str, Any]] = ()
    opinions: Sequence[Mapping[str, Any]] = ()


def forget_consultations(connection: Connection) -> None:
    """Of a database that is being rebuilt: there are no ballots in it yet."""
    for table in reversed((*_TABLES, *_KEPT_HERE)):
        connection.execute(delete(table))


def write_consultations(connection: Connection, rows: ConsultationRows) -> None:
    """The projects must be there, and no consultations."""
    for table, given in zip(_TABLES, rows, strict=True):
        if given:
            connection.execute(insert(table), list(given))
