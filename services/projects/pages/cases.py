"""Typical cases: their list, and the form by which a person proposes one."""

from __future__ import annotations

from itertools import groupby

from fastapi import APIRouter, Request, Response

from services.chassis.database.work import Workshop
from services.chassis.pages.forms import Fields, body_of
from services.chassis.pages.look import Pages, done
from services.chassis.web.identity import Actor
from services.chassis.web.problems import Problem
from services.projects.app.cases.work_on_case import WorkOnCase
from services.projects.http.case_bodies import CaseBody
from services.projects.http.refusals import answered
from services.projects.http.rights import Commander, RuleReader, authority_of, who_of
from services.projects.pages.forms import NOTHING, Entered, refused
from services.projects.store.case_views import all_cases, proposable_issues


def case_list_pages(workshop: Workshop, pages: Pages, cases: WorkOnCase) -> APIRouter:
    router = pages.router()

    @router.get("/cases")
    def list_cases(request: Request, actor: RuleReader) -> Response:
        return _all(request, actor)

    @router.post("/cases/new")
    def propose(request: Request, actor: Commander, fields: Fields) -> Response:
        values = {"type_code": fields.get("type_code"), "hot_issues": fields.getlist("hot_issues")}
        try:
            with answered("case"), workshop.open() as work:
                body = body_of(CaseBody, values)
                case = cases.propose(work, body.type_code, [str(one) for one in body.hot_issues], who_of(actor))
        except Problem as problem:
            if problem.status_code not in (409, 422):
                raise
            return _all(request, actor, fields, problem)
        return done(f"/pages/cases/{case.id}", "case_proposed")

    def _all(request: Request, actor: Actor, entered: Entered = NOTHING, problem: Problem | None = None) -> Response:
        authority = authority_of(actor)
        leads = None if authority.is_hub else authority.share.departments
        with workshop.engine.begin() as connection:
            items, found = all_cases(connection), proposable_issues(connection, leads)
        by_type = {code: list(issues) for code, issues in groupby(found, key=lambda one: one["type_code"])}
        known = refused(request, entered, problem)
        return pages.show(request, "cases.html", actor, items=items, proposable=by_type, **known)

    return router
