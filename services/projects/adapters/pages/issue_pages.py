"""The board of hot issues, the lists behind it, and a hot issue with its forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from starlette.datastructures import ImmutableMultiDict

from services.chassis.identity import Actor, Role
from services.chassis.pages.forms import Fields, body_of, number_of
from services.chassis.pages.look import Pages, done, faults_of
from services.chassis.problems import Problem
from services.chassis.work import Workshop
from services.contracts.departments import departments
from services.contracts.hot_issue_events import DecisionKind
from services.contracts.taxonomy import Area
from services.projects.adapters.cursors import read_cursor, write_cursor
from services.projects.adapters.issue_views import Asked, issue_with_members, page_of_issues
from services.projects.adapters.loop import loop
from services.projects.adapters.pages.board import COLUMNS, board_of
from services.projects.adapters.pages.plans import plan_entered
from services.projects.adapters.project_views import page_of_projects
from services.projects.adapters.refusals import answered
from services.projects.adapters.request_bodies import AssignmentBody, CureDoneBody, DecisionBody
from services.projects.adapters.rights import Commander, Reader, Share, leads, not_found
from services.projects.app.decide import Assignment, CureDone
from services.projects.domain.hot_issue import OPEN, UNDECIDED, State
from services.projects.domain.repair_project import WORKS_TO_COME

LISTED = 50
NOTHING: ImmutableMultiDict[str, str] = ImmutableMultiDict()


def issue_pages(workshop: Workshop, pages: Pages) -> APIRouter:
    router = pages.router()

    @router.get("/hot-issues")
    def board(
        request: Request,
        actor: Reader,
        area: Area | None = None,
        state: State | None = None,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
    ) -> Response:
        if area is None and state is None:
            with workshop.engine.begin() as connection:
                lanes = board_of(connection, Share(actor))
            return pages.show(request, "board.html", actor, board=lanes, columns=COLUMNS, now=workshop.clock.now())
        asked = Asked(area=area, state=state)
        with workshop.engine.begin() as connection:
            items = page_of_issues(connection, asked, Share(actor), read_cursor(cursor), LISTED)
        last = items[-1] if len(items) == LISTED else None
        onward = last and write_cursor(last["confirmed_at"], last["hot_issue_id"])
        return pages.show(
            request, "issues.html", actor, items=items, onward=onward, asked=asked, areas=Area, states=State
        )

    @router.get("/hot-issues/{hot_issue_id}")
    def issue(request: Request, actor: Reader, hot_issue_id: UUID) -> Response:
        return _issue(request, actor, hot_issue_id)

    @router.post("/hot-issues/{hot_issue_id}/decision")
    def decide(request: Request, actor: Commander, hot_issue_id: UUID, fields: Fields) -> Response:
        try:
            body = body_of(DecisionBody, _decision_entered(fields))
            with answered("hot issue"), workshop.open() as work:
                loop().decide(work, str(hot_issue_id), body.decision(actor.subject), leads(actor))
        except Problem as problem:
            return _issue(request, actor, hot_issue_id, fields, problem)
        return done(f"/pages/hot-issues/{hot_issue_id}", "decided")

    @router.post("/hot-issues/{hot_issue_id}/assignment")
    def assign(request: Request, actor: Commander, hot_issue_id: UUID, fields: Fields) -> Response:
        try:
            entered = {"lead": fields.get("lead"), "note": fields.get("note")}
            body = body_of(AssignmentBody, {"version": number_of(fields.get("version")), **entered})
            told = Assignment(body.version, actor.subject, body.lead, body.note)
            with answered("hot issue"), workshop.open() as work:
                loop().decide.assign(work, str(hot_issue_id), told, leads(actor))
        except Problem as problem:
            return _issue(request, actor, hot_issue_id, fields, problem)
        return done(f"/pages/hot-issues/{hot_issue_id}", "assigned")

    @router.post("/hot-issues/{hot_issue_id}/cure-done")
    def cure_done(request: Request, actor: Commander, hot_issue_id: UUID, fields: Fields) -> Response:
        try:
            body = body_of(CureDoneBody, {"version": number_of(fields.get("version")), "note": fields.get("note")})
            told = CureDone(body.version, actor.subject, body.note)
            with answered("hot issue"), workshop.open() as work:
                loop().decide.cure_done(work, str(hot_issue_id), told, leads(actor))
        except Problem as problem:
            return _issue(request, actor, hot_issue_id, fields, problem)
        return done(f"/pages/hot-issues/{hot_issue_id}", "cure_done")

    def _issue(
        request: Request,
        actor: Actor,
        hot_issue_id: UUID,
        entered: Mapping[str, str] = NOTHING,
        problem: Problem | None = None,
    ) -> Response:
        """The issue as it stands now; above it, why a form was refused, and in the form what was entered."""
        if problem and problem.status_code not in (409, 422):
            raise problem
        with workshop.open() as work:
            connection, issue = work.connection, issue_with_members(work, str(hot_issue_id))
            if issue is None or not Share(actor).holds(issue["lead"], issue["place"]["sub_district"]):
                raise not_found("hot issue")
            of_estate = Asked(estate=issue["place"]["estate"])
            others = page_of_issues(connection, of_estate, Share(actor), None, LISTED)
            works = page_of_projects(connection, None, of_estate.estate, Share(actor), None, LISTED)
        may_act = Role.HUB in actor.roles or issue["lead"] in actor.departments
        return pages.show(
            request,
            "issue.html",
            actor,
            status=problem.status_code if problem else 200,
            issue=issue,
            now=workshop.clock.now(),
            may_decide=may_act and issue["state"] in UNDECIDED,
            may_end_cure=may_act and issue["state"] == State.IN_CURE and not issue["project_id"],
            kinds=DecisionKind,
            units=departments().values(),
            targets=[one for one in others if one["state"] in OPEN and one["hot_issue_id"] != str(hot_issue_id)],
            works=[one for one in works if one["state"] in WORKS_TO_COME],
            entered=entered,
            problem=problem,
            faults=faults_of(problem) if problem else [],
            what=request.query_params.get("done"),
        )

    return router


def _decision_entered(fields: ImmutableMultiDict[str, str]) -> dict[str, Any]:
    """What of the form belongs to the kind that was chosen; the form hides the rest."""
    kind = fields.get("kind")
    entered: dict[str, Any] = {
        "version": number_of(fields.get("version")),
        "kind": kind,
        "reason": fields.get("reason"),
    }
    if kind == DecisionKind.MERGE:
        entered["merge_into"] = fields.get("merge_into")
    if kind == DecisionKind.PROJECT:
        entered |= {"project_id": fields.get("project_id"), "project": plan_entered(fields)}
    return entered
