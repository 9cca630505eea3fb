"""One class of problems on one sheet, with what people may do with its case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.chassis.database.work import Work, Workshop
from services.chassis.pages.forms import Fields, body_of, number_of
from services.chassis.pages.look import Pages
from services.chassis.web.identity import Actor
from services.chassis.web.problems import Problem
from services.contracts.departments import departments
from services.projects.app.cases.work_on_case import WorkOnCase
from services.projects.domain.cases.root_causes import RootKind
from services.projects.domain.cases.typical_case import POSSIBLE, Criterion
from services.projects.http.case_bodies import CaseStepBody, CauseBody, ChoiceBody, ClosingBody, PilotBody
from services.projects.http.case_sheet import sheet
from services.projects.http.cases import found_case
from services.projects.http.rights import Commander, RuleReader, authority_of, share_of, who_of
from services.projects.pages.forms import NOTHING, Entered, acted, refused
from services.projects.store.case_views import projects_of_type


def case_pages(workshop: Workshop, pages: Pages, cases: WorkOnCase, intake_url: str | None) -> APIRouter:
    """`intake_url`: where intake's pages are, which show what callers said to those who may read it."""
    router = pages.router()

    @router.get("/cases/{case_id}")
    def show(request: Request, actor: RuleReader, case_id: UUID) -> Response:
        return _sheet(request, actor, case_id)

    @router.post("/cases/{case_id}/choice")
    def choose(request: Request, actor: Commander, case_id: UUID, fields: Fields) -> Response:
        def act(work: Work) -> None:
            criteria = {one: said for one in Criterion if (said := fields.get(one))}
            body = body_of(ChoiceBody, {"version": number_of(fields.get("version")), "criteria": criteria})
            cases.choose(work, str(case_id), body.version, body.criteria, who_of(actor))

        return _done(request, actor, case_id, fields, "case_chosen", act)

    @router.post("/cases/{case_id}/causes")
    def find_cause(request: Request, actor: Commander, case_id: UUID, fields: Fields) -> Response:
        measure = {"unit": fields.get("unit"), "task": fields.get("task"), "due": fields.get("due")}
        values = {
            "version": number_of(fields.get("version")),
            "kind": fields.get("kind"),
            "finding": fields.get("finding"),
            "tickets": fields.getlist("tickets"),
            "measures": [{name: said for name, said in measure.items() if said}],
        }

        def act(work: Work) -> None:
            body = body_of(CauseBody, values)
            cases.find_cause(work, str(case_id), body.version, body.cause(), who_of(actor))

        return _done(request, actor, case_id, fields, "cause_found", act)

    @router.post("/cases/{case_id}/completion")
    def do_measure(request: Request, actor: Commander, case_id: UUID, fields: Fields) -> Response:
        def act(work: Work) -> None:
            body = body_of(CaseStepBody, {"version": number_of(fields.get("version"))})
            cases.do_measure(work, str(case_id), fields.get("measure_id", ""), body.version, who_of(actor))

        return _done(request, actor, case_id, fields, "measure_done", act)

    @router.post("/cases/{case_id}/analysis")
    def analyse(request: Request, actor: Commander, case_id: UUID, fields: Fields) -> Response:
        def act(work: Work) -> None:
            body = body_of(CaseStepBody, {"version": number_of(fields.get("version"))})
            cases.analyse(work, str(case_id), body.version, who_of(actor))

        return _done(request, actor, case_id, fields, "case_analysed", act)

    @router.post("/cases/{case_id}/pilot")
    def pilot(request: Request, actor: Commander, case_id: UUID, fields: Fields) -> Response:
        values = {"version": number_of(fields.get("version")), "project_id": fields.get("project_id")}

        def act(work: Work) -> None:
            body = body_of(PilotBody, values)
            cases.pilot(work, str(case_id), body.version, str(body.project_id), who_of(actor))

        return _done(request, actor, case_id, fields, "pilot_named", act)

    @router.post("/cases/{case_id}/closing")
    def close(request: Request, actor: Commander, case_id: UUID, fields: Fields) -> Response:
        values = {"version": number_of(fields.get("version")), "reason": fields.get("reason")}

        def act(work: Work) -> None:
            body = body_of(ClosingBody, values)
            cases.close(work, str(case_id), body.version, body.reason, who_of(actor))

        return _done(request, actor, case_id, fields, "case_closed", act)

    def _done(
        request: Request, actor: Actor, case_id: UUID, fields: Entered, what: str, act: Callable[[Work], None]
    ) -> Response:
        return acted(
            workshop,
            "case",
            act,
            f"/pages/cases/{case_id}",
            what,
            lambda problem: _sheet(request, actor, case_id, fields, problem),
        )

    def _sheet(
        request: Request, actor: Actor, case_id: UUID, entered: Entered = NOTHING, problem: Problem | None = None
    ) -> Response:
        case = found_case(workshop, case_id)
        with workshop.open() as work:
            shown = sheet(work, case, share_of(actor))
            works = projects_of_type(work.connection, case.type_code, share_of(actor))
        authority = authority_of(actor)
        leads = authority.is_hub or case.lead in authority.share.departments
        return pages.show(
            request,
            "case.html",
            actor,
            **shown,
            texts_at=_texts_at(intake_url, shown["tickets"]) if intake_url else None,
            works=works,
            possible={act for act, states in POSSIBLE.items() if leads and case.state in states},
            own_units=frozenset(departments()) if leads else authority.share.departments,
            criteria=Criterion,
            kinds=RootKind,
            units=departments(),
            **refused(request, entered, problem),
        )

    return router


def _texts_at(intake_url: str, tickets: Sequence[Mapping[str, Any]]) -> str:
    return f"{intake_url.rstrip('/')}/pages/texts?{urlencode([('id', one['ticket_id']) for one in tickets])}"
