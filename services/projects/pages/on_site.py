"""What the pages of works share: the project, what its items are called, what somebody may do there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID, uuid4

from fastapi import Request, Response
from starlette.datastructures import ImmutableMultiDict

from services.chassis.database.work import Work, Workshop
from services.chassis.pages.look import done, faults_of
from services.chassis.web.identity import Actor
from services.chassis.web.problems import Problem
from services.chassis.working_days import SHANGHAI
from services.projects.app.works.acts import WorksActs
from services.projects.domain.menu import MenuItem
from services.projects.domain.repair_project import RepairProject
from services.projects.domain.works.acts import POSSIBLE
from services.projects.domain.works.gates import Works
from services.projects.http.refusals import answered
from services.projects.http.rights import authority_of, visible_project
from services.projects.store.repair_project_views import project_with_history

Entered = ImmutableMultiDict[str, str]
NOTHING: Entered = ImmutableMultiDict()


def act_on_site(
    workshop: Workshop, act: Callable[[Work], None], page: str, what: str, again: Callable[[Problem], Response]
) -> Response:
    """Runs an act and leads to `page`; a refusal is shown by `again`: the page as it is now, with what was entered."""
    try:
        with answered("project"), workshop.open() as work:
            act(work)
    except Problem as problem:
        if problem.status_code not in (409, 422):
            raise
        return again(problem)
    return done(page, what)


def shown_to(
    actor: Actor,
    project: RepairProject,
    entered: ImmutableMultiDict[str, str],
    problem: Problem | None,
    request: Request,
) -> dict[str, Any]:
    may_act = authority_of(actor).may_act_on(project)
    return {
        "status": problem.status_code if problem else 200,
        "possible": {act for act, states in POSSIBLE.items() if may_act and project.state in states},
        "fresh_id": uuid4,
        "entered": entered,
        "problem": problem,
        "faults": faults_of(problem) if problem else [],
        "what": request.query_params.get("done"),
    }


def refused(request: Request, entered: Entered, problem: Problem | None) -> dict[str, Any]:
    """What a page says of a form that was refused, or of what was done."""
    return {
        "status": problem.status_code if problem else 200,
        "entered": entered,
        "problem": problem,
        "faults": faults_of(problem) if problem else [],
        "what": request.query_params.get("done"),
    }


def project_of(work: Work, project_id: UUID, actor: Actor) -> RepairProject:
    return visible_project(project_with_history(work.connection, str(project_id)), actor)[0]


def menu_rows_of(work: Work, works: Works, acts: WorksActs) -> Mapping[str, MenuItem]:
    """By item: the version of the menu item that its scheme was frozen on."""
    rows = acts.desk.standing.rows(work)
    return {item.id: rows[item.menu_item, item.menu_version] for item in works.items}


def fen_of(yuan: str | None) -> int | None:
    """Yuan as a form sends them, in fen; None for what is no amount, which the body then misses."""
    try:
        fen = Decimal(yuan or "") * 100
    except InvalidOperation:
        return None
    return int(fen) if fen.is_finite() and fen == int(fen) else None


def moment_of(entered: str | None) -> str | None:
    """A local time as a form sends it, with its zone."""
    try:
        return datetime.fromisoformat(entered or "").replace(tzinfo=SHANGHAI).isoformat()
    except ValueError:
        return entered
