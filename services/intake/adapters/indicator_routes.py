"""`GET /indicators`: what the hotline is measured by, each rate with its numerator and denominator."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from services.chassis.identity import Actor, Role, require
from services.chassis.problems import Problem, invalid
from services.chassis.work import Workshop
from services.chassis.working_days import SHANGHAI
from services.contracts.ticket_events import DepartmentCode
from services.intake.adapters.csv_answers import csv_answer
from services.intake.adapters.indicators import INDICATORS, Asked, By, Group, Period, figures
from services.intake.adapters.rights import SEE_ALL

Day = Annotated[date | None, Query(ge=date(2000, 1, 1), le=date(2200, 1, 1))]
First = Annotated[Day, Query(alias="from")]
Last = Annotated[Day, Query(alias="to")]
Figured = Annotated[Actor, Depends(require(*SEE_ALL, Role.DEPARTMENT))]


def indicator_routes(workshop: Workshop) -> APIRouter:
    router = APIRouter(tags=["figures"])

    def asked_for(
        actor: Actor, first: date | None, last: date | None, department: str | None, by: By | None
    ) -> dict[Group, dict[str, Any]]:
        if first and last and last < first:
            raise invalid([{"loc": ("query", "from"), "type": "value_error", "msg": "is after `to`: swap them"}])
        period = Period(begin_of(first), begin_of(last + timedelta(days=1)) if last else None)
        departments = departments_of(actor, department)
        with workshop.engine.begin() as connection:
            found = figures(Asked(connection, period, departments, workshop.clock.now(), by))
        groups = sorted({group for one in found.values() for group in one}, key=lambda group: group or "")
        return {group: {name: found[name].get(group) for name in INDICATORS} for group in groups}

    @router.get("/indicators")
    def indicators(
        actor: Figured,
        first: First = None,
        last: Last = None,
        department: DepartmentCode | None = None,
        by: By | None = None,
    ) -> dict[str, Any]:
        """The whole days `from` to `to` in Shanghai; without them from the beginning, up to now.

        On time and first contact: by what was due in the period; `open_not_due` is beside the rate. Solved and
        satisfaction: by the callers' answers given in the period. Returned, redone, overtime, repeated: of what was
        dispatched in the period. `by` tells them apart; a group in which nothing of a kind happened has null there.
        A department sees what it led.
        """
        groups = asked_for(actor, first, last, department, by)
        head = {"from": first, "to": last, "department": department}
        if by is None:
            return head | groups[None]
        return head | {"by": by, "groups": [{"group": group} | one for group, one in groups.items()]}

    @router.get("/indicators.csv", response_class=Response)
    def indicators_as_csv(
        actor: Figured,
        first: First = None,
        last: Last = None,
        department: DepartmentCode | None = None,
        by: By | None = None,
    ) -> Response:
        """The same, a line for each group and rate."""
        groups = asked_for(actor, first, last, department, by)
        lines = [
            (group or "", name, one["rate"], one["numerator"], one["denominator"])
            for group, rates in groups.items()
            for name, one in rates.items()
            if one
        ]
        return csv_answer("indicators.csv", ("group", "indicator", "rate", "numerator", "denominator"), lines)

    return router


def departments_of(actor: Actor, asked: str | None) -> frozenset[str] | None:
    """Whose figures; None means everybody's."""
    if not actor.roles.isdisjoint(SEE_ALL):
        return frozenset({asked}) if asked else None
    if asked is None:
        return actor.departments
    if asked not in actor.departments:
        remedy = "department: ask for your own, or leave it out."
        raise Problem(403, "not-yours", "Another department's figures", remedy)
    return frozenset({asked})


def begin_of(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), SHANGHAI) if day else None
