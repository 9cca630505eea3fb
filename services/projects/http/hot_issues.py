"""Hot issues over HTTP."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from services.chassis.database.work import Workshop
from services.chassis.web.cursors import read_cursor, write_cursor
from services.contracts.taxonomy import Area
from services.contracts.ticket_events import SubDistrictCode
from services.projects.app.correct_membership import CorrectMembership, Membership
from services.projects.app.decide import Assignment, CureDone, Decide
from services.projects.app.measure_heat import MeasureHeat
from services.projects.domain.hot_issue import IssueState
from services.projects.http.bodies import AssignmentBody, CureDoneBody, DecisionBody, MembershipBody
from services.projects.http.issues_shown import issue_in_full_shown, issue_shown
from services.projects.http.refusals import answered
from services.projects.http.rights import Commander, Reader, authority_of, not_found, share_of
from services.projects.http.wording import Wording
from services.projects.store.hot_issue_views import IssuesAsked, issue_in_full, page_of_issues


def issue_routes(
    workshop: Workshop, decide: Decide, correct: CorrectMembership, heat: MeasureHeat, words: Wording
) -> APIRouter:
    router = APIRouter(prefix="/hot-issues", tags=["hot issues"])

    @router.get("")
    def list_hot_issues(
        actor: Reader,
        area: Area | None = None,
        state: IssueState | None = None,
        estate: Annotated[str | None, Query(max_length=100)] = None,
        sub_district: SubDistrictCode | None = None,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> dict[str, Any]:
        """The newest first. A department sees those it leads, a sub-district those of its area.

        `next` is the cursor of the following page, null after the last.
        """
        asked = IssuesAsked(area, state, estate, sub_district)
        with workshop.engine.begin() as connection:
            page = page_of_issues(connection, asked, share_of(actor), read_cursor(cursor), limit)
        last = page[-1] if len(page) == limit else None
        return {
            "items": [issue_shown(issue, words) for issue in page],
            "next": last and write_cursor(last.confirmed_at, last.id),
        }

    @router.get("/{hot_issue_id}")
    def show_hot_issue(actor: Reader, hot_issue_id: UUID) -> dict[str, Any]:
        """An issue with its members and its history, and how pressing it is: `heat` with its parts."""
        with workshop.open() as work:
            found = issue_in_full(work.connection, str(hot_issue_id), share_of(actor))
            if found is None:
                raise not_found("hot issue")
            return issue_in_full_shown(work, found, heat, words)

    @router.post("/{hot_issue_id}/decision")
    def decide_on(actor: Commander, hot_issue_id: UUID, body: DecisionBody) -> dict[str, Any]:
        """Decides what is to become of it, once; for the hub or the department that leads.

        409 carries `current_version` and `current_state`: somebody decided before, or it changed since it was read.
        """
        with answered("hot issue"), workshop.open() as work:
            return issue_shown(
                decide(work, str(hot_issue_id), body.decision(actor.subject), authority_of(actor)), words
            )

    @router.post("/{hot_issue_id}/assignment")
    def assign(actor: Commander, hot_issue_id: UUID, body: AssignmentBody) -> dict[str, Any]:
        """Assigns the department that leads. The deadline to decide stays."""
        assignment = Assignment(body.version, actor.subject, body.lead, body.note)
        with answered("hot issue"), workshop.open() as work:
            return issue_shown(decide.assign(work, str(hot_issue_id), assignment, authority_of(actor)), words)

    @router.post("/{hot_issue_id}/membership")
    def say_membership(actor: Commander, hot_issue_id: UUID, body: MembershipBody) -> dict[str, Any]:
        """Corrects whether a ticket without a registered estate is of this matter. The correction is final."""
        said = Membership(body.version, str(body.ticket_id), body.belongs, actor.subject, body.reason)
        with answered("hot issue"), workshop.open() as work:
            return issue_shown(correct(work, str(hot_issue_id), said, authority_of(actor)), words)

    @router.post("/{hot_issue_id}/cure-done")
    def cure_done(actor: Commander, hot_issue_id: UUID, body: CureDoneBody) -> dict[str, Any]:
        """The service ordered, or the rule made, is in place: starts the observation of complaints."""
        done = CureDone(body.version, actor.subject, body.note)
        with answered("hot issue"), workshop.open() as work:
            return issue_shown(decide.cure_done(work, str(hot_issue_id), done, authority_of(actor)), words)

    return router
