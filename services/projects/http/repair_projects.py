"""Repair projects over HTTP."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from services.chassis.database.work import Workshop
from services.chassis.web.cursors import read_cursor, write_cursor
from services.projects.app.repair import Repair
from services.projects.app.reverse_step import ReverseStep
from services.projects.domain.works.repair_project import ProjectState
from services.projects.http.bodies import ProjectStepBody, ReversalBody
from services.projects.http.issues_shown import project_in_full_shown, project_shown
from services.projects.http.refusals import answered
from services.projects.http.rights import Commander, Reader, authority_of, share_of, visible_project
from services.projects.http.wording import Wording
from services.projects.store.repair_project_views import page_of_projects, project_with_history


def project_routes(workshop: Workshop, repair: Repair, reverse: ReverseStep, words: Wording) -> APIRouter:
    router = APIRouter(prefix="/projects", tags=["repair projects"])

    @router.get("")
    def list_projects(
        actor: Reader,
        state: ProjectState | None = None,
        estate: Annotated[str | None, Query(max_length=100)] = None,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> dict[str, Any]:
        """The newest first. A department sees those it leads, a sub-district those of its area.

        `next` is the cursor of the following page, null after the last.
        """
        with workshop.engine.begin() as connection:
            page = page_of_projects(connection, state, estate, share_of(actor), read_cursor(cursor), limit)
        last = page[-1] if len(page) == limit else None
        return {
            "items": [project_shown(one, words) for one in page],
            "next": last and write_cursor(last.opened_at, last.id),
        }

    @router.get("/{project_id}")
    def show_project(actor: Reader, project_id: UUID) -> dict[str, Any]:
        """A project with its history; `may_become` are the states that one step leads to."""
        with workshop.engine.begin() as connection:
            found = visible_project(project_with_history(connection, str(project_id)), actor)
        return project_in_full_shown(*found, words)

    @router.post("/{project_id}/steps")
    def take_step(actor: Commander, project_id: UUID, body: ProjectStepBody) -> dict[str, Any]:
        """Takes one step of the project's table; for the hub or the department that leads.

        409 carries `current_version` and `current_state`; 422 names the fact that the state needs.
        """
        with answered("project"), workshop.open() as work:
            return project_shown(
                repair.step(work, str(project_id), body.step(actor.subject), authority_of(actor)), words
            )

    @router.post("/{project_id}/reversals")
    def reverse_step(actor: Commander, project_id: UUID, body: ReversalBody) -> dict[str, Any]:
        """Takes back the last step because it was wrong; for the hub or the department that leads.

        The history shows both; the effect of works and the indicators no longer count by the wrong one. 409 for a step
        that another one undoes.
        """
        with answered("project"), workshop.open() as work:
            return project_shown(
                reverse(work, str(project_id), body.reversal(actor.subject), authority_of(actor)), words
            )

    return router
