"""The texts of several tickets, side by side: where the sheet of a typical case leads readers who may see them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.chassis.database.work import Workshop
from services.chassis.pages.look import Pages
from services.intake.http.rights import Reader, scope_of
from services.intake.store.texts_seen import texts_seen

MOST = 50
Tickets = Annotated[list[UUID], Query(alias="id", min_length=1, max_length=MOST)]


def text_pages(workshop: Workshop, pages: Pages) -> APIRouter:
    router = pages.router()

    @router.get("/texts")
    def texts(request: Request, actor: Reader, asked: Tickets) -> Response:
        """Of those asked for, what the reader may see; each as on the ticket's own page."""
        ids = {str(one) for one in asked}
        with workshop.engine.begin() as connection:
            found = texts_seen(connection, ids, scope_of(actor))
        return pages.show(request, "texts.html", actor, found=found, hidden=len(ids) - len(found))

    return router
