"""`GET /areas`: the ranked list of what people call about, with its parts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BeforeValidator, Field

from services.chassis.database.work import Workshop
from services.chassis.web.identity import Actor, Role, require
from services.chassis.web.problems import invalid
from services.contracts.taxonomy import Area
from services.contracts.ticket_events import SubDistrictCode, TypeCode
from services.projects.app.ports import CurrentRules
from services.projects.app.share import DistrictShare
from services.projects.domain.months import Month
from services.projects.domain.rules import Rules
from services.projects.http.rights import WHOLE_DISTRICT, share_of
from services.projects.store.areas import (
    AreaAsked,
    RankedBy,
    citywide_events,
    estates_of_the_year,
    months_of,
    proposals,
    ranked,
    totals,
)

MOST_MONTHS = 60
SHOWN_MONTHS = 12
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2200, 1, 1))]
Unset = BeforeValidator(lambda value: value or None)
"""A field of a form that is left empty restricts nothing."""
Ranker = Annotated[Actor, Depends(require(*WHOLE_DISTRICT, Role.SUBDISTRICT))]


def area_routes(workshop: Workshop, rules: CurrentRules) -> APIRouter:
    router = APIRouter(tags=["areas"])

    @router.get("/areas")
    def areas(actor: Ranker, asked: AreaAsked = Depends(asking(workshop))) -> dict[str, Any]:
        """What people call about in whole months, most distinct callers first.

        With estates on the year's list (L2y), typical cases proposed (L3), and citywide events, which count for no
        level. Without `from` the 12 months up to `to`, without `to` up to this month. A sub-district sees its own.
        """
        return area_view(workshop, asked, share_of(actor), rules.book().newest)

    return router


def asking(workshop: Workshop) -> Callable[..., AreaAsked]:
    """Dependency: what is asked of the area view, the same for the API and the page."""

    def asked(
        by: RankedBy = RankedBy.ESTATE,
        area: Annotated[Area | None, Unset] = None,
        sub_district: SubDistrictCode | None = None,
        estate: Annotated[str | None, Query(max_length=100)] = None,
        type_code: Annotated[TypeCode | None, Query(alias="type")] = None,
        first: Annotated[Day | None, Unset, Query(alias="from")] = None,
        last: Annotated[Day | None, Unset, Query(alias="to")] = None,
    ) -> AreaAsked:
        begin, end = period(workshop, first, last)
        return AreaAsked(begin, end, by, area, sub_district, estate, type_code)

    return asked


def period(workshop: Workshop, first: date | None, last: date | None) -> tuple[Month, Month]:
    """Raises Problem 422 for a period that ends before it begins or is too long."""
    end = Month(last.year, last.month) if last else Month.of(workshop.clock.now())
    begin = Month(first.year, first.month) if first else end.plus(1 - SHOWN_MONTHS)
    if not begin <= end < begin.plus(MOST_MONTHS):
        fault = f"lies before `to`, by less than {MOST_MONTHS} months"
        raise invalid([{"loc": ("query", "from"), "type": "value_error", "msg": fault}])
    return begin, end


def area_view(workshop: Workshop, asked: AreaAsked, share: DistrictShare, rules: Rules) -> dict[str, Any]:
    with workshop.engine.begin() as connection:
        return {
            "months": [str(month) for month in months_of(asked)],
            "areas": totals(connection, asked, share),
            "ranked": ranked(connection, asked, share),
            "estates_of_the_year": estates_of_the_year(connection, asked, share, rules.estate_year),
            "typical_cases": proposals(connection, asked.area),
            "citywide_events": citywide_events(connection, asked),
        }
