"""Repair projects for display."""

from __future__ import annotations

from sqlalchemy import Connection, select, tuple_

from services.chassis.web.cursors import Position
from services.projects.app.share import DistrictShare
from services.projects.domain.works.repair_project import ProjectEntry, RepairProject
from services.projects.store.repair_projects import history_of, project_of
from services.projects.store.shares import visible
from services.projects.store.tables import repair_projects


def page_of_projects(
    connection: Connection,
    state: str | None,
    estate: str | None,
    share: DistrictShare,
    before: Position | None,
    limit: int,
) -> list[RepairProject]:
    """The newest first, by when they were opened."""
    table = repair_projects.c
    page = select(repair_projects).where(visible(repair_projects, share))
    if state is not None:
        page = page.where(table.state == state)
    if estate is not None:
        page = page.where((table.estate == estate) | table.estates.contains([{"estate": estate}]))
    if before is not None:
        page = page.where(tuple_(table.opened_at, table.id) < tuple_(*before))
    page = page.order_by(table.opened_at.desc(), table.id.desc()).limit(limit)
    return [project_of(row) for row in connection.execute(page)]


def project_with_history(connection: Connection, project_id: str) -> tuple[RepairProject, list[ProjectEntry]] | None:
    row = connection.execute(select(repair_projects).where(repair_projects.c.id == project_id)).one_or_none()
    if row is None:
        return None
    return project_of(row), history_of(connection, project_id)
