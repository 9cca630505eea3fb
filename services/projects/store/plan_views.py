"""Plans, and requests to the maintenance fund, for display."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, select, tuple_

from services.chassis.web.cursors import Position
from services.projects.app.share import DistrictShare
from services.projects.domain.fund_use import FundUse, FundUseState
from services.projects.domain.works.repair_project import RepairProject
from services.projects.domain.yearly_plan import PlanEntry, PlanState, YearlyPlan, in_order
from services.projects.store.fund_uses import fund_use_of
from services.projects.store.plan_tables import fund_uses, plans
from services.projects.store.plans import begun_of, entries_of, plan_of
from services.projects.store.repair_projects import project_of
from services.projects.store.shares import visible
from services.projects.store.tables import repair_projects


def all_plans(connection: Connection) -> list[YearlyPlan]:
    """The newest year first, its newest version first; there are a few a year."""
    rows = connection.execute(select(plans).order_by(plans.c.year.desc(), plans.c.number.desc()))
    return [plan_of(row) for row in rows]


def plan_with_entries(connection: Connection, plan_id: str) -> tuple[YearlyPlan, list[PlanEntry]] | None:
    """The most pressing entry first; of a draft with the works that were begun by now."""
    row = connection.execute(select(plans).where(plans.c.id == plan_id)).one_or_none()
    if row is None:
        return None
    plan, entries = plan_of(row), in_order(entries_of(connection, plan_id))
    if plan.state is PlanState.DRAFT:
        begun = begun_of(connection, plan.year)
        entries = [replace(one, projects=begun.get(one.place.estate or "", ())) for one in entries]
    return plan, entries


def version_before(connection: Connection, plan: YearlyPlan) -> tuple[YearlyPlan, list[PlanEntry]] | None:
    """The version of the same year before this one, with its entries; None for the first."""
    of_year = select(plans).where(plans.c.year == plan.year, plans.c.number < plan.number)
    row = connection.execute(of_year.order_by(plans.c.number.desc()).limit(1)).one_or_none()
    return (plan_of(row), entries_of(connection, row.id)) if row else None


def works_of(connection: Connection, year: int) -> dict[str, list[RepairProject]]:
    """By estate the works that were begun, by now, for what the year's plan lists; the oldest first."""
    begun = begun_of(connection, year)
    ids = {one for projects in begun.values() for one in projects}
    rows = connection.execute(select(repair_projects).where(repair_projects.c.id.in_(ids))) if ids else ()
    known = {row.id: project_of(row) for row in rows}
    return {
        estate: sorted((known[one] for one in projects if one in known), key=lambda project: project.opened_at)
        for estate, projects in begun.items()
    }


def page_of_fund_uses(
    connection: Connection,
    state: FundUseState | None,
    estate: str | None,
    share: DistrictShare,
    before: Position | None,
    limit: int,
) -> list[FundUse]:
    """The newest first."""
    table = fund_uses.c
    page = select(fund_uses).where(visible(fund_uses, share)).order_by(table.asked_at.desc(), table.id.desc())
    if state is not None:
        page = page.where(table.state == state)
    if estate is not None:
        page = page.where(table.estate == estate)
    if before is not None:
        page = page.where(tuple_(table.asked_at, table.id) < tuple_(*before))
    return [fund_use_of(row) for row in connection.execute(page.limit(limit))]
