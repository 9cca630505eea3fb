"""Proposes a typical case when one type of problem is hot in several places at once."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis.database.work import Work
from services.contracts.project_events import TypicalCaseProposed
from services.projects.app.cases.ports import CaseBook
from services.projects.app.cases.publishing import TOPIC
from services.projects.app.ports import CurrentRules
from services.projects.domain.cases.proposal import Proposal, case_id, first_proposal
from services.projects.domain.cases.typical_case import CaseState, Proposer, TypicalCase
from services.projects.domain.hot_issue import HotIssue

_FACTS = ("version", "type_code", "state", "lead", "hot_issues", "estates", "sub_districts", "proposed_at",
          "rules_version")  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProposeTypicalCases:
    """Reviews a type whenever one of its issues is confirmed, moved or withdrawn, which is rare.

    What a person proposed or chose, the rule leaves alone; after a case is closed, issues confirmed since may make
    another.
    """

    cases: CaseBook
    rules: CurrentRules

    def review(self, work: Work, issue: HotIssue) -> None:
        """The issue has been saved. Publishes a proposal that is new, has changed, or is withdrawn."""
        type_code = issue.cell.type_code
        case = self.cases.lock_type(work, type_code)
        if case and not _left_to_the_rule(case):
            return
        closed_at = case.closed_at if case else None
        standing = self.cases.standing(work, type_code)
        if closed_at:
            standing = [one for one in standing if one.confirmed_at > closed_at]
        found = first_proposal(standing, self.rules.book())
        if found is None:
            if case and case.state is CaseState.PROPOSED:
                case.state = CaseState.WITHDRAWN
                self._publish(work, case)
            return
        if case and case.state is CaseState.PROPOSED and _same(case, found):
            return
        ordinal = case.ordinal + (case.state is CaseState.CLOSED) if case else 0
        self._publish(
            work,
            TypicalCase(
                id=case_id(type_code, ordinal),
                type_code=type_code,
                lead=issue.lead,
                proposed_at=found.at,
                hot_issues=found.hot_issues,
                estates=found.estates,
                sub_districts=found.sub_districts,
                rules_version=found.rules_version,
                ordinal=ordinal,
                version=case.version if case and case.ordinal == ordinal else 0,
            ),
        )

    def _publish(self, work: Work, case: TypicalCase) -> None:
        case.version += 1
        self.cases.save(work, case)
        facts = {name: getattr(case, name) for name in _FACTS}
        work.publish(TOPIC, TypicalCaseProposed(case_id=case.id, ordinal=case.ordinal or None, **facts))


def _left_to_the_rule(case: TypicalCase) -> bool:
    if case.state is CaseState.PROPOSED:
        return case.proposed_by is Proposer.RULE
    return case.state in (CaseState.WITHDRAWN, CaseState.CLOSED)


def _same(case: TypicalCase, found: Proposal) -> bool:
    return (case.proposed_at, case.hot_issues) == (found.at, found.hot_issues)
