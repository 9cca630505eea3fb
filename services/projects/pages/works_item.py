"""One item of works: a page for an inspector on site, for a telephone's screen."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.chassis.database.work import Work, Workshop
from services.chassis.pages.forms import Fields, body_of, choice_of, number_of
from services.chassis.pages.look import Pages
from services.chassis.web.identity import Actor
from services.chassis.web.problems import Problem
from services.projects.app.works.acts import WorksActs
from services.projects.domain.works.defects import TRANSITIONS, Severity, WorksParty
from services.projects.domain.works.papers import PaperKind
from services.projects.http.rights import Commander, Reader, not_found, who_of
from services.projects.http.works_bodies import ChangeBody, DefectBody, DefectStepBody, InspectionBody
from services.projects.http.works_shown import works_shown
from services.projects.pages.forms import NOTHING, Entered, acted, fen_of
from services.projects.pages.works_context import menu_rows_of, project_of, shown_to


def item_pages(workshop: Workshop, pages: Pages, acts: WorksActs) -> APIRouter:
    router = pages.router()
    desk, rules = acts.desk, acts.desk.rules

    @router.get("/projects/{project_id}/works/{item_id}")
    def show_item(request: Request, actor: Reader, project_id: UUID, item_id: UUID) -> Response:
        return _item(request, actor, project_id, item_id)

    @router.post("/projects/{project_id}/works/{item_id}/change")
    def change(request: Request, actor: Commander, project_id: UUID, item_id: UUID, fields: Fields) -> Response:
        values = {
            name: fields.get(name)
            for name in ("contracted", "dropped", "change_order", "capacity_before", "capacity_after")
        }
        numbers = {"version": number_of(fields.get("version")), "unit_cost_fen": fen_of(fields.get("unit_cost"))}

        def act(work: Work) -> None:
            acts.items.change(
                work, str(project_id), str(item_id), body_of(ChangeBody, {**values, **numbers}).change(), who_of(actor)
            )

        return _done(request, actor, project_id, item_id, fields, "changed", act)

    @router.post("/projects/{project_id}/works/{item_id}/inspections")
    def inspect(request: Request, actor: Commander, project_id: UUID, item_id: UUID, fields: Fields) -> Response:
        values = {
            "id": fields.get("id"),
            "item_id": str(item_id),
            "bases": fields.getlist("bases"),
            "template": {"code": fields.get("template"), "version": number_of(fields.get("template_version"))},
            "readings": _readings(fields),
            "accepted": fields.get("accepted"),
            "inspected_at": fields.get("inspected_at"),
        }

        def act(work: Work) -> None:
            acts.inspect(work, str(project_id), body_of(InspectionBody, values).inspected(), who_of(actor))

        return _done(request, actor, project_id, item_id, fields, "inspected", act)

    @router.post("/projects/{project_id}/works/{item_id}/defects")
    def find_defect(request: Request, actor: Commander, project_id: UUID, item_id: UUID, fields: Fields) -> Response:
        values = {name: fields.get(name) for name in ("id", "severity", "note")} | {"item_id": str(item_id)}

        def act(work: Work) -> None:
            acts.defects.find(work, str(project_id), body_of(DefectBody, values).found(), who_of(actor))

        return _done(request, actor, project_id, item_id, fields, "defect_found", act)

    @router.post("/projects/{project_id}/works/{item_id}/defects/{defect_id}/steps")
    def step_defect(
        request: Request, actor: Commander, project_id: UUID, item_id: UUID, defect_id: UUID, fields: Fields
    ) -> Response:
        values = {name: fields.get(name) for name in ("state", "to", "party", "note")}

        def act(work: Work) -> None:
            step = body_of(DefectStepBody, values).step()
            acts.defects.step(work, str(project_id), str(defect_id), step, who_of(actor))

        return _done(request, actor, project_id, item_id, fields, "defect_stepped", act)

    def _done(
        request: Request,
        actor: Actor,
        project_id: UUID,
        item_id: UUID,
        fields: Entered,
        what: str,
        act: Callable[[Work], None],
    ) -> Response:
        page = f"/pages/projects/{project_id}/works/{item_id}"
        return acted(
            workshop,
            "project",
            act,
            page,
            what,
            lambda problem: _item(request, actor, project_id, item_id, fields, problem),
        )

    def _item(
        request: Request,
        actor: Actor,
        project_id: UUID,
        item_id: UUID,
        entered: Entered = NOTHING,
        problem: Problem | None = None,
    ) -> Response:
        with workshop.open() as work:
            project = project_of(work, project_id, actor)
            works = desk.works_of(work, project.id)
            rows = menu_rows_of(work, works, acts)
        shown = works_shown(works, rules, {})
        item = next((one for one in shown["items"] if one["item_id"] == str(item_id)), None)
        if item is None:
            raise not_found("item")
        template = rules.template_of(item["element"])
        return pages.show(
            request,
            "works_item.html",
            actor,
            project=project,
            item=item,
            now=workshop.clock.now(),
            orders=[one for one in shown["papers"] if one["kind"] == PaperKind.CHANGE_ORDER],
            rows=rows,
            checks=template.checks if template else (),
            defects=[one for one in shown["defects"] if one["item_id"] == str(item_id)],
            steps_of=TRANSITIONS,
            severities=Severity,
            parties=WorksParty,
            **shown_to(actor, project, entered, problem, request),
        )

    return router


def _readings(fields: Entered) -> dict[str, bool | str]:
    """What was read; a field left blank is not read, and so stays unknown."""
    read = {name.removeprefix("reading."): value for name, value in fields.items() if name.startswith("reading.")}
    chosen = {code: choice_of(value) for code, value in read.items()}
    return {code: value if (choice := chosen[code]) is None else choice for code, value in read.items()}
