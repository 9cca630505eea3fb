"""Repair projects as they are shown."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select, tuple_

from services.projects.adapters.cursors import Position
from services.projects.adapters.repair_projects import project_of
from services.projects.adapters.rights import Share
from services.projects.adapters.tables import repair_project_history, repair_projects
from services.projects.app.repair import project_facts
from services.projects.domain.repair_project import RepairProject


def page_of_projects(
    connection: Connection, state: str | None, estate: str | None, share: Share, before: Position | None, limit: int
) -> list[dict[str, Any]]:
    """The newest first, by when they were opened."""
    table = repair_projects.c
    page = select(repair_projects).where(share.of(repair_projects))
    if state is not None:
        page = page.where(table.state == state)
    if estate is not None:
        page = page.where(table.estate == estate)
    if before is not None:
        page = page.where(tuple_(table.opened_at, table.id) < tuple_(*before))
    page = page.order_by(table.opened_at.desc(), table.id.desc()).limit(limit)
    return [project_shown(project_of(row)) for row in connection.execute(page)]


def project_with_history(connection: Connection, project_id: str) -> dict[str, Any] | None:
    row = connection.execute(select(repair_projects).where(repair_projects.c.id == project_id)).one_or_none()
    if row is None:
        return None
    history = (
        select(*(column for column in repair_project_history.c if column.name != "project_id"))
        .where(repair_project_history.c.project_id == project_id)
        .order_by(repair_project_history.c.version)
    )
    steps = [dict(step) for step in connection.execute(history).mappings()]
    return {**project_shown(project_of(row)), "history": steps}


def project_shown(project: RepairProject) -> dict[str, Any]:
    """What the project's events carry, and what helps a person to take the next step."""
    return {
        **project_facts(project),
        "place": project.place.model_dump(),
        "title": f"{project.place.estate_name or project.place.estate} 修缮项目",
        "opened_at": project.opened_at,
        "resume_to": project.resume_to,
        "may_become": sorted(project.may_become()),
    }
