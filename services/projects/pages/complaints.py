"""Complaints about works on their project's page."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.chassis.database.work import Work, Workshop
from services.chassis.pages.forms import Fields, body_of
from services.chassis.pages.look import Pages
from services.chassis.web.identity import Actor
from services.chassis.web.problems import Problem
from services.chassis.working_days import Calendar
from services.projects.app.works.acts import WorksActs
from services.projects.domain.works.defects import Severity
from services.projects.http.complaints import complaints_shown
from services.projects.http.rights import Commander, Reader, who_of
from services.projects.http.works_bodies import DefectBody
from services.projects.pages.forms import NOTHING, Entered, acted
from services.projects.pages.works_context import menu_rows_of, project_of, shown_to


def complaint_pages(workshop: Workshop, pages: Pages, acts: WorksActs, calendar: Calendar) -> APIRouter:
    router = pages.router()
    rules = acts.desk.rules

    @router.get("/projects/{project_id}/complaints")
    def show(request: Request, actor: Reader, project_id: UUID) -> Response:
        return _complaints(request, actor, project_id)

    @router.post("/projects/{project_id}/complaints/{ticket_id}/defect")
    def open_defect(request: Request, actor: Commander, project_id: UUID, ticket_id: UUID, fields: Fields) -> Response:
        values = {name: fields.get(name) for name in ("id", "item_id", "severity", "note")}

        def act(work: Work) -> None:
            body = body_of(DefectBody, {**values, "ticket_id": str(ticket_id)})
            acts.defects.find(work, str(project_id), body.found(), who_of(actor))

        page = f"/pages/projects/{project_id}/complaints"
        return acted(
            workshop,
            "project",
            act,
            page,
            "defect_found",
            lambda problem: _complaints(request, actor, project_id, fields, problem),
        )

    def _complaints(
        request: Request,
        actor: Actor,
        project_id: UUID,
        entered: Entered = NOTHING,
        problem: Problem | None = None,
    ) -> Response:
        with workshop.open() as work:
            project = project_of(work, project_id, actor)
            shown = complaints_shown(work, project, actor, rules, calendar)
            works = acts.desk.works_of(work, project.id)
            rows = menu_rows_of(work, works, acts)
        return pages.show(
            request,
            "complaints.html",
            actor,
            project=project,
            counts=shown["counts"],
            complaints=shown["complaints"],
            apart=shown["apart"],
            items=works.built(),
            rows=rows,
            defects={one.id: one for one in works.defects},
            defect_types=rules.defect_complaints,
            severities=Severity,
            **shown_to(actor, project, entered, problem, request),
        )

    return router
