"""Proposes a typical case when one type of problem is hot in several places at once."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis.database.work import Work
from services.contracts.project_events import TypicalCaseProposed
from services.projects.app.ports import CurrentRules, TypicalCases
from services.projects.domain.hot_issue import HotIssue
from services.projects.domain.typical_case import PROPOSED, WITHDRAWN, Proposal, TypicalCase, case_id, first_proposal

TOPIC = "projects"


@dataclass(frozen=True, slots=True)
class ProposeTypicalCases:
    """Reviews a type whenever one of its issues is confirmed, moved or withdrawn, which is rare."""

    cases: TypicalCases
    rules: CurrentRules

    def review(self, work: Work, issue: HotIssue) -> None:
        """The issue has been saved. Publishes a proposal that is new, has changed, or is withdrawn."""
        type_code = issue.cell.type_code
        case = self.cases.lock(work, type_code)
        found = first_proposal(self.cases.standing(work, type_code), self.rules.book())
        if found is None:
            if case and case.state == PROPOSED:
                case.state = WITHDRAWN
                self._publish(work, case)
            return
        if case and case.state == PROPOSED and _same(case, found):
            return
        version = case.version if case else 0
        self._publish(
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

    def _publish(self, work: Work, case: TypicalCase) -> None:
        case.version += 1
        self.cases.save(work, case)
        facts = {name: getattr(case, name) for name in case.__slots__ if name != "id"}
        work.publish(TOPIC, TypicalCaseProposed(case_id=case.id, **facts))


def _same(case: TypicalCase, found: Proposal) -> bool:
    return (case.proposed_at, case.hot_issues) == (found.at, found.hot_issues)
