"""The use cases of the loop, put together over PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from uuid import uuid4

from services.contracts.taxonomy import taxonomy
from services.projects.adapters.calls import SqlCalls
from services.projects.adapters.hot_issues import SqlHotIssues
from services.projects.adapters.repair_projects import SqlProjects
from services.projects.adapters.rules_file import rules
from services.projects.app.cure import Cure
from services.projects.app.decide import Decide
from services.projects.app.detect import Detect
from services.projects.app.opening import Opening
from services.projects.app.repair import Repair


@dataclass(frozen=True, slots=True)
class Loop:
    detect: Detect
    decide: Decide
    repair: Repair
    cure: Cure


@cache
def loop() -> Loop:
    """By the rules as they stand in `data/rules.yaml`."""
    calls, issues, projects = SqlCalls(), SqlHotIssues(), SqlProjects()
    opening = Opening(calls, issues, rules(), taxonomy())
    cure = Cure(calls, issues, rules())
    repair = Repair(projects, issues, cure, opening, rules(), taxonomy(), lambda: str(uuid4()))
    return Loop(Detect(calls, issues, rules(), opening), Decide(issues, repair, cure), repair, cure)
