"""All that people do with plans and the maintenance fund, on one desk."""

from __future__ import annotations

from dataclasses import dataclass

from services.projects.app.plans.draft_plan import DraftPlan
from services.projects.app.plans.open_listed import OpenListed
from services.projects.app.plans.publish_plan import PublishPlan
from services.projects.app.plans.use_fund import UseFund
from services.projects.domain.plan_rules import PlanRules


@dataclass(frozen=True, slots=True)
class Planning:
    rules: PlanRules
    draft: DraftPlan
    publish: PublishPlan
    open_listed: OpenListed
    fund: UseFund
