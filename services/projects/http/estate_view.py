"""One estate with all that is known of its repair: what people call about, hot issues, needs, plans, projects."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path

from services.chassis.database.work import Workshop
from services.chassis.web.identity import Actor
from services.contracts.estate_events import EstateCode
from services.contracts.taxonomy import taxonomy
from services.projects.domain.months import Month
from services.projects.http.estates import estate_shown
from services.projects.http.fund_uses import fund_use_shown
from services.projects.http.needs import need_shown, survey_shown
from services.projects.http.plans import entry_shown
from services.projects.http.rights import Reader, not_found, share_of
from services.projects.store.areas import AreaAsked, RankedBy, months_of, ranked
from services.projects.store.estate_views import estate_by_id, issues_of_estate, planned
from services.projects.store.need_views import page_of_needs, surveys_of
from services.projects.store.plan_views import page_of_fund_uses
from services.projects.store.repair_project_views import page_of_projects

SHOWN = 100
"""Of each kind, the newest."""
MONTHS = 12


def estate_view_routes(workshop: Workshop) -> APIRouter:
    router = APIRouter(prefix="/estates", tags=["estates"])

    @router.get("/{estate_id}")
    def show_estate(actor: Reader, estate_id: Annotated[EstateCode, Path()]) -> dict[str, Any]:
        """What people called about within a year, hot issues, needs, surveys, plans in force, projects."""
        return estate_in_full(workshop, actor, estate_id)

    return router


def estate_in_full(workshop: Workshop, actor: Actor, estate_id: str) -> dict[str, Any]:
    """What the reader may see of it. Raises Problem 404 for an estate that is not registered, or not theirs."""
    share, end = share_of(actor), Month.of(workshop.clock.now())
    asked = AreaAsked(end.plus(1 - MONTHS), end, RankedBy.TYPE, estate=estate_id)
    with workshop.engine.begin() as connection:
        estate = estate_by_id(connection, estate_id, share)
        if estate is None:
            raise not_found("estate")
        return {
            **estate_shown(estate),
            "months": [str(month) for month in months_of(asked)],
            "calls": ranked(connection, asked, share),
            "hot_issues": [
                {
                    "hot_issue_id": one.id,
                    "number": one.number,
                    "type_code": one.cell.type_code,
                    "type_cn": kind.name_cn if (kind := taxonomy().types.get(one.cell.type_code)) else None,
                    "state": one.state,
                    "callers": one.callers,
                    "confirmed_at": one.confirmed_at,
                }
                for one in issues_of_estate(connection, estate_id, share)[:SHOWN]
            ],
            "needs": [need_shown(one) for one in page_of_needs(connection, None, estate_id, None, share, None, SHOWN)],
            "surveys": [survey_shown(one) for one in surveys_of(connection, estate_id, share)[:SHOWN]],
            "plans": [{"year": year, **entry_shown(entry)} for year, entry in planned(connection, estate_id)],
            "fund_uses": [
                fund_use_shown(one) for one in page_of_fund_uses(connection, None, estate_id, share, None, SHOWN)
            ],
            "projects": [
                {
                    "project_id": one.id,
                    "number": one.number,
                    "state": one.state,
                    "elements": list(one.elements),
                    "opened_at": one.opened_at,
                    "accepted_at": one.accepted_at,
                }
                for one in page_of_projects(connection, None, estate_id, share, None, SHOWN)
            ],
        }
