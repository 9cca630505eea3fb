"""The works of a project on its page, and one item on the page of whoever inspects it on site, by telephone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, File, Request, Response, UploadFile
from starlette.datastructures import ImmutableMultiDict

from services.chassis.database.work import Work, Workshop
from services.chassis.pages.forms import Fields, body_of, choice_of, number_of
from services.chassis.pages.look import Pages, done, faults_of
from services.chassis.web.identity import Actor
from services.chassis.web.problems import Problem
from services.projects.app.works.acts import WorksActs
from services.projects.app.works.desk import Who
from services.projects.domain.menu import MenuItem, menu_as_of
from services.projects.domain.repair_project import RepairProject
from services.projects.domain.works.acts import POSSIBLE
from services.projects.domain.works.defects import TRANSITIONS, Severity, WorksParty
from services.projects.domain.works.gates import GROUNDS, STEPS, Works
from services.projects.domain.works.items import CONFIRMED_BY
from services.projects.domain.works.papers import PaperKind
from services.projects.http.refusals import answered
from services.projects.http.rights import Commander, Reader, authority_of, not_found, share_of
from services.projects.http.works_bodies import (
    AcceptanceBody,
    ConfirmationBody,
    DefectBody,
    DefectStepBody,
    DisclosureBody,
    InspectionBody,
    ItemsBody,
    PaperBody,
)
from services.projects.http.works_shown import works_shown
from services.projects.store.repair_project_views import project_with_history

BODY_LIMITS = {"/pages/projects/*/works/papers": 32 * 2**20}
NOTHING: ImmutableMultiDict[str, str] = ImmutableMultiDict()


def works_pages(workshop: Workshop, pages: Pages, acts: WorksActs) -> APIRouter:
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
            "unit_cost_fen": _fen(fields.get("unit_cost")),
        }
        values = {
            "items": [{name: value for name, value in one.items() if value is not None}],
            "change_order": fields.get("change_order"),
        }

        def act(work: Work) -> None:
            body = body_of(ItemsBody, values)
            order = str(body.change_order) if body.change_order else None
            acts.items.contract(work, str(project_id), body.picked(), order, _who(actor))

        return _done(request, actor, project_id, fields, "contracted", act)

    @router.post("/projects/{project_id}/works/confirmation")
    def confirm(request: Request, actor: Commander, project_id: UUID, fields: Fields) -> Response:
        def act(work: Work) -> None:
            body = body_of(ConfirmationBody, {"items": fields.getlist("items"), "paper_id": fields.get("paper_id")})
            acts.items.confirm(work, str(project_id), list(map(str, body.items)), str(body.paper_id), _who(actor))

        return _done(request, actor, project_id, fields, "confirmed", act)

    @router.post("/projects/{project_id}/works/papers")
    def file_paper(
        request: Request, actor: Commander, project_id: UUID, fields: Fields, file: Annotated[UploadFile, File()]
    ) -> Response:
        """The file's hash is kept, so that it can be shown later that it is the same; the file stays with the unit."""

        def act(work: Work) -> None:
            sha256 = hashlib.sha256(file.file.read()).hexdigest()
            values = {"id": fields.get("id"), "kind": fields.get("kind"), "name": fields.get("name"), "sha256": sha256}
            acts.papers.file(work, str(project_id), body_of(PaperBody, values).paper(), _who(actor))

        return _done(request, actor, project_id, fields, "filed", act)

    @router.post("/projects/{project_id}/works/disclosures")
    def disclose(request: Request, actor: Commander, project_id: UUID, fields: Fields) -> Response:
        def act(work: Work) -> None:
            body = body_of(DisclosureBody, {"what": fields.getlist("what")})
            acts.papers.disclose(work, str(project_id), body.what, _who(actor))

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
            acts.accept(work, str(project_id), body_of(AcceptanceBody, values).acceptance(), _who(actor))

        return _done(request, actor, project_id, fields, "block_accepted", act)

    @router.get("/projects/{project_id}/works/{item_id}")
    def show_item(request: Request, actor: Reader, project_id: UUID, item_id: UUID) -> Response:
        return _item(request, actor, project_id, item_id)

    @router.post("/projects/{project_id}/works/{item_id}/inspections")
    def inspect(request: Request, actor: Commander, project_id: UUID, item_id: UUID, fields: Fields) -> Response:
        values = {
            "id": fields.get("id"),
            "item_id": str(item_id),
            "bases": fields.getlist("bases"),
            "template": {"code": fields.get("template"), "version": number_of(fields.get("template_version"))},
            "readings": _readings(fields),
            "accepted": fields.get("accepted"),
            "inspected_at": workshop.clock.now(),
        }

        def act(work: Work) -> None:
            acts.inspect(work, str(project_id), body_of(InspectionBody, values).inspected(), _who(actor))

        return _done(request, actor, project_id, fields, "inspected", act, item_id)

    @router.post("/projects/{project_id}/works/{item_id}/defects")
    def find_defect(request: Request, actor: Commander, project_id: UUID, item_id: UUID, fields: Fields) -> Response:
        values = {name: fields.get(name) for name in ("id", "severity", "note")} | {"item_id": str(item_id)}

        def act(work: Work) -> None:
            acts.defects.find(work, str(project_id), body_of(DefectBody, values).found(), _who(actor))

        return _done(request, actor, project_id, fields, "defect_found", act, item_id)

    @router.post("/projects/{project_id}/works/{item_id}/defects/{defect_id}/steps")
    def step_defect(
        request: Request, actor: Commander, project_id: UUID, item_id: UUID, defect_id: UUID, fields: Fields
    ) -> Response:
        values = {name: fields.get(name) for name in ("state", "to", "party", "note")}

        def act(work: Work) -> None:
            step = body_of(DefectStepBody, values).step()
            acts.defects.step(work, str(project_id), str(defect_id), step, _who(actor))

        return _done(request, actor, project_id, fields, "defect_stepped", act, item_id)

    def _done(
        request: Request,
        actor: Actor,
        project_id: UUID,
        fields: ImmutableMultiDict[str, str],
        what: str,
        act: Callable[[Work], None],
        item_id: UUID | None = None,
    ) -> Response:
        """Runs an act; a refusal is shown above the page as it is now, with what was entered in its form."""
        try:
            with answered("project"), workshop.open() as work:
                act(work)
        except Problem as problem:
            if problem.status_code not in (409, 422):
                raise
            if item_id:
                return _item(request, actor, project_id, item_id, fields, problem)
            return _works(request, actor, project_id, fields, problem)
        return done(f"/pages/projects/{project_id}/works{f'/{item_id}' if item_id else ''}", what)

    def _works(
        request: Request,
        actor: Actor,
        project_id: UUID,
        entered: ImmutableMultiDict[str, str] = NOTHING,
        problem: Problem | None = None,
    ) -> Response:
        with workshop.open() as work:
            project = _project(work, project_id, actor)
            works = desk.works_of(work, project.id)
            shut = {step: desk.shut(work, project, step) for step in STEPS.values()}
        today = workshop.clock.now().date()
        return pages.show(
            request,
            "works.html",
            actor,
            project=project,
            works=works_shown(works, rules, shut),
            menu=menu_as_of(acts.items.menu, today, today),
            rows=_rows_of(works, acts),
            blocks={one.id: one.block for one in works.items},
            next_step=next((step for step in STEPS.values() if shut[step]), None),
            confirming={one.id: sorted(CONFIRMED_BY[one.choice]) for one in works.items},
            kinds=PaperKind,
            today=today,
            **_for_all(actor, project, entered, problem, request),
        )

    def _item(
        request: Request,
        actor: Actor,
        project_id: UUID,
        item_id: UUID,
        entered: ImmutableMultiDict[str, str] = NOTHING,
        problem: Problem | None = None,
    ) -> Response:
        with workshop.open() as work:
            project = _project(work, project_id, actor)
            works = desk.works_of(work, project.id)
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
            rows=_rows_of(works, acts),
            checks=template.checks if template else (),
            defects=[one for one in shown["defects"] if one["item_id"] == str(item_id)],
            steps_of=TRANSITIONS,
            severities=Severity,
            parties=WorksParty,
            **_for_all(actor, project, entered, problem, request),
        )

    return router


def _for_all(
    actor: Actor,
    project: RepairProject,
    entered: ImmutableMultiDict[str, str],
    problem: Problem | None,
    request: Request,
) -> dict[str, Any]:
    may_act = authority_of(actor).may_act_on(project)
    return {
        "status": problem.status_code if problem else 200,
        "possible": {act for act, states in POSSIBLE.items() if may_act and project.state in states},
        "fresh_id": uuid4,
        "entered": entered,
        "problem": problem,
        "faults": faults_of(problem) if problem else [],
        "what": request.query_params.get("done"),
    }


def _project(work: Work, project_id: UUID, actor: Actor) -> RepairProject:
    found = project_with_history(work.connection, str(project_id))
    if found is None or not share_of(actor).holds(found[0].lead, found[0].place.sub_district):
        raise not_found("project")
    return found[0]


def _rows_of(works: Works, acts: WorksActs) -> Mapping[str, MenuItem]:
    """By item: the version of the menu item that its scheme was frozen on."""
    rows = {(row.code, row.version): row for row in acts.items.menu}
    return {item.id: rows[item.menu_item, item.menu_version] for item in works.items}


def _readings(fields: ImmutableMultiDict[str, str]) -> dict[str, bool | str]:
    """What was read; a field left blank is not read, and so stays unknown."""
    read = {name.removeprefix("reading."): value for name, value in fields.items() if name.startswith("reading.")}
    chosen = {code: choice_of(value) for code, value in read.items()}
    return {code: value if (choice := chosen[code]) is None else choice for code, value in read.items()}


def _fen(yuan: str | None) -> int | None:
    """Yuan as a form sends them, in fen; None for what is no amount, which the body then misses."""
    try:
        fen = Decimal(yuan or "") * 100
    except InvalidOperation:
        return None
    return int(fen) if fen.is_finite() and fen == int(fen) else None


def _who(actor: Actor) -> Who:
    return Who(actor.subject, authority_of(actor))
