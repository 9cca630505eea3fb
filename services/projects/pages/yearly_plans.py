"""Yearly plans: their list, and a version with its estates ranked, decided on, published and begun."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.chassis.database.work import Work, Workshop
from services.chassis.pages.forms import Fields, body_of, number_of
from services.chassis.pages.look import Pages, done
from services.chassis.web.identity import Actor, Role
from services.chassis.web.problems import Problem
from services.projects.app.plans.planning import Planning
from services.projects.app.plans.publishing import plan_facts
from services.projects.domain.needs import NeedReason
from services.projects.domain.yearly_plan import PlanDecision
from services.projects.http.bodies import PlanBody
from services.projects.http.plan_bodies import EntryBody, NewPlanBody, PublicationBody, RankingBody
from services.projects.http.plans import differences_shown, plan_shown, seen_plan, seen_plans
from services.projects.http.refusals import answered
from services.projects.http.rights import Commander, Reader, authority_of, share_of, who_of
from services.projects.pages import charts
from services.projects.pages.forms import NOTHING, Entered, acted, fen_of, refused
from services.projects.store.estate_views import with_pages
from services.projects.store.plan_views import works_of


def plan_pages(workshop: Workshop, pages: Pages, planning: Planning) -> APIRouter:
    router = pages.router()

    @router.get("/plans")
    def plans(request: Request, actor: Reader) -> Response:
        return _plans(request, actor)

    @router.post("/plans/new")
    def open_plan(request: Request, actor: Commander, fields: Fields) -> Response:
        values = {"year": number_of(fields.get("year")), "budget_fen": fen_of(fields.get("budget"))}
        try:
            body = body_of(NewPlanBody, values)
            with answered("plan"), workshop.open() as work:
                plan = planning.draft.open(work, body.year, body.budget_fen, who_of(actor))
        except Problem as problem:
            return _plans(request, actor, fields, problem)
        return done(f"/pages/plans/{plan.id}", "plan_drafted")

    @router.get("/plans/{plan_id}")
    def plan(request: Request, actor: Reader, plan_id: UUID) -> Response:
        return _plan(request, actor, plan_id)

    @router.post("/plans/{plan_id}/ranking")
    def rank(request: Request, actor: Commander, plan_id: UUID, fields: Fields) -> Response:
        values = {"version": number_of(fields.get("version")), "budget_fen": fen_of(fields.get("budget"))}

        def act(work: Work) -> None:
            body = body_of(RankingBody, values)
            planning.draft.rank_again(work, str(plan_id), body.version, body.budget_fen, who_of(actor))

        return _done(request, actor, plan_id, fields, "ranked", act)

    @router.post("/plans/{plan_id}/entries")
    def decide(request: Request, actor: Commander, plan_id: UUID, fields: Fields) -> Response:
        values = {
            "version": number_of(fields.get("version")),
            "decision": fields.get("decision"),
            "reason": fields.get("reason") if fields.get("decision") != PlanDecision.LISTED else None,
            "cost_fen": fen_of(fields.get("cost")),
            "agreement": number_of(fields.get("agreement")),
        }

        def act(work: Work) -> None:
            said = body_of(EntryBody, values).said(fields.get("estate", ""))
            planning.draft.decide(work, str(plan_id), said, who_of(actor))

        return _done(request, actor, plan_id, fields, "entry_decided", act)

    @router.post("/plans/{plan_id}/publication")
    def publish(request: Request, actor: Commander, plan_id: UUID, fields: Fields) -> Response:
        def act(work: Work) -> None:
            body = body_of(PublicationBody, {"version": number_of(fields.get("version"))})
            planning.publish(work, str(plan_id), body.version, who_of(actor))

        return _done(request, actor, plan_id, fields, "plan_published", act)

    @router.post("/plans/{plan_id}/project")
    def begin(request: Request, actor: Commander, plan_id: UUID, fields: Fields) -> Response:
        opened: list[str] = []

        def act(work: Work) -> None:
            plan = body_of(PlanBody, {}).plan()
            begun = planning.open_listed(work, str(plan_id), fields.get("estate", ""), plan, who_of(actor))
            opened.append(begun.project.id)

        answer = _done(request, actor, plan_id, fields, "begun", act)
        return done(f"/pages/projects/{opened[0]}", "begun") if opened and answer.status_code == 303 else answer

    def _done(
        request: Request, actor: Actor, plan_id: UUID, fields: Entered, what: str, act: Callable[[Work], None]
    ) -> Response:
        return acted(
            workshop,
            "plan",
            act,
            f"/pages/plans/{plan_id}",
            what,
            lambda problem: _plan(request, actor, plan_id, fields, problem),
        )

    def _plans(request: Request, actor: Actor, entered: Entered = NOTHING, problem: Problem | None = None) -> Response:
        if problem and problem.status_code not in (409, 422):
            raise problem
        found = [plan_facts(one) for one in seen_plans(workshop, actor)]
        now = workshop.clock.now()
        lead = planning.draft.rules.book().at(now).project.lead
        return pages.show(
            request,
            "yearly_plans.html",
            actor,
            items=found,
            may_draft=_leads(actor, lead),
            next_year=now.year + 1,
            **refused(request, entered, problem),
        )

    def _plan(
        request: Request, actor: Actor, plan_id: UUID, entered: Entered = NOTHING, problem: Problem | None = None
    ) -> Response:
        """The plan as it is now; above it why something was refused, in the form what was entered."""
        shown = plan_shown(*seen_plan(workshop, actor, plan_id))
        with workshop.engine.begin() as connection:
            works = works_of(connection, shown["year"])
            estates = {one["place"]["estate"] for one in shown["entries"]}
            known = with_pages(connection, estates, share_of(actor))
        return pages.show(
            request,
            "yearly_plan.html",
            actor,
            plan=shown,
            works=works,
            known=known,
            differences=differences_shown(workshop, actor, plan_id),
            leads=_leads(actor, shown["lead"]),
            may_decide=bool(actor.roles & {Role.HUB, Role.DEPARTMENT}),
            decisions=PlanDecision,
            reasons=NeedReason,
            charts=charts,
            **refused(request, entered, problem),
        )

    return router


def _leads(actor: Actor, lead: str) -> bool:
    authority = authority_of(actor)
    return authority.is_hub or lead in authority.share.departments
