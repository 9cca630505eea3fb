"""The pair of figures over time as a page, with the same as a file."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response

from services.chassis.database.work import Workshop
from services.chassis.pages.look import Pages
from services.contracts.districts import sub_districts
from services.contracts.taxonomy import taxonomy
from services.projects.app.ports import CurrentRules
from services.projects.http.kpi import HEAD, Measured, asking_kpi, kpi_csv, kpi_view
from services.projects.pages.kpi_chart import pair
from services.projects.store.estate_views import page_of_estates
from services.projects.store.kpi import KpiAsked

MOST_ESTATES = 1000


def kpi_pages(workshop: Workshop, pages: Pages, rules: CurrentRules) -> APIRouter:
    router = pages.router()
    asking = asking_kpi(workshop, rules)

    @router.get("/kpi")
    def kpi(request: Request, who: Measured, asked: KpiAsked = Depends(asking)) -> Response:
        say = pages.speech(request)
        view = kpi_view(workshop, asked)
        words = {name: say(f"kpi.{name}") for name in ("area", "complaints", "nuisance", "label")}
        with workshop.engine.begin() as connection:
            estates = page_of_estates(connection, asked.share, None, MOST_ESTATES)
        return pages.show(
            request,
            "kpi.html",
            who,
            view=view,
            asked=asked,
            chart=pair(view["quarters"], view["months"], words),
            offices=sub_districts(),
            types=taxonomy().types,
            estates=[one.facts for one in estates],
            file=f"/pages/kpi.csv?{urlencode(request.query_params.multi_items())}",
        )

    @router.get("/kpi.csv")
    def as_csv(request: Request, asked: KpiAsked = Depends(asking)) -> Response:
        """As the table of the API, each column with its name in the reader's language."""
        say = pages.speech(request)
        return kpi_csv(workshop, asked, {name: say(f"kpi.column.{name}") for name in HEAD})

    return router
