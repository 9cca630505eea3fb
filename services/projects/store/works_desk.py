"""The desk of works put together on its tables."""

from __future__ import annotations

from collections.abc import Callable

from services.chassis.database.work import Work
from services.projects.app.ports import RepairProjects
from services.projects.app.works.desk import WorksDesk
from services.projects.app.works.ports import StandingRules
from services.projects.domain.plan_rules import PlanRules
from services.projects.domain.works.consulted import Consulted
from services.projects.domain.works.rules import WorksRules
from services.projects.store.building_sites import known_site
from services.projects.store.own_ids import named_by
from services.projects.store.works import SqlWorks


def works_desk(
    projects: RepairProjects,
    rules: WorksRules,
    plan_rules: PlanRules,
    consulted: Callable[[Work, str], Consulted],
    standing: StandingRules,
) -> WorksDesk:
    return WorksDesk(
        projects,
        SqlWorks(),
        rules,
        plan_rules,
        consulted,
        lambda work, project_id: known_site(work.connection, project_id),
        lambda work, id: named_by(work.connection, id),
        standing,
    )
