"""`GET /indicators`: what the hotline is measured by, each rate with its numerator and denominator."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from services.chassis.identity import Actor, Role, require
from services.chassis.problems import Problem, invalid
from services.chassis.work import Workshop
from services.chassis.working_days import SHANGHAI
from services.contracts.ticket_events import DepartmentCode
from services.intake.adapters.indicators import Period, on_time, solved
from services.intake.adapters.rights import SEE_ALL

Day = Annotated[date | None, Query(ge=date(2000, 1, 1), le=date(2200, 1, 1))]


def indicator_routes(workshop: Workshop) -> APIRouter:
    router = APIRouter(tags=["figures"])

    @router.get("/indicators")
    def indicators(
        actor: Annotated[Actor, Depends(require(*SEE_ALL, Role.DEPARTMENT))],
        first: Annotated[Day, Query(alias="from")] = None,
        last: Annotated[Day, Query(alias="to")] = None,
        department: DepartmentCode | None = None,
    ) -> dict[str, Any]:
        """The whole days `from` to `to` in Shanghai; without them from the beginning, up to now.

        On time: by tickets whose clock ended in the period; `open_not_due` is beside the rate. Solved: by the callers'
        answers given in the period. A department sees what it led.
        """
        if first and last and last < first:
            raise invalid([{"loc": ("query", "from"), "type": "value_error", "msg": "is after `to`: swap them"}])
        period = Period(_begin(first), _begin(last + timedelta(days=1)) if last else None)
        departments = _departments(actor, department)
        with workshop.engine.connect() as connection:
            return {
                "from": first,
                "to": last,
                "department": department,
                "on_time": on_time(connection, period, departments, workshop.clock.now()),
                "solved": solved(connection, period, departments),
            }

    return router


def _departments(actor: Actor, asked: str | None) -> frozenset[str] | None:
    """Whose figures; None means everybody's."""
    if not actor.roles.isdisjoint(SEE_ALL):
        return frozenset({asked}) if asked else None
    if asked is None:
        return actor.departments
    if asked not in actor.departments:
        remedy = "department: ask for your own, or leave it out."
        raise Problem(403, "not-yours", "Another department's figures", remedy)
    return frozenset({asked})


def _begin(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), SHANGHAI) if day else None
