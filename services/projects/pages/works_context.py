"""What the pages of works share: the project, what its items are called, what somebody may do there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from fastapi import Request

from services.chassis.database.work import Work
from services.chassis.web.identity import Actor
from services.chassis.web.problems import Problem
from services.projects.app.works.acts import WorksActs
from services.projects.domain.menu import MenuItem
from services.projects.domain.works.acts import POSSIBLE
from services.projects.domain.works.gated_works import Works
from services.projects.domain.works.repair_project import RepairProject
from services.projects.http.rights import authority_of, visible_project
from services.projects.pages.forms import Entered, refused
from services.projects.store.repair_project_views import project_with_history


def shown_to(
    actor: Actor,
    project: RepairProject,
    entered: Entered,
    problem: Problem | None,
    request: Request,
) -> dict[str, Any]:
    may_act = authority_of(actor).may_act_on(project)
    return refused(request, entered, problem) | {
        "possible": {act for act, states in POSSIBLE.items() if may_act and project.state in states},
        "fresh_id": uuid4,
    }


def project_of(work: Work, project_id: UUID, actor: Actor) -> RepairProject:
    return visible_project(project_with_history(work.connection, str(project_id)), actor)[0]


def menu_rows_of(work: Work, works: Works, acts: WorksActs) -> Mapping[str, MenuItem]:
    """By item: the version of the menu item that its scheme was frozen on."""
    rows = acts.desk.standing.rows(work)
    return {item.id: rows[item.menu_item, item.menu_version] for item in works.items}
