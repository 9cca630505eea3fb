"""Proposes a typical case when one type of problem is hot in several places at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.chassis.database.work import Work
from services.contracts.case_events import TypicalCaseEvidenceChanged
from services.contracts.project_events import TypicalCaseProposed
from services.projects.app.cases.ports import CaseBook
from services.projects.app.cases.publishing import TOPIC, case_facts
from services.projects.app.ports import CurrentRules
from services.projects.domain.cases.proposal import Proposal, Standing, came_later, case_id, first_proposal
from services.projects.domain.cases.typical_case import ENDED, CaseState, Proposer, TypicalCase
from services.projects.domain.hot_issue import HotIssue

RULE = "rule"
"""Who finds what joins a case."""
_FACTS = ("version", "type_code", "state", "lead", "hot_issues", "estates", "sub_districts", "proposed_at",
          "rules_version")  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProposeTypicalCases:
    """Reviews a type whenever one of its issues is confirmed, moved or withdrawn, which is rare.

    What a person proposed or chose, the rule leaves alone, save for evidence that came later, which is added. After a
    case is closed, issues confirmed since may make another.
    """

    cases: CaseBook
    rules: CurrentRules

    def review(self, work: Work, issue: HotIssue) -> None:
        """The issue has been saved. Publishes a proposal that is new, has changed, or is withdrawn, and what joined."""
        case = self.cases.lock_type(work, issue.cell.type_code)
        standing = self.cases.standing(work, issue.cell.type_code)
        if case is None or _left_to_the_rule(case):
            case = self._by_the_rule(work, case, standing, issue)
        if case and case.state not in ENDED:
            self._evidence(work, case, standing)

    def _by_the_rule(
        self, work: Work, case: TypicalCase | None, standing: Sequence[Standing], issue: HotIssue
    ) -> TypicalCase | None:
        """The case as the rule leaves it."""
        closed_at = case.closed_at if case else None
        counted = [one for one in standing if closed_at is None or one.confirmed_at > closed_at]
        found = first_proposal(counted, self.rules.book())
        if found is None:
            if case and case.state is CaseState.PROPOSED:
                case.state, case.later_issues = CaseState.WITHDRAWN, ()
                self._publish(work, case)
            return case
        if case and case.state is CaseState.PROPOSED and _same(case, found):
            return case
        ordinal = case.ordinal + (case.state is CaseState.CLOSED) if case else 0
        proposed = TypicalCase(
            id=case_id(issue.cell.type_code, ordinal),
            type_code=issue.cell.type_code,
            lead=issue.lead,
            proposed_at=found.at,
            hot_issues=found.hot_issues,
            estates=found.estates,
            sub_districts=found.sub_districts,
            rules_version=found.rules_version,
            ordinal=ordinal,
            version=case.version if case and case.ordinal == ordinal else 0,
        )
        self._publish(work, proposed)
        return proposed

    def _evidence(self, work: Work, case: TypicalCase, standing: Sequence[Standing]) -> None:
        """What came later is kept with the case, whoever proposed it."""
        known, later = case.later_issues, came_later(standing, case.hot_issues, case.proposed_at)
        if set(later) == set(known):
            return
        case.later_issues = later
        case.version += 1
        self.cases.save(work, case)
        joined, left = (tuple(sorted({*one} - {*other})) for one, other in ((later, known), (known, later)))
        work.publish(TOPIC, TypicalCaseEvidenceChanged(**case_facts(case), joined=joined, left=left, actor=RULE))

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
