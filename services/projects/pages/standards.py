"""Standards: their list; one with its versions, what differs between them, what was said of drafts, and its steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Request, Response

from services.chassis.database.work import Work, Workshop
from services.chassis.pages.forms import Fields, body_of
from services.chassis.pages.look import Pages, done
from services.chassis.web.identity import Actor
from services.chassis.web.problems import Problem
from services.chassis.working_days import SHANGHAI
from services.contracts.elements import elements
from services.projects.app.standards.acts import StandardActs
from services.projects.domain.cases.typical_case import POSSIBLE, CaseAct
from services.projects.domain.standards.clause_checks import open_findings
from services.projects.domain.standards.difference import differences
from services.projects.domain.standards.opinions import OpinionRole
from services.projects.domain.standards.standard import Standard, StandardState
from services.projects.http.refusals import answered
from services.projects.http.rights import Commander, RuleReader, authority_of, who_of
from services.projects.http.standard_bodies import (
    StandardBody,
)
from services.projects.http.standards import found_standard
from services.projects.http.standards_shown import opinion_shown, standard_shown
from services.projects.pages.forms import NOTHING, Entered, SentFile, acted, refused
from services.projects.pages.standard_content import before_draft, first_content, offered
from services.projects.pages.standard_steps import STEPS, write_draft
from services.projects.store.case_views import all_cases
from services.projects.store.standard_views import all_standards, standard_by_id
from services.projects.store.standards import checks_of, opinions_of

BODY_LIMITS = {"/pages/standards/*/content": 32 * 2**20}


def standard_pages(workshop: Workshop, pages: Pages, acts: StandardActs) -> APIRouter:
    router = pages.router()

    @router.get("/standards")
    def list_standards(
        request: Request, actor: RuleReader, case: Annotated[str, Query(max_length=40)] = ""
    ) -> Response:
        """`case`: the one that the form of a draft begins with."""
        return _all(request, actor, chosen=case)

    @router.post("/standards/new")
    def draft(request: Request, actor: Commander, fields: Fields) -> Response:
        try:
            with answered("standard"), workshop.open() as work:
                case = next((one for one in all_cases(work.connection) if one.id == fields.get("case_id")), None)
                values = {
                    "title": fields.get("title"),
                    "lead": case and case.lead,
                    "type_codes": [case.type_code] if case else None,
                    "case_id": case and case.id,
                    "content": first_content(fields),
                }
                standard = acts.draft.open(work, body_of(StandardBody, values).new(), who_of(actor))
        except Problem as problem:
            if problem.status_code not in (409, 422):
                raise
            return _all(request, actor, fields, problem)
        return done(f"/pages/standards/{standard.id}", "standard_drafted")

    @router.get("/standards/{standard_id}")
    def show(request: Request, actor: RuleReader, standard_id: UUID) -> Response:
        return _one(request, actor, standard_id)

    @router.post("/standards/{standard_id}/content")
    def write(
        request: Request,
        actor: Commander,
        standard_id: UUID,
        fields: Fields,
        file: SentFile = None,
    ) -> Response:
        """Of a form that is added the hash is kept; the file stays with the lead."""
        return _done(
            request,
            actor,
            standard_id,
            fields,
            "content",
            lambda work: write_draft(acts, work, str(standard_id), fields, file, actor),
        )

    @router.post("/standards/{standard_id}/{act}")
    def take_step(request: Request, actor: Commander, standard_id: UUID, act: str, fields: Fields) -> Response:
        """Every form of the page; what none of them sends does not exist."""
        step = STEPS.get(act)
        if step is None:
            raise Problem(404, "not-found", "No such page", "Take the forms of the page.")
        return _done(
            request, actor, standard_id, fields, act, lambda work: step(acts, work, str(standard_id), fields, actor)
        )

    def _done(
        request: Request, actor: Actor, standard_id: UUID, fields: Entered, act: str, take: Callable[[Work], None]
    ) -> Response:
        return acted(
            workshop,
            "standard",
            take,
            f"/pages/standards/{standard_id}",
            f"standard_{act}",
            lambda problem: _one(request, actor, standard_id, fields, problem),
        )

    def _all(
        request: Request,
        actor: Actor,
        entered: Entered = NOTHING,
        problem: Problem | None = None,
        chosen: str = "",
    ) -> Response:
        with workshop.engine.begin() as connection:
            items, cases = all_standards(connection), all_cases(connection)
        return pages.show(
            request,
            "standards.html",
            actor,
            items=items,
            cases=[
                one
                for one in cases
                if one.state in POSSIBLE[CaseAct.DRAFT_STANDARD] and not one.standard_id and _leads(actor, one.lead)
            ],
            elements=elements(),
            chosen=chosen,
            **refused(request, entered, problem),
        )

    def _one(
        request: Request, actor: Actor, standard_id: UUID, entered: Entered = NOTHING, problem: Problem | None = None
    ) -> Response:
        with workshop.engine.begin() as connection:
            standard = found_standard(standard_by_id(connection, str(standard_id)))
            said = opinions_of(connection, standard.id)
            found = open_findings(check for check, _, _ in checks_of(connection, standard.id))
        now = workshop.clock.now()
        today = now.astimezone(SHANGHAI).date()
        in_force = standard.in_force(today, now)
        return pages.show(
            request,
            "standard.html",
            actor,
            standard=standard_shown(standard),
            in_force=in_force.number if in_force else None,
            changes=_changes(standard),
            findings=found,
            opinions=[opinion_shown(one) for one in said],
            draft=standard.draft(),
            before=before_draft(standard),
            lists=offered(pages.speech(request)),
            today=today,
            issued=bool(standard.issued()),
            leads=_leads(actor, standard.lead) and standard.state is not StandardState.RETIRED,
            roles=OpinionRole,
            fresh_id=uuid4,
            **refused(request, entered, problem),
        )

    return router


def _changes(standard: Standard) -> Mapping[int, Any]:
    """By number of a version: what differs from the one before."""
    pairs = zip(standard.editions, standard.editions[1:], strict=False)
    return {after.number: differences(before.content, after.content) for before, after in pairs}


def _leads(actor: Actor, lead: str) -> bool:
    authority = authority_of(actor)
    return authority.is_hub or lead in authority.share.departments
