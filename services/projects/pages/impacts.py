"""Disturbances by works as pages: the plan, the calendar of each block, announcements and their steps."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.chassis.database.work import Work, Workshop
from services.chassis.pages.forms import Fields, body_of, number_of
from services.chassis.pages.look import Pages
from services.chassis.web.identity import Actor
from services.chassis.web.problems import Problem
from services.chassis.working_days import SHANGHAI
from services.projects.app.works.disturb import Disturb
from services.projects.domain.works.disturbance import by_day
from services.projects.domain.works.impact import TRANSITIONS, ImpactKind
from services.projects.domain.works.papers import PaperKind
from services.projects.http.impact_bodies import ImpactBody, ImpactPlanBody, ImpactStepBody
from services.projects.http.impacts import blocks_of, impact_shown, plan_shown
from services.projects.http.rights import Commander, Reader, who_of
from services.projects.pages.forms import NOTHING, Entered, acted, moment_of
from services.projects.pages.works_context import project_of, shown_to

DAYS = 14
"""Of the calendar, from today on."""


def impact_pages(workshop: Workshop, pages: Pages, disturb: Disturb) -> APIRouter:
    router = pages.router()
    usual = disturb.desk.rules.usual_plan()

    @router.get("/projects/{project_id}/impacts")
    def show(request: Request, actor: Reader, project_id: UUID) -> Response:
        return _impacts(request, actor, project_id)

    @router.post("/projects/{project_id}/impacts/plan")
    def plan(request: Request, actor: Commander, project_id: UUID, fields: Fields) -> Response:
        values = {
            "version": number_of(fields.get("version")),
            "noise_from": fields.get("noise_from"),
            "noise_to": fields.get("noise_to"),
            "scaffold_days": number_of(fields.get("scaffold_days")),
            "parking_replaced": number_of(fields.get("parking_replaced")),
            "permit": fields.get("permit"),
            "quiet": _listed(fields.get("quiet")),
        }

        def act(work: Work) -> None:
            body = body_of(ImpactPlanBody, values)
            disturb.plan(work, str(project_id), body.plan(usual), body.version, who_of(actor))

        return _done(request, actor, project_id, fields, "impacts_planned", act)

    @router.post("/projects/{project_id}/impacts/announcement")
    def announce(request: Request, actor: Commander, project_id: UUID, fields: Fields) -> Response:
        values = {
            "id": fields.get("id"),
            "kind": fields.get("kind"),
            "blocks": _listed(fields.get("blocks")),
            "starts": moment_of(fields.get("starts")),
            "ends": moment_of(fields.get("ends")),
            "asked": _listed(fields.get("asked")),
            "rescue": "rescue" in fields,
            "happened": "happened" in fields,
        }

        def act(work: Work) -> None:
            disturb.announce(work, str(project_id), body_of(ImpactBody, values).announced(), who_of(actor))

        return _done(request, actor, project_id, fields, "impact_announced", act)

    @router.post("/projects/{project_id}/impacts/{impact_id}/steps")
    def step(request: Request, actor: Commander, project_id: UUID, impact_id: UUID, fields: Fields) -> Response:
        values = {"version": number_of(fields.get("version")), "to": fields.get("to")}

        def act(work: Work) -> None:
            body = body_of(ImpactStepBody, values)
            disturb.step(work, str(project_id), str(impact_id), body.step(), who_of(actor))

        return _done(request, actor, project_id, fields, "impact_stepped", act)

    def _done(
        request: Request, actor: Actor, project_id: UUID, fields: Entered, what: str, act: Callable[[Work], None]
    ) -> Response:
        page = f"/pages/projects/{project_id}/impacts"
        return acted(
            workshop, "project", act, page, what, lambda problem: _impacts(request, actor, project_id, fields, problem)
        )

    def _impacts(
        request: Request,
        actor: Actor,
        project_id: UUID,
        entered: Entered = NOTHING,
        problem: Problem | None = None,
    ) -> Response:
        with workshop.open() as work:
            project = project_of(work, project_id, actor)
            kept = disturb.plan_of(work, project.id)
            found = disturb.book.disturbances(work, project.id)
            works = disturb.desk.works_of(work, project.id)
        today = workshop.clock.now().astimezone(SHANGHAI).date()
        return pages.show(
            request,
            "impacts.html",
            actor,
            project=project,
            plan=plan_shown(kept),
            impacts=[impact_shown(one) for one in found],
            calendar=by_day(found, blocks_of(works, found), today, DAYS),
            permits=[one for one in works.papers if one.kind is PaperKind.NIGHT_WORK_PERMIT],
            impact_kinds=ImpactKind,
            steps_of=TRANSITIONS,
            **shown_to(actor, project, entered, problem, request),
        )

    return router


def _listed(entered: str | None) -> list[str]:
    """Blocks as people write them: 3, 5甲、12."""
    return (entered or "").replace("、", " ").replace(",", " ").replace("，", " ").split()
