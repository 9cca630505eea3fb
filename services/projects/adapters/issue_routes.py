"""Hot issues over HTTP."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from services.chassis.work import Workshop
from services.contracts.taxonomy import Area
from services.contracts.ticket_events import SubDistrictCode
from services.projects.adapters.cursors import read_cursor, write_cursor
from services.projects.adapters.issue_views import Asked, issue_with_members, page_of_issues
from services.projects.adapters.rights import Reader, Share, not_found
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
        with workshop.engine.connect() as connection:
            items = page_of_issues(connection, asked, Share(actor), read_cursor(cursor), limit)
        last = items[-1] if len(items) == limit else None
        return {"items": items, "next": last and write_cursor(last["confirmed_at"], last["hot_issue_id"])}

    @router.get("/{hot_issue_id}")
    def show_hot_issue(actor: Reader, hot_issue_id: UUID) -> dict[str, Any]:
        """An issue with its members and its history."""
        with workshop.engine.connect() as connection:
            issue = issue_with_members(connection, str(hot_issue_id))
        if issue is None or not Share(actor).holds(issue["lead"], issue["place"]["sub_district"]):
            raise not_found("hot issue")
        return issue

    return router
