"""`/catalogue`: shows the dispatch catalogue; the hub edits it and tries an edit on the last month."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from services.chassis.database.work import Workshop
from services.chassis.web.problems import Problem
from services.contracts.ticket_events import DepartmentCode, SubDistrictCode, TypeCode
from services.intake.app.edit_catalogue import EditCatalogue
from services.intake.domain.dispatch import CatalogueEdit, Dispatch
from services.intake.http.refusals import answered
from services.intake.http.rights import Operator, Overseer, Reader
from services.intake.http.step_bodies import Note
from services.intake.store.catalogue_views import moved_tickets, versions_of, whole

LOOK_BACK = timedelta(days=30)


class EditBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    type_code: TypeCode
    sub_district: SubDistrictCode | None = Field(None, description="Left out: wherever nothing else is said.")
    lead: DepartmentCode
    co_handlers: Annotated[tuple[DepartmentCode, ...], Field(max_length=20)] = ()

    def edit(self) -> CatalogueEdit:
        return CatalogueEdit(self.type_code, self.sub_district, Dispatch(self.lead, self.co_handlers))


class VersionBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    base_version: StrictInt = Field(description="The catalogue's version as you saw it; 0 is the one delivered.")
    changes: Annotated[list[EditBody], Field(min_length=1, max_length=400)]
    reason: Note


def catalogue_routes(workshop: Workshop, catalogue: EditCatalogue) -> APIRouter:
    router = APIRouter(prefix="/catalogue", tags=["catalogue"])

    @router.get("")
    def show(_: Reader) -> dict[str, Any]:
        """The whole table as it stands: who leads and who helps, by type and sub-district."""
        with workshop.open() as work:
            return whole(catalogue.catalogues.current(work))

    @router.get("/versions")
    def list_versions(_: Overseer) -> dict[str, Any]:
        """Who changed what, when and why; the newest first."""
        with workshop.engine.begin() as connection:
            return {"items": versions_of(connection)}

    @router.post("/versions", status_code=201)
    def edit(body: VersionBody, actor: Operator) -> dict[str, Any]:
        """The next version, in force for what is dispatched from now on. 409 if another one was made meanwhile."""
        edits = [change.edit() for change in body.changes]
        with answered(_never), workshop.open() as work:
            return whole(catalogue.edit(work, body.base_version, edits, actor.subject, body.reason))

    @router.post("/dry-run")
    def dry_run(body: VersionBody, _: Operator) -> dict[str, Any]:
        """The tickets dispatched in the last 30 days that would have gone elsewhere. Changes nothing."""
        edits = [change.edit() for change in body.changes]
        with answered(_never), workshop.open() as work:
            before, after = catalogue.tried(work, body.base_version, edits)
            since = work.clock.now() - LOOK_BACK
            return moved_tickets(work.connection, before, after, {edit.type_code for edit in edits}, since)

    return router


def _never() -> Problem:
    return Problem(404, "not-found", "No such catalogue", "There is one catalogue: GET /catalogue.")
