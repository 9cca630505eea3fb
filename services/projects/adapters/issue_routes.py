"""Hot issues over HTTP."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from services.chassis.work import Workshop
from services.contracts.taxonomy import Area
from services.contracts.ticket_events import SubDistrictCode
from services.projects.adapters.cursors import read_cursor, write_cursor
from services.projects.adapters.issue_views import Asked, issue_shown, issue_with_members, page_of_issues
from services.projects.adapters.loop import loop
from services.projects.adapters.membership import Membership, say
from services.projects.adapters.refusals import answered
from services.projects.adapters.request_bodies import AssignmentBody, CureDoneBody, DecisionBody, MembershipBody
from services.projects.adapters.rights import Commander, Reader, Share, leads, not_found
from services.projects.app.decide import Assignment, CureDone
from services.projects.domain.hot_issue import State


def issue_routes(workshop: Workshop) -> APIRouter:
    router = APIRouter(prefix="/hot-issues", tags=["hot issues"])

    @router.get("")
    def list_hot_issues(
        actor: Reader,
        area: Area | None = None,
        state: State | None = None,
        estate: Annotated[str | None, Query(max_length=100)] = None,
        sub_district: SubDistrictCode | None = None,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> dict[str, Any]:
        """The newest first. A department sees those it leads, a sub-district those of its area.

        `next` is the cursor of the following page, null after the last.
        """
        asked = Asked(area, state, estate, sub_district)
        with workshop.engine.begin() as connection:
            items = page_of_issues(connection, asked, Share(actor), read_cursor(cursor), limit)
        last = items[-1] if len(items) == limit else None
        return {"items": items, "next": last and write_cursor(last["confirmed_at"], last["hot_issue_id"])}

    @router.get("/{hot_issue_id}")
    def show_hot_issue(actor: Reader, hot_issue_id: UUID) -> dict[str, Any]:
        """An issue with its members and its history, and how pressing it is: `heat` with its parts."""
        with workshop.open() as work:
            issue = issue_with_members(work, str(hot_issue_id))
        if issue is None or not Share(actor).holds(issue["lead"], issue["place"]["sub_district"]):
            raise not_found("hot issue")
        return issue

    @router.post("/{hot_issue_id}/decision")
    def decide(actor: Commander, hot_issue_id: UUID, body: DecisionBody) -> dict[str, Any]:
        """What is to become of it, decided by the hub or the department that leads, once.

        409 carries `current_version` and `current_state`: somebody decided before, or it changed since it was read.
        """
        with answered("hot issue"), workshop.open() as work:
            return issue_shown(loop().decide(work, str(hot_issue_id), body.decision(actor.subject), leads(actor)))

    @router.post("/{hot_issue_id}/assignment")
    def assign(actor: Commander, hot_issue_id: UUID, body: AssignmentBody) -> dict[str, Any]:
        """Who leads, named by the hub or the department that led so far; the days to decide run on."""
        told = Assignment(body.version, actor.subject, body.lead, body.note)
        with answered("hot issue"), workshop.open() as work:
            return issue_shown(loop().decide.assign(work, str(hot_issue_id), told, leads(actor)))

    @router.post("/{hot_issue_id}/membership")
    def say_membership(actor: Commander, hot_issue_id: UUID, body: MembershipBody) -> dict[str, Any]:
        """A person says that a ticket of no registered estate is of this matter, or is not; that stands."""
        said = Membership(body.version, str(body.ticket_id), body.belongs, actor.subject, body.reason)
        with answered("hot issue"), workshop.open() as work:
            return issue_shown(say(work, str(hot_issue_id), said, leads(actor)))

    @router.post("/{hot_issue_id}/cure-done")
    def cure_done(actor: Commander, hot_issue_id: UUID, body: CureDoneBody) -> dict[str, Any]:
        """The service ordered, or the rule made, has done its part: from now on the complaints are watched."""
        done = CureDone(body.version, actor.subject, body.note)
        with answered("hot issue"), workshop.open() as work:
            return issue_shown(loop().decide.cure_done(work, str(hot_issue_id), done, leads(actor)))

    return router
