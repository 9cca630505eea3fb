"""Whose the ids are that people's devices make. Each is the key of its events on `projects`, so it names one thing."""

from __future__ import annotations

from sqlalchemy import Connection, Table, literal, select, text, union_all

from services.projects.app.own_ids import Named
from services.projects.store.agreements_tables import works_contracts
from services.projects.store.case_tables import typical_cases
from services.projects.store.impact_tables import impacts
from services.projects.store.need_tables import needs, needs_surveys
from services.projects.store.plan_tables import fund_uses, plans
from services.projects.store.tables import repair_projects
from services.projects.store.works_tables import works_defects, works_inspections, works_items, works_papers

_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('id ' || :id))")
_TABLES: dict[Named, Table] = {
    Named.PROJECT: repair_projects,
    Named.TYPICAL_CASE: typical_cases,
    Named.ITEM: works_items,
    Named.INSPECTION: works_inspections,
    Named.DEFECT: works_defects,
    Named.PAPER: works_papers,
    Named.CONTRACT: works_contracts,
    Named.DISTURBANCE: impacts,
    Named.NEED: needs,
    Named.SURVEY: needs_surveys,
    Named.PLAN: plans,
    Named.FUND_USE: fund_uses,
}


def named_by(connection: Connection, id: str) -> Named | None:
    """What has the id by now. Nobody else gives it to anything until the transaction ends."""
    connection.execute(_LOCK, {"id": id})
    asked = union_all(*(select(literal(kind.value)).where(table.c.id == id) for kind, table in _TABLES.items()))
    found = connection.execute(asked.limit(1)).scalar()
    return Named(found) if found else None
