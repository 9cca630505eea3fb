"""Disturbances by the works of a project over HTTP: plan, calendar, announcements and their steps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from services.chassis.database.work import Workshop
from services.chassis.working_days import SHANGHAI
from services.projects.app.works.disturb import Disturb
from services.projects.app.works.impact_ports import KeptPlan
from services.projects.domain.works.disturbance import Disturbance, by_day
from services.projects.domain.works.gated_works import Works
from services.projects.http.impact_bodies import ImpactBody, ImpactPlanBody, ImpactStepBody
from services.projects.http.refusals import answered
from services.projects.http.rights import Commander, Reader, visible_project, who_of
from services.projects.store.repair_project_views import project_with_history

Days = Annotated[int, Query(ge=1, le=92)]


FirstDay = Annotated[date | None, Query(ge=date(2000, 1, 1), le=date(2200, 1, 1))]


def impact_routes(workshop: Workshop, disturb: Disturb) -> APIRouter:
    router = APIRouter(prefix="/projects/{project_id}/impacts", tags=["works"])

    @router.get("")
    def show_impacts(actor: Reader, project_id: UUID, first: FirstDay = None, days: Days = 14) -> dict[str, Any]:
        """The plan, all disturbances, and the calendar of each block: some days, from today on if none is named."""
        with workshop.open() as work:
            project, _ = visible_project(project_with_history(work.connection, str(project_id)), actor)
            kept = disturb.plan_of(work, project.id)
            found = disturb.book.disturbances(work, project.id)
            works = disturb.desk.works_of(work, project.id)
        day = first or workshop.clock.now().astimezone(SHANGHAI).date()
        calendar = by_day(found, blocks_of(works, found), day, days)
        return {
            "plan": plan_shown(kept),
            "impacts": [impact_shown(one) for one in found],
            "calendar": [
                {
                    "block": block,
                    "days": [{"day": day, "impacts": [one.id for one in on[day]]} for day in sorted(on)],
                }
                for block, on in calendar.items()
            ],
        }

    @router.post("/plan")
    def plan_impacts(actor: Commander, project_id: UUID, body: ImpactPlanBody) -> dict[str, Any]:
        """How residents are disturbed least, in place of the plan before; for the hub or the department that leads."""
        plan = body.plan(disturb.desk.rules.usual_plan())
        with answered("project"), workshop.open() as work:
            disturb.plan(work, str(project_id), plan, body.version, who_of(actor))
            return plan_shown(disturb.plan_of(work, str(project_id)))

    @router.post("", status_code=201)
    def announce_impact(actor: Commander, project_id: UUID, body: ImpactBody) -> dict[str, Any]:
        """Announces a disturbance; 422 names the rules that it would break. What happened all the same is reported
        with `happened`, and is a finding with what it broke."""
        with answered("project"), workshop.open() as work:
            return impact_shown(disturb.announce(work, str(project_id), body.announced(), who_of(actor)))

    @router.post("/{impact_id}/steps")
    def step_impact(actor: Commander, project_id: UUID, impact_id: UUID, body: ImpactStepBody) -> dict[str, Any]:
        """Begins, ends or cancels it; one that went another way than announced is judged as it went."""
        with answered("project"), workshop.open() as work:
            return impact_shown(disturb.step(work, str(project_id), str(impact_id), body.step(), who_of(actor)))

    return router


def blocks_of(works: Works, found: Sequence[Disturbance]) -> set[str]:
    """The blocks of the works and those that are disturbed."""
    built = {item.block for item in works.built() if item.block}
    return built.union(*(one.impact.blocks for one in found))


def plan_shown(kept: KeptPlan) -> dict[str, Any]:
    """`version` 0: nothing was planned yet, and the usual is shown."""
    plan = kept.plan
    return {
        "version": kept.version,
        "noise_from": f"{plan.noise_from:%H:%M}",
        "noise_to": f"{plan.noise_to:%H:%M}",
        "notice_days": dict(plan.notice_days),
        "scaffold_days": plan.scaffold_days,
        "scaffold_by_block": dict(plan.scaffold_by_block),
        "parking_replaced": plan.parking_replaced,
        "permit": plan.permit,
        "bans": [
            {"first": one.first, "last": one.last, "reason": one.reason, "nights": one.nights, "yearly": one.yearly}
            for one in plan.bans
        ],
        "quiet": sorted(plan.quiet),
    }


def impact_shown(one: Disturbance) -> dict[str, Any]:
    """`breaches`: the rules that it broke; not empty: a finding."""
    impact = one.impact
    return {
        "impact_id": one.id,
        "version": one.version,
        "kind": impact.kind,
        "state": one.state,
        "blocks": sorted(impact.blocks),
        "announced_at": impact.announced_at,
        "starts": impact.starts,
        "ends": impact.ends,
        "asked": sorted(impact.asked),
        "rescue": impact.rescue,
        "begun_at": one.begun_at,
        "ended_at": one.ended_at,
        "breaches": list(one.found),
    }
