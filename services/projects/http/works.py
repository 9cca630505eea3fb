"""The works of a repair project over HTTP, and the menu that their items come from."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from services.chassis.database.work import Work, Workshop
from services.projects.app.works.acts import WorksActs
from services.projects.app.works.desk import Who, in_order
from services.projects.app.works.ports import StandingRules
from services.projects.domain.works.gates import STEPS
from services.projects.domain.works.items import WorksItem
from services.projects.http.refusals import answered
from services.projects.http.rights import Commander, Reader, visible_project, who_of
from services.projects.http.works_bodies import (
    AcceptanceBody,
    ChangeBody,
    ConfirmationBody,
    DefectBody,
    DefectStepBody,
    DisclosureBody,
    InspectionBody,
    ItemsBody,
    PaperBody,
)
from services.projects.http.works_shown import (
    acceptance_shown,
    defect_shown,
    inspection_shown,
    item_shown,
    menu_item_shown,
    paper_shown,
    works_shown,
)
from services.projects.store.repair_project_views import project_with_history


def menu_routes(workshop: Workshop, standing: StandingRules) -> APIRouter:
    router = APIRouter(prefix="/menu", tags=["works"])

    @router.get("")
    def show_menu(_: Reader, in_force: date | None = None, known: date | None = None) -> dict[str, Any]:
        """The menu in force on a day, as it was known on another; today for each that is left out."""
        today = workshop.clock.now().date()
        with workshop.open() as work:
            rows = standing.menu_as_of(work, in_force or today, known or today)
        return {"items": [menu_item_shown(row) for row in rows.values()]}

    return router


def works_routes(workshop: Workshop, acts: WorksActs) -> APIRouter:
    router = APIRouter(prefix="/projects/{project_id}", tags=["works"])
    desk, rules = acts.desk, acts.desk.rules

    @router.get("/works")
    def show_works(actor: Reader, project_id: UUID) -> dict[str, Any]:
        """Items with their standing, progress by block, defects, papers, warranties, and what holds each step.

        `registered_blocks`: those that items may be in; none: its estates have none registered, and any is taken.
        """
        with workshop.open() as work:
            project, _ = visible_project(project_with_history(work.connection, str(project_id)), actor)
            works = desk.works_of(work, project.id)
            blocks = in_order(desk.known_site(work, project.id).blocks)
        shut = {step: desk.shut(project, works, step) for step in STEPS.values()}
        return {**works_shown(works, rules, shut), "registered_blocks": blocks}

    @router.post("/items", status_code=201)
    def contract_items(actor: Commander, project_id: UUID, body: ItemsBody) -> dict[str, Any]:
        """Adds items by the menu in force; for the hub or the department that leads, like every act at works."""
        order = str(body.change_order) if body.change_order else None
        with answered("project"), workshop.open() as work:
            items = acts.items.contract(work, str(project_id), body.picked(), order, who_of(actor))
            works = desk.works_of(work, str(project_id))
        return {"items": [item_shown(item, works, rules) for item in items]}

    @router.post("/items/confirmation")
    def confirm(actor: Commander, project_id: UUID, body: ConfirmationBody) -> dict[str, Any]:
        """Confirms items by a paper, or by a published result: what residents choose by that alone."""
        with answered("project"), workshop.open() as work:
            confirmed = confirm_items(acts, work, str(project_id), body, who_of(actor))
            works = desk.works_of(work, str(project_id))
        return {"items": [item_shown(item, works, rules) for item in confirmed]}

    @router.post("/items/{item_id}/change")
    def change_item(actor: Commander, project_id: UUID, item_id: UUID, body: ChangeBody) -> dict[str, Any]:
        """Changes or drops an item; by a change order once works have started."""
        with answered("project"), workshop.open() as work:
            changed = acts.items.change(work, str(project_id), str(item_id), body.change(), who_of(actor))
            works = desk.works_of(work, str(project_id))
        return item_shown(changed, works, rules)

    @router.post("/inspections", status_code=201)
    def inspect(actor: Commander, project_id: UUID, body: InspectionBody) -> dict[str, Any]:
        """Takes an inspection, late or repeated. One made on the same base as another contradicts it until a person
        inspects on both."""
        with answered("project"), workshop.open() as work:
            return inspection_shown(acts.inspect(work, str(project_id), body.inspected(), who_of(actor)))

    @router.post("/defects", status_code=201)
    def find_defect(actor: Commander, project_id: UUID, body: DefectBody) -> dict[str, Any]:
        """Opens a defect of an item."""
        with answered("project"), workshop.open() as work:
            return defect_shown(acts.defects.find(work, str(project_id), body.found(), who_of(actor)))

    @router.post("/defects/{defect_id}/steps")
    def step_defect(actor: Commander, project_id: UUID, defect_id: UUID, body: DefectStepBody) -> dict[str, Any]:
        """Cured, closed by another party than who cured it, or opened again."""
        with answered("project"), workshop.open() as work:
            return defect_shown(acts.defects.step(work, str(project_id), str(defect_id), body.step(), who_of(actor)))

    @router.post("/papers", status_code=201)
    def file_paper(actor: Commander, project_id: UUID, body: PaperBody) -> dict[str, Any]:
        """Files a paper by the hash of its file."""
        with answered("project"), workshop.open() as work:
            paper = acts.papers.file(work, str(project_id), body.paper(), who_of(actor))
        return paper_shown(paper)

    @router.post("/disclosures")
    def disclose(actor: Commander, project_id: UUID, body: DisclosureBody) -> dict[str, Any]:
        """Notes what was made public on site."""
        with answered("project"), workshop.open() as work:
            return {"disclosed": acts.papers.disclose(work, str(project_id), body.what, who_of(actor))}

    @router.post("/acceptances", status_code=201)
    def accept_block(actor: Commander, project_id: UUID, body: AcceptanceBody) -> dict[str, Any]:
        """Accepts a block with its residents: 409 names the gates that are shut. Its items get their warranties."""
        with answered("project"), workshop.open() as work:
            return acceptance_shown(acts.accept(work, str(project_id), body.acceptance(), who_of(actor)))

    return router


def confirm_items(acts: WorksActs, work: Work, project_id: str, body: ConfirmationBody, who: Who) -> list[WorksItem]:
    """By the paper or by the result that the body names."""
    items = list(map(str, body.items))
    if body.paper_id:
        return acts.items.confirm(work, project_id, items, str(body.paper_id), who)
    return acts.items.confirm_by_vote(work, project_id, items, str(body.consultation_id), who)
