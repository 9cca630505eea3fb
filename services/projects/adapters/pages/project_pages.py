"""Repair projects: their list, and a project's way through its states with the form for the next step."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from starlette.datastructures import ImmutableMultiDict

from services.chassis.identity import Actor, Role
from services.chassis.pages.forms import Fields, body_of, number_of
from services.chassis.pages.look import Pages, done, faults_of
from services.chassis.problems import Problem
from services.chassis.work import Workshop
from services.contracts.elements import elements
from services.projects.adapters.cursors import read_cursor, write_cursor
from services.projects.adapters.loop import loop
from services.projects.adapters.pages.plans import plan_entered
from services.projects.adapters.project_views import page_of_projects, project_with_history
from services.projects.adapters.refusals import answered
from services.projects.adapters.request_bodies import StepBody
from services.projects.adapters.rights import Commander, Reader, Share, leads, not_found
from services.projects.domain.repair_project import REQUIRED, State

LISTED = 50
WAY = tuple(state for state in State if state not in (State.SUSPENDED, State.CANCELLED))
"""The states in the order in which a project that is not stopped passes them."""


def project_pages(workshop: Workshop, pages: Pages) -> APIRouter:
    router = pages.router()

    @router.get("/projects")
    def projects(
        request: Request,
        actor: Reader,
        state: State | None = None,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
    ) -> Response:
        with workshop.engine.begin() as connection:
            items = page_of_projects(connection, state, None, Share(actor), read_cursor(cursor), LISTED)
        last = items[-1] if len(items) == LISTED else None
        onward = last and write_cursor(last["opened_at"], last["project_id"])
        return pages.show(request, "projects.html", actor, items=items, onward=onward, asked=state, states=State)

    @router.get("/projects/{project_id}")
    def project(request: Request, actor: Reader, project_id: UUID) -> Response:
        return _project(request, actor, project_id)

    @router.post("/projects/{project_id}/steps")
    def step(request: Request, actor: Commander, project_id: UUID, fields: Fields) -> Response:
        entered = {"version": number_of(fields.get("version")), "to": fields.get("to"), "note": fields.get("note")}
        try:
            body = body_of(StepBody, entered | plan_entered(fields))
            with answered("project"), workshop.open() as work:
                loop().repair.step(work, str(project_id), body.step(actor.subject), leads(actor))
        except Problem as problem:
            return _project(request, actor, project_id, fields, problem)
        return done(f"/pages/projects/{project_id}", "stepped")

    def _project(
        request: Request,
        actor: Actor,
        project_id: UUID,
        entered: ImmutableMultiDict[str, str] = ImmutableMultiDict(),
        problem: Problem | None = None,
    ) -> Response:
        """The project as it stands now; above it, why a step was refused, and in the form what was entered."""
        if problem and problem.status_code not in (409, 422):
            raise problem
        with workshop.engine.begin() as connection:
            project = project_with_history(connection, str(project_id))
        if project is None or not Share(actor).holds(project["lead"], project["place"]["sub_district"]):
            raise not_found("project")
        may_act = Role.HUB in actor.roles or project["lead"] in actor.departments
        return pages.show(
            request,
            "project.html",
            actor,
            status=problem.status_code if problem else 200,
            project=project,
            stages=_stages(project),
            choices=sorted(map(State, project["may_become"]), key=list(State).index) if may_act else [],
            required=REQUIRED,
            elements=elements(),
            chosen=entered.getlist("elements") if entered else project["elements"],
            entered=entered,
            problem=problem,
            faults=faults_of(problem) if problem else [],
            what=request.query_params.get("done"),
        )

    return router


def _stages(project: dict[str, Any]) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """(state, past | now | coming | stopped, its lines of the history), what was done before what is to come."""
    stops = (State.SUSPENDED, State.CANCELLED)
    reached: list[tuple[str, str, list[dict[str, Any]]]] = []
    for line in project["history"]:
        if reached and reached[-1][0] == line["state"]:
            reached[-1][2].append(line)
        else:
            reached.append((line["state"], "stopped" if line["state"] in stops else "past", [line]))
    state, _, lines = reached[-1]
    if state not in stops:
        reached[-1] = (state, "now", lines)
    if state == State.CANCELLED:
        return reached
    from_here = WAY.index(State(project["resume_to"] or state))
    coming = WAY[from_here:] if state == State.SUSPENDED else WAY[from_here + 1 :]
    return [*reached, *((one.value, "coming", []) for one in coming)]
