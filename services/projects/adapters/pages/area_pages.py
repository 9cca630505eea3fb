"""The area view as a page: three key areas, what is called about most, and what stands out."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.chassis.pages.look import Pages
from services.chassis.work import Workshop
from services.contracts.districts import sub_districts
from services.contracts.taxonomy import Area, taxonomy
from services.contracts.ticket_events import SubDistrictCode, TypeCode
from services.projects.adapters.area_routes import Ranker, area_view, period
from services.projects.adapters.areas import AreaAsked, By
from services.projects.adapters.pages import charts
from services.projects.adapters.rights import Share


def area_pages(workshop: Workshop, pages: Pages) -> APIRouter:
    router = pages.router()

    @router.get("/areas")
    def areas(
        request: Request,
        actor: Ranker,
        by: By = By.ESTATE,
        area: Area | None = None,
        sub_district: SubDistrictCode | None = None,
        estate: Annotated[str | None, Query(max_length=100)] = None,
        type_code: Annotated[TypeCode | None, Query(alias="type")] = None,
        first: Annotated[date | None, Query(alias="from", ge=date(2000, 1, 1), le=date(2200, 1, 1))] = None,
        last: Annotated[date | None, Query(alias="to", ge=date(2000, 1, 1), le=date(2200, 1, 1))] = None,
    ) -> Response:
        begin, end = period(workshop, first, last)
        asked = AreaAsked(begin, end, by, area, sub_district, estate, type_code)
        view = area_view(workshop, asked, Share(actor))
        return pages.show(
            request,
            "areas.html",
            actor,
            view=view,
            asked=asked,
            areas=Area,
            ways=By,
            offices=sub_districts(),
            types=taxonomy().types,
            charts=charts,
        )

    return router
