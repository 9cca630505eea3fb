"""The board of hot issues, the lists behind it, and a hot issue with its forms."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.chassis.database.work import Workshop
from services.chassis.pages.forms import Fields, body_of, number_of
from services.chassis.pages.look import Pages, done
from services.chassis.pages.speech import Speech
from services.chassis.web.cursors import read_cursor, write_cursor
from services.chassis.web.identity import Actor
from services.chassis.web.problems import Problem
from services.contracts.departments import departments
from services.contracts.hot_issue_events import DecisionKind
from services.contracts.taxonomy import Area
from services.projects.app.decide import Assignment, CureDone, Decide
from services.projects.app.measure_heat import MeasureHeat
from services.projects.domain.causes import Why, judged_by
from services.projects.domain.hot_issue import OPEN, UNDECIDED, HotIssue, IssueState
from services.projects.domain.works.repair_project import WORKS_TO_COME, RepairProject
from services.projects.http.bodies import AssignmentBody, CureDoneBody, DecisionBody
from services.projects.http.issues_shown import issue_in_full_shown, issue_shown, project_shown
from services.projects.http.refusals import answered
from services.projects.http.rights import Commander, Reader, authority_of, not_found, share_of
from services.projects.http.wording import Wording, cause_in_words
from services.projects.pages.forms import NOTHING, Entered, refused
from services.projects.pages.plan_forms import plan_entered
from services.projects.store.board import COLUMNS, board_of
from services.projects.store.hot_issue_views import IssueInFull, IssuesAsked, issue_in_full, page_of_issues
from services.projects.store.repair_project_views import page_of_projects
from services.projects.store.search import numbers_of

LISTED = 50


def issue_pages(workshop: Workshop, pages: Pages, decide: Decide, heat: MeasureHeat, words: Wording) -> APIRouter:
    router = pages.router()

    @router.get("/hot-issues")
    def board(
        request: Request,
        actor: Reader,
        area: Area | None = None,
        state: IssueState | None = None,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
    ) -> Response:
        if area is None and state is None:
            with workshop.engine.begin() as connection:
                lanes = board_of(connection, share_of(actor))
            return pages.show(request, "board.html", actor, board=lanes, columns=COLUMNS, now=workshop.clock.now())
        asked = IssuesAsked(area=area, state=state)
        with workshop.engine.begin() as connection:
            page = page_of_issues(connection, asked, share_of(actor), read_cursor(cursor), LISTED)
        last = page[-1] if len(page) == LISTED else None
        onward = last and write_cursor(last.confirmed_at, last.id)
        items = [issue_shown(one, words) for one in page]
        return pages.show(
            request, "issues.html", actor, items=items, onward=onward, asked=asked, areas=Area, states=IssueState
        )

    @router.get("/hot-issues/{hot_issue_id}")
    def issue(request: Request, actor: Reader, hot_issue_id: UUID) -> Response:
        return _issue(request, actor, hot_issue_id)

    @router.post("/hot-issues/{hot_issue_id}/decision")
    def decide_on(request: Request, actor: Commander, hot_issue_id: UUID, fields: Fields) -> Response:
        try:
            body = body_of(DecisionBody, _decision_entered(fields))
            with answered("hot issue"), workshop.open() as work:
                decide(work, str(hot_issue_id), body.decision(actor.subject), authority_of(actor))
        except Problem as problem:
            return _issue(request, actor, hot_issue_id, fields, problem)
        return done(f"/pages/hot-issues/{hot_issue_id}", "decided")

    @router.post("/hot-issues/{hot_issue_id}/assignment")
    def assign(request: Request, actor: Commander, hot_issue_id: UUID, fields: Fields) -> Response:
        try:
            entered = {"lead": fields.get("lead"), "note": fields.get("note")}
            body = body_of(AssignmentBody, {"version": number_of(fields.get("version")), **entered})
            assignment = Assignment(body.version, actor.subject, body.lead, body.note)
            with answered("hot issue"), workshop.open() as work:
                decide.assign(work, str(hot_issue_id), assignment, authority_of(actor))
        except Problem as problem:
            return _issue(request, actor, hot_issue_id, fields, problem)
        return done(f"/pages/hot-issues/{hot_issue_id}", "assigned")

    @router.post("/hot-issues/{hot_issue_id}/cure-done")
    def cure_done(request: Request, actor: Commander, hot_issue_id: UUID, fields: Fields) -> Response:
        try:
            body = body_of(CureDoneBody, {"version": number_of(fields.get("version")), "note": fields.get("note")})
            finished = CureDone(body.version, actor.subject, body.note)
            with answered("hot issue"), workshop.open() as work:
                decide.cure_done(work, str(hot_issue_id), finished, authority_of(actor))
        except Problem as problem:
            return _issue(request, actor, hot_issue_id, fields, problem)
        return done(f"/pages/hot-issues/{hot_issue_id}", "cure_done")

    def _issue(
        request: Request,
        actor: Actor,
        hot_issue_id: UUID,
        entered: Entered = NOTHING,
        problem: Problem | None = None,
    ) -> Response:
        """The issue as it is now; above it why a form was refused, in the form what was entered."""
        if problem and problem.status_code not in (409, 422):
            raise problem
        with workshop.open() as work:
            connection, found = work.connection, issue_in_full(work.connection, str(hot_issue_id), share_of(actor))
            if found is None:
                raise not_found("hot issue")
            issue = issue_in_full_shown(work, found, heat, words)
            of_estate = IssuesAsked(estate=found.issue.cell.estate)
            others = page_of_issues(connection, of_estate, share_of(actor), None, LISTED)
            linked = [one for one in (found.issue.project_id, found.issue.merged_into) if one]
            numbers = numbers_of(connection, linked, share_of(actor))
            works = page_of_projects(connection, None, of_estate.estate, share_of(actor), None, LISTED)
        say, now, authority = pages.speech(request), workshop.clock.now(), authority_of(actor)
        may_act, kinds = authority.may_act_on(found.issue), decide.makers.open_to(authority, found.issue, now)
        return pages.show(
            request,
            "issue.html",
            actor,
            issue=issue,
            numbers=numbers,
            now=now,
            may_decide=may_act and issue["state"] in UNDECIDED,
            may_end_cure=may_act and issue["state"] == IssueState.IN_CURE and not issue["project_id"],
            kinds=kinds,
            all_kinds=DecisionKind,
            units=departments().values(),
            verdict=found.issue.judged and cause_in_words(say, judged_by(found.issue.judged), None),
            relapse=_relapse(say, found),
            history=[(line, cause_in_words(say, line.cause, line.note)) for line in found.history],
            targets=[one for one in others if _may_take(one, hot_issue_id) and authority.may_act_on(one)],
            works=[project_shown(one, words) for one in works if _may_be_joined(one) and authority.may_act_on(one)],
            **refused(request, entered, problem),
        )

    return router


def _relapse(say: Speech, found: IssueInFull) -> str | None:
    """That complaints rise again, until something is done about it."""
    suspected = [line for line in found.history if line.cause and line.cause.why is Why.RELAPSE_SUSPECTED]
    if not suspected or found.issue.state is not IssueState.VERIFIED:
        return None
    return cause_in_words(say, suspected[-1].cause, None)


def _may_take(target: HotIssue, hot_issue_id: UUID) -> bool:
    """Whether it can take over the members of another issue."""
    return target.state in OPEN and target.id != str(hot_issue_id)


def _may_be_joined(project: RepairProject) -> bool:
    return project.state in WORKS_TO_COME


def _decision_entered(fields: Entered) -> dict[str, Any]:
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
