"""Opening a hot issue, opening it again, and moving its window when late facts come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from services.chassis import timers
from services.chassis.work import Work
from services.chassis.working_days import after_working_days
from services.contracts.taxonomy import Taxonomy
from services.projects.app.ports import Calls, HotIssues
from services.projects.app.telling import tell, tell_member
from services.projects.domain.detection import Call, Fulfilment, hot_issue_id, place_of
from services.projects.domain.evidence import Cell
from services.projects.domain.hot_issue import HotIssue, State, reason_of
from services.projects.domain.rules import Rules
from services.projects.domain.windows import Window

log = structlog.get_logger(__name__)

ACTOR = "detection"
DECIDE = "decide"
LEAD_OF_NOWHERE = "urban-operation"
"""Leads where the catalogue cannot name a department: the district's hub."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The caller holds the lock of the cell, and of the issue where there is one."""

    calls: Calls
    issues: HotIssues
    rules: Rules
    taxonomy: Taxonomy

    def start(self, issue: HotIssue) -> datetime:
        """Where the window that fulfilled the rule begins: calls up to there are no members."""
        start = Window(issue.window_days).start(issue.confirmed_at)
        return max(start, issue.counts_from) if issue.counts_from else start

    def open(self, work: Work, cell: Cell, ordinal: int, counts_from: datetime | None, found: Fulfilment) -> None:
        """Confirms the cell's issue of this ordinal; it may have been withdrawn before."""
        issue_id = hot_issue_id(cell, ordinal)
        issue = self.issues.lock(work, issue_id) or _new(issue_id, cell, ordinal, counts_from, found)
        self._set_window(issue, found)
        calls = self.calls.between(work, cell, self.start(issue), None)
        issue.place = place_of(cell, calls)
        kind = self.taxonomy.types.get(cell.type_code)
        issue.lead = (kind and kind.lead_at(issue.place.sub_district)) or LEAD_OF_NOWHERE
        self._ask_for_decision(work, issue)
        issue.take(State.CONFIRMED, work.clock.now(), ACTOR, _why(found, issue))
        self.issues.save(work, issue)
        self._take_members(work, issue, calls, step_taken=True)

    def reopen(self, work: Work, issue: HotIssue, cell: Cell, found: Fulfilment) -> None:
        """The rule is fulfilled again by calls after the acceptance, in the issue's cell or in one merged into it."""
        issue.counts_from = issue.accepted_at
        self._set_window(issue, found)
        self._reopen(work, issue, ACTOR, f"after the works: {_why(found, issue)}")
        self._take_members(work, issue, self.calls.between(work, cell, self.start(issue), None), step_taken=True)

    def ask_again(self, work: Work, issue: HotIssue, actor: str, detail: str) -> None:
        """What was decided comes to nothing: somebody must decide once more."""
        self._reopen(work, issue, actor, detail)
        tell(work, issue)
        self.issues.save(work, issue)

    def _reopen(self, work: Work, issue: HotIssue, actor: str, detail: str) -> None:
        issue.forget_decision()
        self._ask_for_decision(work, issue)
        issue.take(State.REOPENED, work.clock.now(), actor, detail)

    def move(self, work: Work, issue: HotIssue, found: Fulfilment) -> None:
        """Late facts: the rule was fulfilled at another moment, or by other callers, than it seemed.

        Told with the next member; nothing is decided yet that could depend on the moment.
        """
        until = max(issue.confirmed_at, found.at)  # calls later than both are members already, and stay what they are
        self._set_window(issue, found)
        if issue.state is State.CONFIRMED:
            self.issues.drop_members(work, issue, self.start(issue))
        self._take_members(work, issue, self.calls.between(work, issue.cell, self.start(issue), until))

    def _set_window(self, issue: HotIssue, found: Fulfilment) -> None:
        issue.confirmed_at, issue.window_callers = found
        issue.window_days, issue.rules_version = self.rules.detection.window_days, self.rules.version

    def _ask_for_decision(self, work: Work, issue: HotIssue) -> None:
        """The days to decide begin when the platform knows, not at the call: nobody could decide before."""
        limit = after_working_days(work.clock.now(), self.rules.decision.working_days)
        issue.decide_by, issue.overdue = limit.due, False
        timers.start(work, DECIDE, issue.id, limit.due)
        if not limit.calendar_known:
            log.warning("holidays not announced yet: a deadline counts plain weekdays", hot_issue=issue.id)

    def _take_members(self, work: Work, issue: HotIssue, calls: Sequence[Call], *, step_taken: bool = False) -> None:
        """Makes the calls members; tells of the step, if one was taken, then of each new member."""
        members = {call.ticket_id: (call, reason_of(call.occurred_at, issue.confirmed_at)) for call in calls}
        joined = self.issues.add_members(work, issue, members)
        issue.tally(self.issues.tally(work, issue))
        if step_taken:
            tell(work, issue)
        for ticket_id in joined:
            tell_member(work, issue, ticket_id, members[ticket_id][1])
        self.issues.save(work, issue)


def _new(issue_id: str, cell: Cell, ordinal: int, counts_from: datetime | None, found: Fulfilment) -> HotIssue:
    return HotIssue(
        id=issue_id,
        cell=cell,
        ordinal=ordinal,
        counts_from=counts_from,
        confirmed_at=found.at,
        first_at=found.at,
        last_at=found.at,
        decide_by=found.at,
    )


def _why(found: Fulfilment, issue: HotIssue) -> str:
    return f"{found.callers} distinct callers within {issue.window_days} days"
