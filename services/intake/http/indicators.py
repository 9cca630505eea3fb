"""`GET /indicators`: the hotline's indicators, each rate with its numerator and denominator."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from services.chassis.database.work import Workshop
from services.chassis.web.csv_answers import csv_answer
from services.chassis.web.identity import Actor, Role, require
from services.chassis.web.problems import invalid
from services.chassis.working_days import SHANGHAI
from services.contracts.ticket_events import DepartmentCode
from services.intake.http.rights import SEE_ALL, departments_of
from services.intake.store.indicators import INDICATORS, Group, Grouping, IndicatorQuery, Period, figures

Day = Annotated[date | None, Query(ge=date(2000, 1, 1), le=date(2200, 1, 1))]
First = Annotated[Day, Query(alias="from")]
Last = Annotated[Day, Query(alias="to")]
Figured = Annotated[Actor, Depends(require(*SEE_ALL, Role.DEPARTMENT))]


def indicator_routes(workshop: Workshop) -> APIRouter:
    router = APIRouter(tags=["figures"])

    def asked_for(
        actor: Actor, first: date | None, last: date | None, department: str | None, by: Grouping | None
    ) -> dict[Group, dict[str, Any]]:
        if first and last and last < first:
            raise invalid([{"loc": ("query", "from"), "type": "value_error", "msg": "is after `to`: swap them"}])
        period = Period(begin_of(first), begin_of(last + timedelta(days=1)) if last else None)
        departments = departments_of(actor, department)
        with workshop.engine.begin() as connection:
            found = figures(IndicatorQuery(connection, period, departments, workshop.clock.now(), by))
        groups = sorted({group for one in found.values() for group in one}, key=lambda group: group or "")
        return {group: {name: found[name].get(group) for name in INDICATORS} for group in groups}

    @router.get("/indicators")
    def indicators(
        actor: Figured,
        first: First = None,
        last: Last = None,
        department: DepartmentCode | None = None,
        by: Grouping | None = None,
    ) -> dict[str, Any]:
        """The whole days `from` to `to` in Shanghai; without them from the beginning, up to now.

        On time and first contact: by what was due in the period; `open_not_due` is beside the rate. Solved and
        satisfaction: by the callers' answers given in the period; `_at_first` are those before any redo. Returned,
        redone, overtime, repeated: of what was dispatched in the period. `by` groups them; an indicator without a
        case in a group is null there. A department sees what it led.
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
        by: Grouping | None = None,
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


def begin_of(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), SHANGHAI) if day else None
