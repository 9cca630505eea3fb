"""Visits before warranties end: those due in the district, and those of one project with the form for a result."""

from __future__ import annotations

import hashlib
from uuid import UUID, uuid4

from fastapi import APIRouter, Request, Response, UploadFile

from services.chassis.database.work import Work, Workshop
from services.chassis.pages.forms import Fields, body_of, number_of
from services.chassis.pages.look import Pages
from services.chassis.web.identity import Actor
from services.chassis.web.problems import Problem, invalid
from services.chassis.working_days import SHANGHAI
from services.projects.app.works.acts import WorksActs
from services.projects.domain.works.defects import Severity
from services.projects.domain.works.gates import GROUNDS
from services.projects.domain.works.visits import VisitResult
from services.projects.http.rights import Commander, Reader, who_of
from services.projects.http.visits import VisitBody, ending_shown, visits_due
from services.projects.pages.forms import NOTHING, Entered, SentFile, acted
from services.projects.pages.works_context import menu_rows_of, project_of, shown_to
from services.projects.store.warranty_visits import rounds_of_project

BODY_LIMITS = {"/pages/projects/*/warranty-visits": 32 * 2**20}
IMAGES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
"""How a JPEG, a PNG and a WebP begin."""


def visit_pages(workshop: Workshop, pages: Pages, acts: WorksActs) -> APIRouter:
    router = pages.router()
    rules = acts.desk.rules

    @router.get("/warranty-visits")
    def due(request: Request, actor: Reader) -> Response:
        with workshop.open() as work:
            visits = [ending_shown(one, rules) for one in visits_due(work, actor, rules)]
        return pages.show(request, "warranty_visits.html", actor, visits=visits, days=rules.visit_days)

    @router.get("/projects/{project_id}/warranty-visits")
    def show(request: Request, actor: Reader, project_id: UUID) -> Response:
        return _visits(request, actor, project_id)

    @router.post("/projects/{project_id}/warranty-visits")
    def visit(
        request: Request,
        actor: Commander,
        project_id: UUID,
        fields: Fields,
        photograph: SentFile = None,
    ) -> Response:
        """The photograph's hash is kept; the file stays with the unit."""
        found = {name: fields.get(name) for name in ("item_id", "severity", "note")}
        values = {
            **{name: fields.get(name) for name in ("id", "ends", "on", "result", "again_on")},
            "block": fields.get("block") if fields.get("block") != GROUNDS else None,
            "version": number_of(fields.get("version")),
            "defect": {**found, "id": str(uuid4())} if fields.get("result") == VisitResult.DEFECT else None,
        }

        def act(work: Work) -> None:
            body = body_of(VisitBody, values | {"photographs": _photographs(photograph)})
            who = who_of(actor)
            acts.visits(work, str(project_id), body.visited(who.actor), who)

        page = f"/pages/projects/{project_id}/warranty-visits"
        return acted(
            workshop,
            "project",
            act,
            page,
            "visited",
            lambda problem: _visits(request, actor, project_id, fields, problem),
        )

    def _visits(
        request: Request,
        actor: Actor,
        project_id: UUID,
        entered: Entered = NOTHING,
        problem: Problem | None = None,
    ) -> Response:
        with workshop.open() as work:
            project = project_of(work, project_id, actor)
            rounds = [ending_shown(one, rules) for one in rounds_of_project(work.connection, project.id)]
            works = acts.desk.works_of(work, project.id)
            rows = menu_rows_of(work, works, acts)
        return pages.show(
            request,
            "project_visits.html",
            actor,
            project=project,
            rounds=rounds,
            items=works.built(),
            rows=rows,
            defects={one.id: one for one in works.defects},
            results=VisitResult,
            severities=Severity,
            today=workshop.clock.now().astimezone(SHANGHAI).date(),
            **shown_to(actor, project, entered, problem, request),
        )

    return router


def _photographs(sent: UploadFile | None) -> list[str]:
    """Raises Problem 422 for a file that is no picture."""
    content = sent.file.read() if sent else b""
    if not content:
        return []
    if not content.startswith(IMAGES):
        raise invalid([{"loc": ("body", "photograph"), "type": "value_error", "msg": "is no JPEG, PNG or WebP"}])
    return [hashlib.sha256(content).hexdigest()]
