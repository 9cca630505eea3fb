"""Needs as pages: their list, and a file of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.chassis.database.work import Workshop
from services.chassis.pages.look import Pages, done
from services.chassis.web.cursors import read_cursor, write_cursor
from services.chassis.web.identity import Actor
from services.contracts.elements import elements
from services.projects.app.needs.gather import GatherNeeds, NeedRequest
from services.projects.domain.needs import NeedOrigin, NeedState
from services.projects.http.needs import Gatherer, need_shown
from services.projects.http.refusals import answered
from services.projects.http.rights import Reader, share_of, who_of
from services.projects.jobs.needs.needs_file import (
    MOST_ROWS,
    FileFault,
    NeedsFile,
    UnusableNeeds,
    estates_by_name,
    read_needs,
)
from services.projects.pages.estate_needs import gathers
from services.projects.pages.forms import SentFile, content_of
from services.projects.store.estate_views import estate_names, with_pages
from services.projects.store.need_views import page_of_needs

LISTED = 100
BODY_LIMITS: Mapping[str, int] = {"/pages/needs/file/rows": 2 * 2**20}


def need_pages(workshop: Workshop, pages: Pages, gather: GatherNeeds) -> APIRouter:
    router = pages.router()

    @router.get("/needs")
    def needs(
        request: Request,
        actor: Reader,
        estate: Annotated[str, Query(max_length=40)] = "",
        element: Annotated[str, Query(max_length=3)] = "",
        state: Annotated[str, Query(max_length=20)] = "",
        cursor: Annotated[str | None, Query(max_length=200)] = None,
    ) -> Response:
        """The newest first; blank choices, and those that do not exist, choose nothing."""
        known_state = NeedState(state) if state in list(NeedState) else None
        known_element = element if element in elements() else None
        before = read_cursor(cursor)
        with workshop.engine.begin() as connection:
            page = page_of_needs(
                connection, known_state, estate or None, known_element, share_of(actor), before, LISTED
            )
            known = with_pages(connection, {one.place.estate or "" for one in page}, share_of(actor))
        onward = write_cursor(page[-1].opened_at, page[-1].id) if len(page) == LISTED else None
        return pages.show(
            request,
            "needs.html",
            actor,
            items=[need_shown(one) for one in page],
            known=known,
            onward=onward,
            asked={"estate": estate, "element": known_element, "state": known_state},
            states=NeedState,
            elements=elements(),
            gathers=gathers(actor),
            what=request.query_params.get("done"),
        )

    @router.get("/needs/file")
    def file_form(request: Request, actor: Gatherer) -> Response:
        return _file(request, actor)

    @router.post("/needs/file/rows")
    def file_rows(request: Request, actor: Gatherer, file: SentFile = None) -> Response:
        """Takes the sound rows in one transaction and lists the others; the same file again adds nothing."""
        with workshop.engine.begin() as connection:
            seen = estate_names(connection, share_of(actor), gather.lead(workshop.clock.now()))
        try:
            read = read_needs(content_of(file)[1], estates_by_name(seen))
        except UnusableNeeds as error:
            return _file(request, actor, unusable=error.fault)
        with answered("need"), workshop.open() as work:
            for one in sorted(read.needs, key=lambda need: need.estate):  # in one order, so that two files never wait
                gather.ask(work, NeedRequest(one.id, NeedOrigin.FILE, one.estate, one.elements), who_of(actor))
        return _file(request, actor, read) if read.rejects else done("/pages/needs", "needs_taken")

    def _file(
        request: Request, actor: Actor, read: NeedsFile | None = None, unusable: FileFault | None = None
    ) -> Response:
        return pages.show(
            request,
            "needs_file.html",
            actor,
            status=422 if unusable else 200,
            read=read,
            unusable=unusable,
            most=MOST_ROWS,
        )

    return router
