"""Repair projects: their list, and the states of a project with the form for the next step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.chassis.database.work import Workshop
from services.chassis.pages.forms import Fields, body_of, number_of
from services.chassis.pages.look import Pages, done
from services.chassis.web.cursors import read_cursor, write_cursor
from services.chassis.web.identity import Actor
from services.chassis.web.problems import Problem
from services.contracts.departments import departments
from services.contracts.elements import elements
from services.projects.app.repair import Repair
from services.projects.app.reverse_step import ReverseStep
from services.projects.domain.works.gated_works import Gated
from services.projects.domain.works.gates import GATES
from services.projects.domain.works.project_reversal import NotReversible, last_standing
from services.projects.domain.works.repair_project import REQUIRED, ProjectEntry, ProjectState
from services.projects.http.bodies import ProjectStepBody, ReversalBody
from services.projects.http.issues_shown import project_in_full_shown, project_shown
from services.projects.http.refusals import answered
from services.projects.http.rights import Commander, Reader, authority_of, share_of, visible_project
from services.projects.http.wording import Wording
from services.projects.pages.forms import NOTHING, Entered, refused
from services.projects.pages.plan_forms import plan_entered
from services.projects.store.consulted import rests_on_a_fallen_result
from services.projects.store.repair_project_views import page_of_projects, project_with_history
from services.projects.store.search import numbers_of

LISTED = 50
WAY = tuple(state for state in ProjectState if state not in (ProjectState.SUSPENDED, ProjectState.CANCELLED))
"""The states in the order in which a project that is not stopped passes them."""

_ASK_RESIDENTS = frozenset(GATES[Gated.CONSULT] + GATES[Gated.CONFIRM_SCHEME] + GATES[Gated.TENDER])
"""Gates that consultations, meetings and opinions open."""
_RESTING = frozenset(WAY[WAY.index(ProjectState.CONSULTED) : WAY.index(ProjectState.STARTED)])
"""Where a project rests on what residents agreed to, and does not go on without it."""


def project_pages(workshop: Workshop, pages: Pages, repair: Repair, reverse: ReverseStep, words: Wording) -> APIRouter:
    router = pages.router()

    @router.get("/projects")
    def projects(
        request: Request,
        actor: Reader,
        state: ProjectState | None = None,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
    ) -> Response:
        with workshop.engine.begin() as connection:
            page = page_of_projects(connection, state, None, share_of(actor), read_cursor(cursor), LISTED)
        last = page[-1] if len(page) == LISTED else None
        onward = last and write_cursor(last.opened_at, last.id)
        items = [project_shown(one, words) for one in page]
        return pages.show(request, "projects.html", actor, items=items, onward=onward, asked=state, states=ProjectState)

    @router.get("/projects/{project_id}")
    def project(request: Request, actor: Reader, project_id: UUID) -> Response:
        return _project(request, actor, project_id)

    @router.post("/projects/{project_id}/steps")
    def step(request: Request, actor: Commander, project_id: UUID, fields: Fields) -> Response:
        entered = {"version": number_of(fields.get("version")), "to": fields.get("to"), "note": fields.get("note")}
        try:
            entered |= {
                name: fields.get(name) for name in ("responsible", "review_on") if fields.get("to") == "suspended"
            }
            body = body_of(ProjectStepBody, entered | plan_entered(fields))
            with answered("project"), workshop.open() as work:
                repair.step(work, str(project_id), body.step(actor.subject), authority_of(actor))
        except Problem as problem:
            return _project(request, actor, project_id, fields, problem)
        return done(f"/pages/projects/{project_id}", "stepped")

    @router.post("/projects/{project_id}/reversals")
    def take_back(request: Request, actor: Commander, project_id: UUID, fields: Fields) -> Response:
        entered = {"version": number_of(fields.get("version")), "reason": fields.get("reason")}
        try:
            body = body_of(ReversalBody, entered)
            with answered("project"), workshop.open() as work:
                reverse(work, str(project_id), body.reversal(actor.subject), authority_of(actor))
        except Problem as problem:
            return _project(request, actor, project_id, fields, problem)
        return done(f"/pages/projects/{project_id}", "taken_back")

    def _project(
        request: Request,
        actor: Actor,
        project_id: UUID,
        entered: Entered = NOTHING,
        problem: Problem | None = None,
    ) -> Response:
        """The project as it is now; above it why a step was refused, in the form what was entered."""
        if problem and problem.status_code not in (409, 422):
            raise problem
        with workshop.open() as work:
            found = visible_project(project_with_history(work.connection, str(project_id)), actor)
            numbers = numbers_of(work.connection, found[0].hot_issues, share_of(actor))
            registered_area = repair.registered_area(work, found[0])
            held = found[0].state in _RESTING and rests_on_a_fallen_result(work.connection, found[0].id)
        project = project_in_full_shown(*found, words)
        may_act = authority_of(actor).may_act_on(found[0])
        return pages.show(
            request,
            "project.html",
            actor,
            project=project,
            registered_area=registered_area,
            numbers=numbers,
            held=held,
            asks_residents=_ASK_RESIDENTS,
            stages=_stages(project),
            choices=sorted(map(ProjectState, project["may_become"]), key=list(ProjectState).index) if may_act else [],
            required=REQUIRED,
            reversible=may_act and _is_reversible(found[1]),
            units=departments().values(),
            elements=elements(),
            chosen=entered.getlist("elements") if entered else project["elements"],
            **refused(request, entered, problem),
        )

    return router


def _is_reversible(history: Sequence[ProjectEntry]) -> bool:
    try:
        return bool(last_standing(history))
    except NotReversible:
        return False


def _stages(project: dict[str, Any]) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """(state, past | now | coming | stopped, its lines of the history), what was done before what is to come."""
    stops = (ProjectState.SUSPENDED, ProjectState.CANCELLED)
    reached: list[tuple[str, str, list[dict[str, Any]]]] = []
    for line in project["history"]:
        if reached and reached[-1][0] == line["state"]:
            reached[-1][2].append(line)
        else:
            reached.append((line["state"], "stopped" if line["state"] in stops else "past", [line]))
    state, _, lines = reached[-1]
    if state not in stops:
        reached[-1] = (state, "now", lines)
    if state == ProjectState.CANCELLED:
        return reached
    if state == ProjectState.SUSPENDED and not project["resume_to"]:
        return reached  # where it goes on is not known
    from_here = WAY.index(ProjectState(project["resume_to"] or state))
    coming = WAY[from_here:] if state == ProjectState.SUSPENDED else WAY[from_here + 1 :]
    return [*reached, *((one.value, "coming", []) for one in coming)]
