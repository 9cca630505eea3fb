"""The area view as a page: three key areas, the most frequent types, and outliers."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response

from services.chassis.database.work import Workshop
from services.chassis.pages.look import Pages
from services.contracts.districts import sub_districts
from services.contracts.taxonomy import Area, taxonomy
from services.projects.app.ports import CurrentRules
from services.projects.http.areas import Ranker, area_view, asking
from services.projects.http.rights import share_of
from services.projects.pages import charts
from services.projects.store.areas import AreaAsked, RankedBy
from services.projects.store.search import numbers_of


def area_pages(workshop: Workshop, pages: Pages, rules: CurrentRules) -> APIRouter:
    router = pages.router()

    @router.get("/areas")
    def areas(request: Request, actor: Ranker, asked: AreaAsked = Depends(asking(workshop))) -> Response:
        view = area_view(workshop, asked, share_of(actor), rules.book().newest)
        proposed = [issue for case in view["typical_cases"] for issue in case["hot_issues"]]
        with workshop.engine.begin() as connection:
            numbers = numbers_of(connection, proposed, share_of(actor))
        return pages.show(
            request,
            "areas.html",
            actor,
            view=view,
            numbers=numbers,
            asked=asked,
            areas=Area,
            ways=RankedBy,
            offices=sub_districts(),
            types=taxonomy().types,
            charts=charts,
        )

    return router
