"""Measures how pressing a hot issue is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from services.chassis.database.work import Work
from services.contracts.hot_issue_events import Heat
from services.contracts.taxonomy import Taxonomy
from services.contracts.ticket_events import Urgency
from services.projects.app.ports import Calls, CurrentRules, HotIssues
from services.projects.app.register.ports import FloorAreas
from services.projects.domain.heat import growth_of, heat_of
from services.projects.domain.hot_issue import HotIssue, Tally
from services.projects.domain.windows import Window

YEAR_DAYS = 365
"""The past that a window is compared with if the rules have no baseline."""


@dataclass(frozen=True, slots=True)
class MeasureHeat:
    calls: Calls
    issues: HotIssues
    rules: CurrentRules
    taxonomy: Taxonomy
    areas: FloorAreas

    def __call__(self, work: Work, issue: HotIssue, members: Tally) -> Heat:
        """As of the issue's last call."""
        rules = self.rules.book().at(issue.last_at)
        rule = rules.detection
        start = Window(rule.window_days).start(issue.last_at)
        past_days = rule.baseline.past_days if rule.baseline else YEAR_DAYS
        growth = growth_of(
            self.calls.count(work, [issue.cell], start, issue.last_at + timedelta(microseconds=1)),
            self.calls.count(work, [issue.cell], start - timedelta(days=past_days), start),
            rule.window_days,
            past_days,
        )
        kind = self.taxonomy.types.get(issue.cell.type_code)
        severity = rules.severity.get(kind.urgency if kind else Urgency.NORMAL, 1.0)
        area = self.areas.of(work, issue.cell.estate)
        return heat_of(members, self.issues.dissatisfied(work, issue), growth, severity, area)
