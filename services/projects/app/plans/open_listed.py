"""Opens a project for an estate that the plan in force lists."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis.commands import Conflict, Unfit
from services.chassis.database.work import Work
from services.projects.app.needs.open_project import Begun, OpenForNeeds
from services.projects.app.plans.draft_plan import NotInPlan, locked_plan, must_lead
from services.projects.app.plans.ports import PlanBook
from services.projects.app.works.desk import Who
from services.projects.domain.needs import NeedState
from services.projects.domain.works.repair_project import Plan
from services.projects.domain.yearly_plan import PlanDecision, PlanState


@dataclass(frozen=True, slots=True)
class OpenListed:
    book: PlanBook
    open_for_needs: OpenForNeeds

    def __call__(self, work: Work, plan_id: str, estate: str, plan: Plan, who: Who) -> Begun:
        """Raises Unknown, Forbidden, and Conflict for what is not listed, or begun already."""
        found = locked_plan(self.book, work, plan_id)
        must_lead(found.lead, who.authority)
        entry = next((one for one in self.book.entries(work, plan_id) if one.place.estate == estate), None)
        if entry is None:
            raise NotInPlan
        if found.state is not PlanState.PUBLISHED or entry.decision is not PlanDecision.LISTED:
            raise Conflict(
                "works begin from what the plan in force lists", found.version, found.state, "plan_not_in_force"
            )
        locked = self.open_for_needs.book.lock(work, set(entry.needs))
        needs = [
            locked[one]
            for one in entry.needs
            if locked[one].state is NeedState.IN_PLAN and locked[one].plan_id == plan_id
        ]
        if not needs:
            raise Conflict("its needs are met by a project already", found.version, found.state, "needs_met")
        try:
            return self.open_for_needs.begin(work, needs, plan, who.actor)
        except Unfit as unfit:
            raise Unfit(unfit.field.removeprefix("project."), str(unfit)) from None
