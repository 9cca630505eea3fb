"""The parties of a project's works and their contracts: who they are, what was agreed, changed and audited."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.chassis.database.work import Work, Workshop
from services.chassis.pages.forms import Fields, body_of, number_of
from services.chassis.pages.look import Pages
from services.chassis.web.identity import Actor
from services.chassis.web.problems import Problem
from services.projects.app.works.acts import WorksActs
from services.projects.domain.works.defects import WorksParty
from services.projects.domain.works.parties import UNITS
from services.projects.http.agreement_bodies import AuditBody, ContractBody, PartyBody, SumChangeBody
from services.projects.http.rights import Commander, Reader, who_of
from services.projects.http.works_shown import contract_shown, party_shown
from services.projects.pages.forms import NOTHING, Entered, acted, fen_of
from services.projects.pages.works_context import project_of, shown_to


def agreement_pages(workshop: Workshop, pages: Pages, acts: WorksActs) -> APIRouter:
    router = pages.router()

    @router.get("/projects/{project_id}/agreements")
    def show(request: Request, actor: Reader, project_id: UUID) -> Response:
        return _agreements(request, actor, project_id)

    @router.post("/projects/{project_id}/agreements/parties")
    def name_party(request: Request, actor: Commander, project_id: UUID, fields: Fields) -> Response:
        def act(work: Work) -> None:
            values = {name: fields.get(name) for name in ("role", "name", "code")}
            body = body_of(PartyBody, values | {"version": number_of(fields.get("version"))})
            acts.name_party(work, str(project_id), body.party(), who_of(actor))

        return _done(request, actor, project_id, fields, "party_named", act)

    @router.post("/projects/{project_id}/agreements/contracts")
    def sign(request: Request, actor: Commander, project_id: UUID, fields: Fields) -> Response:
        def act(work: Work) -> None:
            values = {name: fields.get(name) for name in ("id", "party", "paper_id", "starts", "ends")}
            body = body_of(ContractBody, values | {"sum_fen": fen_of(fields.get("sum"))})
            acts.contracts.sign(work, str(project_id), body.contract(), who_of(actor))

        return _done(request, actor, project_id, fields, "contract_signed", act)

    @router.post("/projects/{project_id}/agreements/contracts/{contract_id}/changes")
    def change(request: Request, actor: Commander, project_id: UUID, contract_id: UUID, fields: Fields) -> Response:
        def act(work: Work) -> None:
            values = {"version": number_of(fields.get("version")), "change_order": fields.get("change_order")}
            body = body_of(SumChangeBody, values | {"delta_fen": fen_of(fields.get("delta"))})
            acts.contracts.change(work, str(project_id), str(contract_id), body.version, body.change(), who_of(actor))

        return _done(request, actor, project_id, fields, "contract_changed", act)

    @router.post("/projects/{project_id}/agreements/contracts/{contract_id}/audit")
    def audit(request: Request, actor: Commander, project_id: UUID, contract_id: UUID, fields: Fields) -> Response:
        def act(work: Work) -> None:
            values = {"version": number_of(fields.get("version")), "report": fields.get("report")}
            body = body_of(AuditBody, values | {"audited_fen": fen_of(fields.get("audited"))})
            acts.contracts.audit(work, str(project_id), str(contract_id), body.version, body.audit(), who_of(actor))

        return _done(request, actor, project_id, fields, "contract_audited", act)

    def _done(
        request: Request,
        actor: Actor,
        project_id: UUID,
        fields: Entered,
        what: str,
        act: Callable[[Work], None],
    ) -> Response:
        page = f"/pages/projects/{project_id}/agreements"
        return acted(
            workshop,
            "project",
            act,
            page,
            what,
            lambda problem: _agreements(request, actor, project_id, fields, problem),
        )

    def _agreements(
        request: Request,
        actor: Actor,
        project_id: UUID,
        entered: Entered = NOTHING,
        problem: Problem | None = None,
    ) -> Response:
        with workshop.open() as work:
            project = project_of(work, project_id, actor)
            works = acts.desk.works_of(work, project.id)
        return pages.show(
            request,
            "agreements.html",
            actor,
            project=project,
            roles=[role for role in WorksParty if role in UNITS],
            parties={party.role: party_shown(party) for party in works.parties},
            contracts=[contract_shown(contract) for contract in works.contracts],
            papers=works.papers,
            today=workshop.clock.now().date(),
            **shown_to(actor, project, entered, problem, request),
        )

    return router
