"""The scheme of a project against what it is there for, and against today's menu."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from services.chassis.database.work import Work, Workshop
from services.chassis.working_days import SHANGHAI
from services.contracts.taxonomy import taxonomy
from services.projects.app.works.acts import WorksActs
from services.projects.domain.standards.difference import differences
from services.projects.domain.works.repair_project import RepairProject
from services.projects.domain.works.scheme import outdated, suggested, uncured
from services.projects.http.rights import Reader, visible_project
from services.projects.http.works_shown import menu_item_shown
from services.projects.store.repair_project_views import project_with_history
from services.projects.store.scheme import types_of


def scheme_routes(workshop: Workshop, acts: WorksActs) -> APIRouter:
    router = APIRouter(prefix="/projects/{project_id}", tags=["works"])

    @router.get("/scheme")
    def show_scheme(actor: Reader, project_id: UUID) -> dict[str, Any]:
        """What stays uncured, items that would cure it, and how the rows it was frozen on differ from today's menu."""
        with workshop.open() as work:
            project, _ = visible_project(project_with_history(work.connection, str(project_id)), actor)
            return scheme_shown(work, project, acts)

    return router


def standards_of(work: Work, acts: WorksActs, project: RepairProject) -> list[dict[str, Any]]:
    """The versions of standards that the works go by, and how each differs from the one in force today."""
    now = work.clock.now()
    found = []
    for standard, edition in acts.desk.standing.asked(work, project.id).by:
        today = standard.in_force(now.astimezone(SHANGHAI).date(), now)
        found.append(
            {
                "standard_id": standard.id,
                "title": standard.title,
                "number": edition.number,
                "today": today and today.number,
                "differences": [one._asdict() for one in differences(edition.content, today.content)] if today else [],
            }
        )
    return found


def scheme_shown(work: Work, project: RepairProject, acts: WorksActs) -> dict[str, Any]:
    standing, items = acts.desk.standing, acts.desk.works_of(work, project.id).items
    kinds = taxonomy().types
    types = {code: kinds[code].elements for code in types_of(work.connection, project.hot_issues) if code in kinds}
    picks = standing.menu(work, project.opened_at)
    return {
        "standards": standards_of(work, acts, project),
        "uncured": [{"type_code": one.type_code, "curable_by": list(one.by)} for one in uncured(items, types)],
        "suggested": [menu_item_shown(row) for row in suggested(items, types, picks)],
        "outdated": [
            {
                "item_id": one.item,
                "frozen": menu_item_shown(one.frozen),
                "today": one.today and menu_item_shown(one.today),
                "fields": list(one.fields),
            }
            for one in outdated(items, standing.rows(work), standing.menu(work))
        ],
    }
