"""The use cases of the loop, put together over PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from uuid import uuid4

from services.chassis.timers import Timer, each
from services.chassis.work import Work
from services.contracts.taxonomy import taxonomy
from services.projects.adapters.calls import SqlCalls
from services.projects.adapters.hot_issues import SqlHotIssues
from services.projects.adapters.matter_calls import CallsAnywhere
from services.projects.adapters.repair_projects import SqlProjects
from services.projects.adapters.rules_file import in_force
from services.projects.adapters.typical_cases import SqlTypicalCases
from services.projects.app.cases import Cases
from services.projects.app.cure import OBSERVE, Cure
from services.projects.app.decide import Decide
from services.projects.app.detect import Detect
from services.projects.app.opening import DECIDE, LAPSE, Opening
from services.projects.app.repair import Repair
from services.projects.domain.rules import RuleBook


@dataclass(frozen=True, slots=True)
class Loop:
    book: RuleBook
    opening: Opening
    detect: Detect
    decide: Decide
    repair: Repair
    cure: Cure


def loop() -> Loop:
    """By the rules that are in force."""
    return loop_by(in_force())


@lru_cache(maxsize=4)
def loop_by(book: RuleBook) -> Loop:
    calls, issues, projects = CallsAnywhere(SqlCalls(book)), SqlHotIssues(), SqlProjects()
    opening = Opening(calls, issues, book, taxonomy(), Cases(SqlTypicalCases(), book))
    cure = Cure(calls, issues, book)
    repair = Repair(projects, issues, cure, opening, book, taxonomy(), lambda: str(uuid4()))
    return Loop(book, opening, Detect(calls, issues, book, opening), Decide(issues, repair, cure), repair, cure)


def _on_decide_due(timer: Timer, work: Work) -> None:
    loop().cure.on_decide_due(timer, work)


def _on_observe_due(timer: Timer, work: Work) -> None:
    loop().cure.on_observe_due(timer, work)


def _on_lapse_due(timer: Timer, work: Work) -> None:
    loop().detect.on_lapse_due(timer, work)


TIMERS = {DECIDE: each(_on_decide_due), OBSERVE: each(_on_observe_due), LAPSE: each(_on_lapse_due)}
