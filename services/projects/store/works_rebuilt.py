"""What a rebuild writes of works."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert

from services.projects.store.agreements_tables import works_contracts, works_parties
from services.projects.store.impact_tables import impact_plans, impacts
from services.projects.store.visit_tables import warranty_visits
from services.projects.store.works_tables import (
    warranties,
    works_acceptances,
    works_defects,
    works_disclosures,
    works_inspections,
    works_items,
    works_papers,
)

_TABLES = (
    works_items,
    works_inspections,
    works_defects,
    works_papers,
    works_disclosures,
    works_acceptances,
    warranties,
    works_parties,
    works_contracts,
    impact_plans,
    impacts,
    warranty_visits,
)


class WorksRows(NamedTuple):
    """In the order in which they are written."""

    items: Sequence[Mapping[str, Any]] = ()
    inspections: Sequence[Mapping[str, Any]] = ()
    defects: Sequence[Mapping[str, Any]] = ()
    papers: Sequence[Mapping[str, Any]] = ()
    disclosures: Sequence[Mapping[str, Any]] = ()
    acceptances: Sequence[Mapping[str, Any]] = ()
    warranties: Sequence[Mapping[str, Any]] = ()
    parties: Sequence[Mapping[str, Any]] = ()
    contracts: Sequence[Mapping[str, Any]] = ()
    impact_plans: Sequence[Mapping[str, Any]] = ()
    impacts: Sequence[Mapping[str, Any]] = ()
    visits: Sequence[Mapping[str, Any]] = ()


def forget_works(connection: Connection) -> None:
    for table in reversed(_TABLES):
        connection.execute(delete(table))


def write_works(connection: Connection, rows: WorksRows) -> None:
    """The projects must be there, and no works."""
    for table, given in zip(_TABLES, rows, strict=True):
        if given:
            connection.execute(insert(table), list(given))
