"""Proposing a typical case when one type of problem is hot in several places at once."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis.work import Work
from services.contracts.project_events import TypicalCaseProposed
from services.projects.app.ports import TypicalCases
from services.projects.domain.hot_issue import HotIssue
from services.projects.domain.rules import RuleBook
from services.projects.domain.typical_case import PROPOSED, WITHDRAWN, Proposal, TypicalCase, case_id, first_proposal

TOPIC = "projects"


@dataclass(frozen=True, slots=True)
class Cases:
    """Looks at a type whenever one of its issues is confirmed, moved or withdrawn: these are few."""

    cases: TypicalCases
    book: RuleBook

    def look(self, work: Work, issue: HotIssue) -> None:
        """The issue has been saved. Tells the proposal when it is new, other than before, or no longer one."""
        type_code = issue.cell.type_code
        case = self.cases.lock(work, type_code)
        found = first_proposal(self.cases.standing(work, type_code), self.book)
        if found is None:
            if case and case.state == PROPOSED:
                case.state = WITHDRAWN
                self._tell(work, case)
            return
        if case and case.state == PROPOSED and _same(case, found):
            return
        version = case.version if case else 0
        self._tell(
            work,
            TypicalCase(
                id=case_id(type_code),
                type_code=type_code,
                lead=issue.lead,
                proposed_at=found.at,
                hot_issues=found.hot_issues,
                estates=found.estates,
                sub_districts=found.sub_districts,
                rules_version=found.rules_version,
                version=version,
            ),
        )

    def _tell(self, work: Work, case: TypicalCase) -> None:
        case.version += 1
        self.cases.save(work, case)
        facts = {name: getattr(case, name) for name in case.__slots__ if name != "id"}
        work.publish(TOPIC, TypicalCaseProposed(case_id=case.id, **facts))


def _same(case: TypicalCase, found: Proposal) -> bool:
    return (case.proposed_at, case.hot_issues) == (found.at, found.hot_issues)
