"""The parties and contracts of works over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from services.chassis.database.work import Workshop
from services.projects.app.works.acts import WorksActs
from services.projects.http.agreement_bodies import AuditBody, ContractBody, PartyBody, SumChangeBody
from services.projects.http.refusals import answered
from services.projects.http.rights import Commander, who_of
from services.projects.http.works_shown import contract_shown, party_shown


def agreement_routes(workshop: Workshop, acts: WorksActs) -> APIRouter:
    router = APIRouter(prefix="/projects/{project_id}", tags=["works"])
    contracts = acts.contracts

    @router.post("/parties")
    def name_party(actor: Commander, project_id: UUID, body: PartyBody) -> dict[str, Any]:
        """Names the unit of a role, or another in its place; for the hub or the department that leads."""
        with answered("project"), workshop.open() as work:
            return party_shown(acts.name_party(work, str(project_id), body.party(), who_of(actor)))

    @router.post("/contracts", status_code=201)
    def sign(actor: Commander, project_id: UUID, body: ContractBody) -> dict[str, Any]:
        """Keeps a signed contract with a party that is named. A repeated request keeps it once."""
        with answered("project"), workshop.open() as work:
            return contract_shown(contracts.sign(work, str(project_id), body.contract(), who_of(actor)))

    @router.post("/contracts/{contract_id}/changes")
    def change(actor: Commander, project_id: UUID, contract_id: UUID, body: SumChangeBody) -> dict[str, Any]:
        """Changes the sum by a filed change order, each once."""
        with answered("project"), workshop.open() as work:
            changed = contracts.change(
                work, str(project_id), str(contract_id), body.version, body.change(), who_of(actor)
            )
        return contract_shown(changed)

    @router.post("/contracts/{contract_id}/audit")
    def audit(actor: Commander, project_id: UUID, contract_id: UUID, body: AuditBody) -> dict[str, Any]:
        """Closes a contract by the filed report of its audit; never above what was contracted."""
        with answered("project"), workshop.open() as work:
            closed = contracts.audit(work, str(project_id), str(contract_id), body.version, body.audit(), who_of(actor))
        return contract_shown(closed)

    return router
