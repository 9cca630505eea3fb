"""Who may decide what on a hot issue: a decision is made by whom it binds. The rules name them (data/rules.yaml)."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime

from services.chassis.commands import Forbidden
from services.contracts.hot_issue_events import DecisionKind
from services.projects.app.authority import Authority
from services.projects.app.ports import CurrentRules
from services.projects.domain.hot_issue import HotIssue
from services.projects.domain.rules import HUB, LEAD, PROJECT_LEAD
from services.projects.domain.works.repair_project import RepairProject


@dataclass(frozen=True, slots=True)
class DecisionMakers:
    rules: CurrentRules

    def of(self, kind: DecisionKind, issue: HotIssue, project: RepairProject | None, at: datetime) -> Set[str]:
        """The units that may decide so, departments by code. `project`: the one to be joined; None opens one."""
        rules = self.rules.book().at(at)
        named = {LEAD: issue.lead, PROJECT_LEAD: project.lead if project else rules.project.lead}
        return {named.get(unit, unit) for unit in rules.decision.made_by[kind]}

    def open_to(self, authority: Authority, issue: HotIssue, at: datetime) -> list[DecisionKind]:
        """What somebody may decide on an issue, without a project to be joined."""
        if not authority.may_act_on(issue):
            return []
        return [kind for kind in DecisionKind if authority.speaks_for(self.of(kind, issue, None, at))]

    def check(
        self, authority: Authority, kind: DecisionKind, issue: HotIssue, project: RepairProject | None, at: datetime
    ) -> None:
        """Raises Forbidden for a decision that binds others."""
        makers = self.of(kind, issue, project, at)
        if not authority.speaks_for(makers):
            units = " or ".join(HUB if unit == HUB else f"department:{unit}" for unit in sorted(makers))
            why = f"{kind} is for {units} to decide: assign the issue to them, or decide otherwise"
            raise Forbidden("binds-others", "The decision binds another unit", why, "kind")
