"""Typical cases and standards put together on their tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from services.projects.app.cases.case_clocks import CaseClocks
from services.projects.app.cases.work_on_case import WorkOnCase
from services.projects.app.cases_and_standards import RulesOfTypes
from services.projects.app.ports import RepairProjects
from services.projects.app.standards.acts import StandardActs
from services.projects.app.standards.desk import StandardDesk
from services.projects.app.standards.draft_standard import DraftStandard
from services.projects.app.standards.issue_standard import IssueStandard
from services.projects.app.standards.roll_out import RollOut
from services.projects.app.standards.standard_clocks import StandardClocks
from services.projects.domain.menu import MenuItem
from services.projects.domain.standards.rules import StandardRules
from services.projects.store.cases import SqlCaseBook
from services.projects.store.standards import SqlStandardBook


def rules_of_types(
    projects: RepairProjects, rules: StandardRules, base_menu: Sequence[MenuItem], new_id: Callable[[], str]
) -> RulesOfTypes:
    book, cases = SqlStandardBook(), SqlCaseBook()
    on_cases = WorkOnCase(cases, projects, book.stands, rules.pilot_days, new_id)
    desk = StandardDesk(book, rules, new_id)
    acts = StandardActs(
        DraftStandard(desk, on_cases.link_standard),
        IssueStandard(desk, base_menu, on_cases.free),
        RollOut(desk),
        StandardClocks(book),
    )
    return RulesOfTypes(on_cases, CaseClocks(cases, book.stands, rules.pilot_days), acts)
