"""Plans, and requests to the maintenance fund, for those who look at them."""

from __future__ import annotations

from sqlalchemy import Connection, select, tuple_

from services.chassis.web.cursors import Position
from services.projects.app.share import DistrictShare
from services.projects.domain.fund_use import FundUse, FundUseState
from services.projects.domain.yearly_plan import PlanEntry, YearlyPlan, in_order
from services.projects.store.fund_uses import fund_use_of
from services.projects.store.plan_tables import fund_uses, plans
from services.projects.store.plans import entries_of, plan_of
from services.projects.store.shares import visible


def all_plans(connection: Connection) -> list[YearlyPlan]:
    """The newest year first, its newest version first; there are a few a year."""
    rows = connection.execute(select(plans).order_by(plans.c.year.desc(), plans.c.number.desc()))
    return [plan_of(row) for row in rows]


def plan_with_entries(connection: Connection, plan_id: str) -> tuple[YearlyPlan, list[PlanEntry]] | None:
    """The most pressing entry first."""
    row = connection.execute(select(plans).where(plans.c.id == plan_id)).one_or_none()
    return (plan_of(row), in_order(entries_of(connection, plan_id))) if row else None


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
