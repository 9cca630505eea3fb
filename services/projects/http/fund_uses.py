"""Emergency use of the maintenance fund over HTTP."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from services.chassis.database.work import Workshop
from services.chassis.web.cursors import read_cursor, write_cursor
from services.chassis.web.identity import Actor, Role, require
from services.contracts.estate_events import EstateCode
from services.projects.app.plans.use_fund import UseFund, fund_use_facts
from services.projects.domain.fund_use import FundUse, FundUseState
from services.projects.http.plan_bodies import FundStepBody, FundUseBody
from services.projects.http.refusals import answered
from services.projects.http.rights import Commander, Reader, share_of, who_of
from services.projects.store.plan_views import page_of_fund_uses

Asker = Annotated[Actor, Depends(require(Role.HUB, Role.DEPARTMENT, Role.SUBDISTRICT))]


def fund_routes(workshop: Workshop, fund: UseFund) -> APIRouter:
    router = APIRouter(prefix="/fund-uses", tags=["plans"])

    @router.get("")
    def list_fund_uses(
        actor: Reader,
        state: FundUseState | None = None,
        estate: EstateCode | None = None,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> dict[str, Any]:
        """The newest first. `next` is the cursor of the following page, null after the last."""
        with workshop.engine.begin() as connection:
            page = page_of_fund_uses(connection, state, estate, share_of(actor), read_cursor(cursor), limit)
        last = page[-1] if len(page) == limit else None
        return {"items": [fund_use_shown(one) for one in page], "next": last and write_cursor(last.asked_at, last.id)}

    @router.post("", status_code=201)
    def ask(actor: Asker, body: FundUseBody) -> dict[str, Any]:
        """Asks for the fund in an emergency. The committee has 7 days; then the bureau may repair on its behalf."""
        with answered("request"), workshop.open() as work:
            return fund_use_shown(fund.ask(work, body.asked(), who_of(actor)))

    @router.post("/{fund_use_id}/steps")
    def step(actor: Commander, fund_use_id: UUID, body: FundStepBody) -> dict[str, Any]:
        """The committee's answer as it was reported, works on its behalf, or their end; for the hub or who leads."""
        with answered("request"), workshop.open() as work:
            return fund_use_shown(fund.step(work, str(fund_use_id), body.version, body.to, who_of(actor)))

    return router


def fund_use_shown(use: FundUse) -> dict[str, Any]:
    return {
        **fund_use_facts(use),
        "place": use.place.model_dump(exclude={"building"}),
        "may_become": sorted(use.may_become()),
    }
