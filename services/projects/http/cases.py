"""Typical cases over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from services.chassis.database.work import Workshop
from services.projects.app.cases.work_on_case import WorkOnCase
from services.projects.domain.cases.typical_case import TypicalCase
from services.projects.http.case_bodies import (
    CaseBody,
    CaseStepBody,
    CauseBody,
    ChoiceBody,
    ClosingBody,
    PilotBody,
)
from services.projects.http.case_sheet import case_shown, sheet
from services.projects.http.refusals import answered
from services.projects.http.rights import Commander, RuleReader, not_found, share_of, who_of
from services.projects.store.case_views import all_cases, case_by_id


def case_routes(workshop: Workshop, cases: WorkOnCase) -> APIRouter:
    router = APIRouter(prefix="/cases", tags=["cases"])

    @router.get("")
    def list_cases(_: RuleReader) -> dict[str, Any]:
        """All of them, the newest first."""
        with workshop.engine.begin() as connection:
            return {"items": [case_shown(one) for one in all_cases(connection)]}

    @router.get("/{case_id}")
    def show_case(_: RuleReader, case_id: UUID) -> dict[str, Any]:
        return case_shown(found_case(workshop, case_id))

    @router.get("/{case_id}/sheet")
    def show_sheet(actor: RuleReader, case_id: UUID) -> dict[str, Any]:
        """The whole class on one sheet: hot issues, causes, standard, and the eight sub-districts before and after."""
        case = found_case(workshop, case_id)
        with workshop.open() as work:
            return sheet(work, case, share_of(actor))

    @router.post("", status_code=201)
    def propose(actor: Commander, body: CaseBody) -> dict[str, Any]:
        """A person proposes a case of hot issues of one type; for who leads them, or the hub."""
        with answered("case"), workshop.open() as work:
            return case_shown(cases.propose(work, body.type_code, [str(one) for one in body.hot_issues], who_of(actor)))

    @router.post("/{case_id}/choice")
    def choose(actor: Commander, case_id: UUID, body: ChoiceBody) -> dict[str, Any]:
        """The lead approves a proposal, with the evidence for each criterion."""
        with answered("case"), workshop.open() as work:
            return case_shown(cases.choose(work, str(case_id), body.version, body.criteria, who_of(actor)))

    @router.post("/{case_id}/causes", status_code=201)
    def find_cause(actor: Commander, case_id: UUID, body: CauseBody) -> dict[str, Any]:
        """Adds a root cause with the tickets that show it, and countermeasures, each with unit and day."""
        with answered("case"), workshop.open() as work:
            return case_shown(cases.find_cause(work, str(case_id), body.version, body.cause(), who_of(actor)))

    @router.post("/{case_id}/measures/{measure_id}/completion")
    def do_measure(actor: Commander, case_id: UUID, measure_id: UUID, body: CaseStepBody) -> dict[str, Any]:
        """A countermeasure was done; for its unit, the lead, or the hub."""
        with answered("case"), workshop.open() as work:
            return case_shown(cases.do_measure(work, str(case_id), str(measure_id), body.version, who_of(actor)))

    @router.post("/{case_id}/analysis")
    def analyse(actor: Commander, case_id: UUID, body: CaseStepBody) -> dict[str, Any]:
        """The root causes are found."""
        with answered("case"), workshop.open() as work:
            return case_shown(cases.analyse(work, str(case_id), body.version, who_of(actor)))

    @router.post("/{case_id}/pilot")
    def pilot(actor: Commander, case_id: UUID, body: PilotBody) -> dict[str, Any]:
        """Names the works in which the cure is tried; after their acceptance a standard is due."""
        with answered("case"), workshop.open() as work:
            return case_shown(cases.pilot(work, str(case_id), body.version, str(body.project_id), who_of(actor)))

    @router.post("/{case_id}/closing")
    def close(actor: Commander, case_id: UUID, body: ClosingBody) -> dict[str, Any]:
        """Closes it by the standard that came of it, or with a reason."""
        with answered("case"), workshop.open() as work:
            return case_shown(cases.close(work, str(case_id), body.version, body.reason, who_of(actor)))

    return router


def found_case(workshop: Workshop, case_id: UUID) -> TypicalCase:
    """Raises Problem 404."""
    with workshop.engine.begin() as connection:
        found = case_by_id(connection, str(case_id))
    if found is None:
        raise not_found("case")
    return found
