"""`GET /kpi`: what the loop is measured by."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from services.chassis.database.work import Workshop
from services.chassis.web.identity import Actor, Role, require
from services.chassis.web.problems import invalid
from services.projects.domain.months import Month
from services.projects.files.effect_rules import proof_rules
from services.projects.http.rights import WHOLE_DISTRICT, share_of
from services.projects.store.kpi import starts_by_quarter, tickets_by_month

MOST_MONTHS = 240
SHOWN_MONTHS = 36


def kpi_routes(workshop: Workshop) -> APIRouter:
    router = APIRouter(tags=["figures"])

    @router.get("/kpi")
    def kpi(
        actor: Annotated[Actor, Depends(require(*WHOLE_DISTRICT, Role.SUBDISTRICT))],
        first: Annotated[date | None, Query(alias="from", ge=date(2000, 1, 1), le=date(2200, 1, 1))] = None,
        last: Annotated[date | None, Query(alias="to", ge=date(2000, 1, 1), le=date(2200, 1, 1))] = None,
    ) -> dict[str, Any]:
        """By quarter the newly started floor area, by month the complaints: the whole months of `from` to `to`.

        Without `to` up to this month, without `from` the 36 months up to `to`. A sub-district sees its own.
        """
        end = Month(last.year, last.month) if last else Month.of(workshop.clock.now())
        begin = Month(first.year, first.month) if first else end.plus(1 - SHOWN_MONTHS)
        if not begin <= end < begin.plus(MOST_MONTHS):
            fault = f"lies before `to`, by less than {MOST_MONTHS} months"
            raise invalid([{"loc": ("query", "from"), "type": "value_error", "msg": fault}])
        with workshop.engine.begin() as connection:
            return {
                "quarters": starts_by_quarter(connection, begin, end, share_of(actor)),
                "months": tickets_by_month(connection, begin, end, share_of(actor), proof_rules().apart),
            }

    return router
