"""The roll-out of a standard on one page: eight sub-districts, the state of each, and the findings there."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

from fastapi import APIRouter, Request, Response

from services.chassis.database.work import Work, Workshop
from services.chassis.pages.forms import Fields, body_of, number_of
from services.chassis.pages.look import Pages
from services.chassis.web.identity import Actor
from services.chassis.web.problems import Problem
from services.contracts.districts import sub_districts
from services.projects.app.standards.acts import StandardActs
from services.projects.domain.standards.clause_checks import CheckMethod, CheckVerdict
from services.projects.domain.standards.clauses import active
from services.projects.domain.standards.standard import StandardState
from services.projects.http.rights import Commander, RuleReader, authority_of, not_found, who_of
from services.projects.http.rollouts import rollout_view
from services.projects.http.standard_bodies import AdoptionBody, CheckBody, ExemptionBody, StandardStepBody
from services.projects.http.standards import found_standard
from services.projects.http.standards_shown import standard_shown
from services.projects.pages.forms import NOTHING, Entered, acted, refused
from services.projects.store.standard_views import standard_by_id


def rollout_pages(workshop: Workshop, pages: Pages, acts: StandardActs) -> APIRouter:
    router = pages.router()

    @router.get("/standards/{standard_id}/rollout")
    def show(request: Request, actor: RuleReader, standard_id: UUID) -> Response:
        return _page(request, actor, standard_id)

    @router.post("/standards/{standard_id}/rollout/adoption")
    def adopt(request: Request, actor: Commander, standard_id: UUID, fields: Fields) -> Response:
        values = {name: number_of(fields.get(name)) for name in ("version", "number")}

        def act(work: Work) -> None:
            body = body_of(AdoptionBody, {**values, "trained_on": fields.get("trained_on")})
            said = (str(standard_id), _here(fields), body.version, body.number, body.trained_on)
            acts.roll_out.adopt(work, *said, who_of(actor))

        return _done(request, actor, standard_id, fields, "rollout_adopted", act)

    @router.post("/standards/{standard_id}/rollout/exemption")
    def exempt(request: Request, actor: Commander, standard_id: UUID, fields: Fields) -> Response:
        values = {"version": number_of(fields.get("version")), **{one: fields.get(one) for one in ("reason", "until")}}

        def act(work: Work) -> None:
            body = body_of(ExemptionBody, values)
            said = (str(standard_id), _here(fields), body.version, body.reason, body.until)
            acts.roll_out.exempt(work, *said, who_of(actor))

        return _done(request, actor, standard_id, fields, "rollout_exempted", act)

    @router.post("/standards/{standard_id}/rollout/acceptance")
    def accept(request: Request, actor: Commander, standard_id: UUID, fields: Fields) -> Response:
        def act(work: Work) -> None:
            body = body_of(StandardStepBody, {"version": number_of(fields.get("version"))})
            acts.roll_out.accept(work, str(standard_id), _here(fields), body.version, who_of(actor))

        return _done(request, actor, standard_id, fields, "rollout_accepted", act)

    @router.post("/standards/{standard_id}/rollout/checks")
    def check(request: Request, actor: Commander, standard_id: UUID, fields: Fields) -> Response:
        said = ("id", "sub_district", "clause", "method", "evidence", "checked_on", "valid_until", "verdict", "mend_by")
        numbers = {name: number_of(fields.get(name)) for name in ("version", "number")}

        def act(work: Work) -> None:
            body = body_of(CheckBody, {**{name: fields.get(name) for name in said}, **numbers})
            acts.roll_out.check(work, str(standard_id), body.check(), body.version, who_of(actor))

        return _done(request, actor, standard_id, fields, "rollout_checked", act)

    def _done(
        request: Request, actor: Actor, standard_id: UUID, fields: Entered, what: str, act: Callable[[Work], None]
    ) -> Response:
        return acted(
            workshop,
            "roll-out",
            act,
            f"/pages/standards/{standard_id}/rollout",
            what,
            lambda problem: _page(request, actor, standard_id, fields, problem),
        )

    def _page(
        request: Request, actor: Actor, standard_id: UUID, entered: Entered = NOTHING, problem: Problem | None = None
    ) -> Response:
        with workshop.engine.begin() as connection:
            standard = found_standard(standard_by_id(connection, str(standard_id)))
        authority = authority_of(actor)
        stands = standard.state is not StandardState.RETIRED
        leads = stands and (authority.is_hub or standard.lead in authority.share.departments)
        offices = {code for code, one in sub_districts().items() if one.office in authority.share.departments}
        issued = standard.issued()
        return pages.show(
            request,
            "rollout.html",
            actor,
            standard=standard_shown(standard),
            rollout=rollout_view(workshop, standard_id),
            newest=issued[-1].number if issued else None,
            clauses={one.number: [clause.id for clause in active(one.content.clauses)] for one in issued},
            leads=leads,
            may_adopt=frozenset(sub_districts()) if leads else (offices if stands else frozenset()),
            methods=CheckMethod,
            verdicts=CheckVerdict,
            fresh_id=uuid4,
            **refused(request, entered, problem),
        )

    return router


def _here(fields: Entered) -> str:
    """Raises Problem 404 for what is no sub-district."""
    code = fields.get("sub_district", "")
    if code not in sub_districts():
        raise not_found("roll-out")
    return code
