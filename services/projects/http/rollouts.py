"""The roll-out of a standard over HTTP: adopted, checked, accepted or exempted by sub-district."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path

from services.chassis.database.work import Workshop
from services.chassis.working_days import SHANGHAI
from services.contracts.ticket_events import SubDistrictCode
from services.projects.app.standards.acts import StandardActs
from services.projects.http.refusals import answered
from services.projects.http.rights import Commander, RuleReader, who_of
from services.projects.http.standard_bodies import AdoptionBody, CheckBody, ExemptionBody, StandardStepBody
from services.projects.http.standards import found_standard
from services.projects.http.standards_shown import check_shown, rollout_shown, rollouts_shown
from services.projects.store.standard_views import standard_by_id
from services.projects.store.standards import checks_of, rollouts_of

Here = Annotated[SubDistrictCode, Path()]


def rollout_routes(workshop: Workshop, acts: StandardActs) -> APIRouter:
    router = APIRouter(prefix="/standards/{standard_id}", tags=["standards"])

    @router.get("/rollout")
    def show(_: RuleReader, standard_id: UUID) -> dict[str, Any]:
        """How many of the eight sub-districts stand how towards the version in force, and each with its checks."""
        return rollout_view(workshop, standard_id)

    @router.post("/rollout/{sub_district}/adoption")
    def adopt(actor: Commander, standard_id: UUID, sub_district: Here, body: AdoptionBody) -> dict[str, Any]:
        """A sub-district adopts the newest version, its people trained; for its office, the lead, or the hub."""
        with answered("roll-out"), workshop.open() as work:
            said = (str(standard_id), sub_district, body.version, body.number, body.trained_on)
            return rollout_shown(acts.roll_out.adopt(work, *said, who_of(actor)))

    @router.post("/rollout/{sub_district}/exemption")
    def exempt(actor: Commander, standard_id: UUID, sub_district: Here, body: ExemptionBody) -> dict[str, Any]:
        """Lets a sub-district off until a day, with a reason."""
        with answered("roll-out"), workshop.open() as work:
            said = (str(standard_id), sub_district, body.version, body.reason, body.until)
            return rollout_shown(acts.roll_out.exempt(work, *said, who_of(actor)))

    @router.post("/rollout/{sub_district}/acceptance")
    def accept(actor: Commander, standard_id: UUID, sub_district: Here, body: StandardStepBody) -> dict[str, Any]:
        """Accepts a sub-district all of whose clauses were checked and are good."""
        with answered("roll-out"), workshop.open() as work:
            accepted = acts.roll_out.accept(work, str(standard_id), sub_district, body.version, who_of(actor))
            return rollout_shown(accepted)

    @router.post("/checks", status_code=201)
    def check(actor: Commander, standard_id: UUID, body: CheckBody) -> dict[str, Any]:
        """Notes the check of a clause at a sub-district. The same check is one."""
        with answered("roll-out"), workshop.open() as work:
            found = acts.roll_out.check(work, str(standard_id), body.check(), body.version, who_of(actor))
            return check_shown(found, work.clock.now().astimezone(SHANGHAI).date(), overdue=False)

    return router


def rollout_view(workshop: Workshop, standard_id: UUID) -> dict[str, Any]:
    """Raises Problem 404."""
    with workshop.engine.begin() as connection:
        standard = found_standard(standard_by_id(connection, str(standard_id)))
        rollouts, checks = rollouts_of(connection, standard.id), checks_of(connection, standard.id)
    return rollouts_shown(standard, rollouts, checks, workshop.clock.now())
