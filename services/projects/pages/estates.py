"""The register of estates, and the page of one estate: calls by type, hot issues, needs, plans, projects."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from services.chassis.database.work import Workshop
from services.chassis.pages.look import Pages
from services.contracts.estate_events import EstateCode
from services.contracts.property_kinds import property_kinds
from services.projects.http.estate_view import estate_in_full
from services.projects.http.estates import estate_shown
from services.projects.http.rights import Reader, share_of
from services.projects.pages import charts
from services.projects.store.estate_views import page_of_estates

LISTED = 200


def estate_pages(workshop: Workshop, pages: Pages) -> APIRouter:
    router = pages.router()

    @router.get("/estates")
    def estates(request: Request, actor: Reader, after: EstateCode | None = None) -> Response:
        with workshop.engine.begin() as connection:
            page = page_of_estates(connection, share_of(actor), after, LISTED)
        onward = page[-1].facts.id if len(page) == LISTED else None
        items = [estate_shown(one) for one in page]
        return pages.show(request, "estates.html", actor, items=items, onward=onward, kinds=property_kinds())

    @router.get("/estates/{estate_id}")
    def estate(request: Request, actor: Reader, estate_id: Annotated[EstateCode, Path()]) -> Response:
        found = estate_in_full(workshop, actor, estate_id)
        return pages.show(request, "estate.html", actor, estate=found, charts=charts, kinds=property_kinds())

    return router
