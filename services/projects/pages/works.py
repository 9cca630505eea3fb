"""The works of a project: items, progress, papers, what is public, acceptances, and what holds the next step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.chassis.database.work import Work, Workshop
from services.chassis.pages.forms import Fields, body_of, number_of
from services.chassis.pages.look import Pages
from services.chassis.web.identity import Actor
from services.chassis.web.problems import Problem
from services.projects.app.works.acts import WorksActs
from services.projects.app.works.desk import in_order
from services.projects.domain.consultation.rules import ConsultationRule
from services.projects.domain.works.gates import GROUNDS, STEPS, ahead
from services.projects.domain.works.items import CONFIRMED_BY
from services.projects.domain.works.papers import PaperKind
from services.projects.http.rights import Commander, Reader, who_of
from services.projects.http.works import confirm_items
from services.projects.http.works_bodies import (
    AcceptanceBody,
    ConfirmationBody,
    DisclosureBody,
    ItemsBody,
    PaperBody,
)
from services.projects.http.works_shown import works_shown
from services.projects.pages.forms import NOTHING, Entered, SentFile, acted, fen_of, hash_of
from services.projects.pages.works_context import menu_rows_of, project_of, shown_to
from services.projects.store.consultation_views import consultations_of_project

BODY_LIMITS = {"/pages/projects/*/works/papers": 32 * 2**20}


def works_pages(
    workshop: Workshop, pages: Pages, acts: WorksActs, rules_of_vote: Mapping[str, ConsultationRule]
) -> APIRouter:
    router = pages.router()
    desk, rules = acts.desk, acts.desk.rules

    @router.get("/projects/{project_id}/works")
    def show(request: Request, actor: Reader, project_id: UUID) -> Response:
        return _works(request, actor, project_id)

    @router.post("/projects/{project_id}/works/items")
    def contract(request: Request, actor: Commander, project_id: UUID, fields: Fields) -> Response:
        one = {
            "menu_item": fields.get("menu_item"),
            "block": fields.get("block"),
            "contracted": fields.get("contracted"),
            "unit_cost_fen": fen_of(fields.get("unit_cost")),
            "capacity_before": fields.get("capacity_before"),
            "capacity_after": fields.get("capacity_after"),
        }
        values = {
            "items": [{name: value for name, value in one.items() if value is not None}],
            "change_order": fields.get("change_order"),
        }

        def act(work: Work) -> None:
            body = body_of(ItemsBody, values)
            order = str(body.change_order) if body.change_order else None
            acts.items.contract(work, str(project_id), body.picked(), order, who_of(actor))

        return _done(request, actor, project_id, fields, "contracted", act)

    @router.post("/projects/{project_id}/works/confirmation")
    def confirm(request: Request, actor: Commander, project_id: UUID, fields: Fields) -> Response:
        def act(work: Work) -> None:
            by = {name: fields.get(name) for name in ("paper_id", "consultation_id")}
            body = body_of(ConfirmationBody, {"items": fields.getlist("items"), **by})
            confirm_items(acts, work, str(project_id), body, who_of(actor))

        return _done(request, actor, project_id, fields, "confirmed", act)

    @router.post("/projects/{project_id}/works/papers")
    def file_paper(
        request: Request, actor: Commander, project_id: UUID, fields: Fields, file: SentFile = None
    ) -> Response:
        """The file's hash is kept, so that it can be shown later that it is the same; the file stays with the unit."""

        def act(work: Work) -> None:
            sha256 = hash_of(file)
            values = {name: fields.get(name) for name in ("id", "kind", "name")} | {"sha256": sha256}
            if fields.get("kind") == PaperKind.APPROVAL:
                values["issued_by"] = fields.get("issued_by")
            acts.papers.file(work, str(project_id), body_of(PaperBody, values).paper(), who_of(actor))

        return _done(request, actor, project_id, fields, "filed", act)

    @router.post("/projects/{project_id}/works/disclosures")
    def disclose(request: Request, actor: Commander, project_id: UUID, fields: Fields) -> Response:
        def act(work: Work) -> None:
            body = body_of(DisclosureBody, {"what": fields.getlist("what")})
            acts.papers.disclose(work, str(project_id), body.what, who_of(actor))

        return _done(request, actor, project_id, fields, "disclosed", act)

    @router.post("/projects/{project_id}/works/acceptances")
    def accept(request: Request, actor: Commander, project_id: UUID, fields: Fields) -> Response:
        years = {name.removeprefix("years."): number_of(value) for name, value in fields.items() if "years." in name}
        values = {
            "block": fields.get("block") if fields.get("block") != GROUNDS else None,
            "accepted_on": fields.get("accepted_on"),
            "residents": number_of(fields.get("residents")),
            "years": years,
        }

        def act(work: Work) -> None:
            acts.accept(work, str(project_id), body_of(AcceptanceBody, values).acceptance(), who_of(actor))

        return _done(request, actor, project_id, fields, "block_accepted", act)

    def _done(
        request: Request,
        actor: Actor,
        project_id: UUID,
        fields: Entered,
        what: str,
        act: Callable[[Work], None],
    ) -> Response:
        page = f"/pages/projects/{project_id}/works"
        return acted(
            workshop, "project", act, page, what, lambda problem: _works(request, actor, project_id, fields, problem)
        )

    def _works(
        request: Request,
        actor: Actor,
        project_id: UUID,
        entered: Entered = NOTHING,
        problem: Problem | None = None,
    ) -> Response:
        with workshop.open() as work:
            project = project_of(work, project_id, actor)
            works = desk.works_of(work, project.id)
            menu, rows = desk.standing.menu(work, project.opened_at), menu_rows_of(work, works, acts)
            registered_blocks = in_order(desk.known_site(work, project.id).blocks)
            agreed = [
                one
                for one in consultations_of_project(work.connection, project.id, rules_of_vote)
                if one.id in works.consulted.agreed
            ]
        shut = {step: desk.shut(project, works, step) for step in STEPS.values()}
        today = workshop.clock.now().date()
        return pages.show(
            request,
            "works.html",
            actor,
            project=project,
            works=works_shown(works, rules, shut),
            menu=menu,
            rows=rows,
            blocks={one.id: one.block for one in works.items},
            defects={one.id: one for one in works.defects},
            steps_ahead=ahead(project),
            approvers=sorted(works.approvers),
            registered_blocks=registered_blocks,
            results=agreed,
            by_vote={one.id for one in works.items if desk.gated(project) and not CONFIRMED_BY[one.choice]},
            confirming={one.id: sorted(CONFIRMED_BY[one.choice]) for one in works.items},
            kinds=PaperKind,
            today=today,
            **shown_to(actor, project, entered, problem, request),
        )

    return router
