"""The area view as a page: three key areas, what is called about most, and what stands out."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response

from services.chassis.pages.look import Pages
from services.chassis.work import Workshop
from services.contracts.districts import sub_districts
from services.contracts.taxonomy import Area, taxonomy
from services.projects.adapters.area_routes import Ranker, area_view, asking
from services.projects.adapters.areas import AreaAsked, By
from services.projects.adapters.pages import charts
from services.projects.adapters.rights import Share


def area_pages(workshop: Workshop, pages: Pages) -> APIRouter:
    router = pages.router()

    @router.get("/areas")
    def areas(request: Request, actor: Ranker, asked: AreaAsked = Depends(asking(workshop))) -> Response:
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
