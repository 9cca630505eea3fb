"""The menu as residents can read it, and the scheme of a project held against it."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.chassis.database.work import Workshop
from services.chassis.pages.look import Pages
from services.contracts.elements import elements
from services.projects.app.works.acts import WorksActs
from services.projects.http.rights import Reader
from services.projects.http.scheme import scheme_shown
from services.projects.http.works_shown import menu_item_shown
from services.projects.pages.works_context import project_of


def scheme_pages(workshop: Workshop, pages: Pages, acts: WorksActs) -> APIRouter:
    router = pages.router()

    @router.get("/menu")
    def menu(request: Request, actor: Reader) -> Response:
        today = workshop.clock.now().date()
        with workshop.open() as work:
            rows = [menu_item_shown(row) for row in acts.desk.standing.menu(work).values()]
        return pages.show(request, "menu.html", actor, rows=rows, elements=elements(), today=today)

    @router.get("/projects/{project_id}/scheme")
    def scheme(request: Request, actor: Reader, project_id: UUID) -> Response:
        with workshop.open() as work:
            project = project_of(work, project_id, actor)
            shown = scheme_shown(work, project, acts)
        return pages.show(request, "scheme.html", actor, project=project, scheme=shown)

    return router
