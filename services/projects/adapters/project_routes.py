"""Repair projects over HTTP."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from services.chassis.work import Workshop
from services.projects.adapters.cursors import read_cursor, write_cursor
from services.projects.adapters.loop import loop
from services.projects.adapters.project_views import page_of_projects, project_shown, project_with_history
from services.projects.adapters.refusals import answered
from services.projects.adapters.request_bodies import StepBody
from services.projects.adapters.rights import Commander, Reader, Share, leads, not_found
from services.projects.domain.repair_project import State


def project_routes(workshop: Workshop) -> APIRouter:
    router = APIRouter(prefix="/projects", tags=["repair projects"])

    @router.get("")
    def list_projects(
        actor: Reader,
        state: State | None = None,
        estate: Annotated[str | None, Query(max_length=100)] = None,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> dict[str, Any]:
        """The newest first. A department sees those it leads, a sub-district those of its area.

        `next` is the cursor of the following page, null after the last.
        """
        with workshop.engine.begin() as connection:
            items = page_of_projects(connection, state, estate, Share(actor), read_cursor(cursor), limit)
        last = items[-1] if len(items) == limit else None
        return {"items": items, "next": last and write_cursor(last["opened_at"], last["project_id"])}

    @router.get("/{project_id}")
    def show_project(actor: Reader, project_id: UUID) -> dict[str, Any]:
        """A project with its history; `may_become` are the states that one step leads to."""
        with workshop.engine.begin() as connection:
            project = project_with_history(connection, str(project_id))
        if project is None or not Share(actor).holds(project["lead"], project["place"]["sub_district"]):
            raise not_found("project")
        return project

    @router.post("/{project_id}/steps")
    def take_step(actor: Commander, project_id: UUID, body: StepBody) -> dict[str, Any]:
        """One step of the project's table, taken by the hub or the department that leads.

        409 carries `current_version` and `current_state`; 422 names the fact that the state needs.
        """
        with answered("project"), workshop.open() as work:
            return project_shown(loop().repair.step(work, str(project_id), body.step(actor.subject), leads(actor)))

    return router
