"""Visits before a warranty ends, over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt

from services.chassis.database.work import Work, Workshop
from services.chassis.web.identity import Actor
from services.chassis.working_days import SHANGHAI
from services.contracts.works_events import Sha256
from services.projects.app.works.acts import WorksActs
from services.projects.app.works.mend_defect import FoundDefect
from services.projects.app.works.visit_residents import Visited
from services.projects.domain.works.defects import Severity
from services.projects.domain.works.rules import WorksRules
from services.projects.domain.works.visits import HomeVisit, VisitResult, VisitRound
from services.projects.http.bodies import Day, Words
from services.projects.http.refusals import answered
from services.projects.http.rights import Commander, Reader, share_of, visible_project, who_of
from services.projects.http.works_bodies import Block
from services.projects.store.repair_project_views import project_with_history
from services.projects.store.warranty_visits import EndingWarranty, ending_warranties, rounds_of_project


class FoundThereBody(BaseModel):
    """The defect that a visit found. `id` is the finder's own."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    item_id: UUID
    severity: Severity
    note: Words

    def found(self) -> FoundDefect:
        return FoundDefect(str(self.id), str(self.item_id), self.severity, self.note)


class VisitBody(BaseModel):
    """`id` is the visitor's own. `version`: of the round of visits as it was read, 0 before the first.

    `defect`: with the result defect. `again_on`: with nobody_home, when somebody comes again.
    """

    model_config = ConfigDict(extra="forbid")

    id: UUID
    block: Block | None = None
    ends: Day
    version: NonNegativeInt
    on: Day
    result: VisitResult
    again_on: Day | None = None
    defect: FoundThereBody | None = None
    photographs: Annotated[list[Sha256], Field(max_length=20)] = []

    def visited(self, by: str) -> Visited:
        visit = HomeVisit(str(self.id), self.on, self.result, by, self.again_on, photographs=tuple(self.photographs))
        return Visited(self.block, self.ends, self.version, visit, self.defect.found() if self.defect else None)


def visit_routes(workshop: Workshop, acts: WorksActs) -> APIRouter:
    router = APIRouter(tags=["works"])
    rules = acts.desk.rules

    @router.get("/warranty-visits")
    def list_visits(actor: Reader) -> dict[str, Any]:
        """Warranties that end soon: residents are asked before they do (`visit_days` of `data/works.yaml`)."""
        with workshop.open() as work:
            return {"visits": [ending_shown(one, rules) for one in visits_due(work, actor, rules)]}

    @router.get("/projects/{project_id}/warranty-visits")
    def show_visits(actor: Reader, project_id: UUID) -> dict[str, Any]:
        """All warranties of a project by block and last day, with the visits made."""
        with workshop.open() as work:
            project, _ = visible_project(project_with_history(work.connection, str(project_id)), actor)
            return {"visits": [ending_shown(one, rules) for one in rounds_of_project(work.connection, project.id)]}

    @router.post("/projects/{project_id}/warranty-visits", status_code=201)
    def visit(actor: Commander, project_id: UUID, body: VisitBody) -> dict[str, Any]:
        """Keeps what came of a visit; one that found a defect opens it."""
        who = who_of(actor)
        with answered("project"), workshop.open() as work:
            return round_shown(acts.visits(work, str(project_id), body.visited(who.actor), who), rules)

    return router


def visits_due(work: Work, actor: Actor, rules: WorksRules) -> Sequence[EndingWarranty]:
    today = work.clock.now().astimezone(SHANGHAI).date()
    return ending_warranties(work.connection, today, today + timedelta(days=rules.visit_days), share_of(actor))


def ending_shown(one: EndingWarranty, rules: WorksRules) -> dict[str, Any]:
    named = {"number": one.number, "estate": one.estate, "estate_name": one.estate_name, "items": one.items}
    return {**named, **round_shown(one.round, rules)}


def round_shown(one: VisitRound, rules: WorksRules) -> dict[str, Any]:
    """`block` null: the grounds. `answer_by`: the last day for a visit. `visits`: the first first."""
    return {
        "project_id": one.key.project_id,
        "block": one.key.block,
        "ends": one.key.ends,
        "version": one.version,
        "done": one.is_done,
        "overdue": one.overdue,
        "answer_by": one.answer_by(rules.visit_late_days),
        "visits": [
            {
                "visit_id": visit.id,
                "on": visit.on,
                "result": visit.result,
                "by": visit.by,
                "again_on": visit.again_on,
                "defect_id": visit.defect,
                "photographs": list(visit.photographs),
            }
            for visit in one.visits
        ],
    }
