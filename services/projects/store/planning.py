"""Planning put together on its tables."""

from __future__ import annotations

from collections.abc import Callable

from services.contracts.taxonomy import taxonomy
from services.projects.app.measure_heat import MeasureHeat
from services.projects.app.needs.gather import GatherNeeds
from services.projects.app.needs.open_project import OpenForNeeds
from services.projects.app.plans.draft_plan import DraftPlan
from services.projects.app.plans.open_listed import OpenListed
from services.projects.app.plans.planning import Planning
from services.projects.app.plans.publish_plan import PublishPlan
from services.projects.app.plans.rank_estates import RankEstates
from services.projects.app.plans.use_fund import UseFund
from services.projects.domain.plan_rules import PlanRules
from services.projects.store.fund_uses import SqlFundUses
from services.projects.store.plans import SqlPlanBook


def planning(
    gather: GatherNeeds,
    open_for_needs: OpenForNeeds,
    heat: MeasureHeat,
    plan_rules: PlanRules,
    new_id: Callable[[], str],
) -> Planning:
    book, rules = SqlPlanBook(), gather.rules
    return Planning(
        plan_rules,
        DraftPlan(book, RankEstates(heat, taxonomy()), plan_rules, rules, new_id),
        PublishPlan(book, gather),
        OpenListed(book, open_for_needs),
        UseFund(SqlFundUses(), gather.book, plan_rules.emergency, rules),
    )
