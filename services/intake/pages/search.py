"""The page of the search, which is in the head of every page."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from services.chassis.database.work import Workshop
from services.chassis.pages.look import Pages
from services.chassis.pages.searching import TypedOrNothing, show_search
from services.intake.http.rights import Reader
from services.intake.http.search import found


def search_pages(workshop: Workshop, pages: Pages) -> APIRouter:
    router = pages.router()

    @router.get("/search")
    def search(request: Request, actor: Reader, typed: TypedOrNothing = "") -> Response:
        return show_search(pages, request, actor, typed, lambda asked: found(workshop, asked, actor))

    return router
