"""Raises a hot issue, reopens it, withdraws it, and moves its window when late facts come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from services.chassis.database.work import Work
from services.chassis.messaging import timers
from services.chassis.working_days import Calendar
from services.contracts.numbers import ShortKind, short_number
from services.contracts.taxonomy import Taxonomy
from services.projects.app.cases.propose import ProposeTypicalCases
from services.projects.app.measure_heat import MeasureHeat
from services.projects.app.ports import Calls, CurrentRules, HotIssues
from services.projects.app.publishing import PublishIssue
from services.projects.domain.causes import Cause, Why, fulfilled
from services.projects.domain.detection import Call, Fulfilment, hot_issue_id, place_of
from services.projects.domain.evidence import Cell
from services.projects.domain.hot_issue import HotIssue, IssueState, reason_of
from services.projects.domain.windows import Window

log = structlog.get_logger(__name__)

ACTOR = "detection"
DECIDE = "decide"
LAPSE = "lapse"
LEAD_OF_NOWHERE = "urban-operation"
"""Leads if the catalogue names no department: the district's hub."""


@dataclass(frozen=True, slots=True)
class RaiseIssue:
    """The caller holds the lock of the cell, and of the issue where there is one."""

    calls: Calls
    issues: HotIssues
    publish: PublishIssue
    rules: CurrentRules
    taxonomy: Taxonomy
    measure_heat: MeasureHeat
    typical_cases: ProposeTypicalCases
    calendar: Calendar

    def start(self, issue: HotIssue) -> datetime:
        """Where the window that fulfilled the rule begins: calls up to there are no members."""
        start = Window(issue.window_days).start(issue.confirmed_at)
        return max(start, issue.counts_from) if issue.counts_from else start

    def suspect(self, work: Work, cell: Cell, ordinal: int, counts_from: datetime | None, found: Fulfilment) -> None:
        """Gives an early warning. It has no members until it becomes a hot issue."""
        issue = self._prepared(work, cell, ordinal, counts_from, found)
        held = self.calls.between(work, cell, self.start(issue), found.at)
        self._place(issue, held)
        issue.calls, issue.callers = found.calls, found.callers
        issue.first_at, issue.last_at = held[0].occurred_at, held[-1].occurred_at
        issue.decide_by = found.at + timedelta(days=self._quiet_days(found.at))
        if issue.state is IssueState.SUSPECTED:
            self.publish.correction(work, issue)
        else:
            issue.take(IssueState.SUSPECTED, work.clock.now(), ACTOR, fulfilled(Why.RULE_FULFILLED, found))
            self.publish.step(work, issue)
        timers.start(work, LAPSE, issue.id, issue.decide_by)
        self.issues.save(work, issue)

    def watch(self, work: Work, issue: HotIssue, until: datetime) -> None:
        """Checks a standing warning again at `until`."""
        issue.decide_by = until
        timers.start(work, LAPSE, issue.id, until)
        self.publish.correction(work, issue)
        self.issues.save(work, issue)

    def confirm(self, work: Work, cell: Cell, ordinal: int, counts_from: datetime | None, found: Fulfilment) -> None:
        """Confirms the cell's issue of this ordinal; it may have been suspected, or withdrawn, before."""
        issue = self._prepared(work, cell, ordinal, counts_from, found)
        calls = self.calls.between(work, cell, self.start(issue), None)
        self._place(issue, calls)
        self._ask_for_decision(work, issue)
        issue.take(IssueState.CONFIRMED, work.clock.now(), ACTOR, fulfilled(Why.RULE_FULFILLED, found))
        self.issues.save(work, issue)
        self._take_members(work, issue, calls, step_taken=True)
        self.typical_cases.review(work, issue)

    def reopen(self, work: Work, issue: HotIssue, cell: Cell, found: Fulfilment, since: datetime) -> None:
        """The rule is fulfilled again by calls after `since`, in the issue's cell or in one merged into it.

        `since` is the acceptance of the works or later.
        """
        issue.counts_from = issue.accepted_at
        _set_window(issue, found)
        self._reopen(work, issue, ACTOR, fulfilled(Why.FULFILLED_AFTER_WORKS, found))
        calls = self.calls.between(work, cell, max(self.start(issue), since), None)
        self._take_members(work, issue, calls, step_taken=True)

    def ask_again(self, work: Work, issue: HotIssue, actor: str, cause: Cause, note: str | None) -> None:
        """The decision came to nothing: somebody must decide again."""
        self._reopen(work, issue, actor, cause, note)
        self.publish.step(work, issue)
        self.issues.save(work, issue)

    def move(self, work: Work, issue: HotIssue, found: Fulfilment) -> None:
        """Late facts show that the rule was fulfilled at another moment or by other callers."""
        until = max(issue.confirmed_at, found.at)  # later calls are members already and stay so
        _set_window(issue, found)
        calls = self.calls.between(work, issue.cell, self.start(issue), until)
        left = self.issues.drop_members(work, issue, self.start(issue)) if issue.provisional else []
        self._take_members(work, issue, calls, left=left)
        self.typical_cases.review(work, issue)

    def withdraw(self, work: Work, issue: HotIssue, cause: Cause) -> None:
        """Late facts show that the rule was never fulfilled. An early warning lapses instead."""
        issue.take(
            IssueState.LAPSED if issue.state is IssueState.SUSPECTED else IssueState.WITHDRAWN,
            work.clock.now(),
            ACTOR,
            cause,
        )
        self.issues.drop_members(work, issue, None)
        issue.calls = issue.callers = 0
        self.publish.step(work, issue)
        self.issues.save(work, issue)
        self.typical_cases.review(work, issue)

    def _prepared(
        self, work: Work, cell: Cell, ordinal: int, counts_from: datetime | None, found: Fulfilment
    ) -> HotIssue:
        issue_id = hot_issue_id(cell, ordinal)
        issue = self.issues.lock(work, issue_id)
        if issue is None:
            number = short_number(ShortKind.HOT_ISSUE, work.clock.now(), self.issues.next_number(work))
            issue = _new(issue_id, number, cell, ordinal, counts_from, found)
        _set_window(issue, found)
        return issue

    def _place(self, issue: HotIssue, calls: Sequence[Call]) -> None:
        issue.place = place_of(issue.cell, calls)
        kind = self.taxonomy.types.get(issue.cell.type_code)
        issue.lead = (kind and kind.lead_at(issue.place.sub_district)) or LEAD_OF_NOWHERE

    def _quiet_days(self, moment: datetime) -> int:
        early = self.rules.book().at(moment).detection.early_warning
        assert early
        return early.quiet_days

    def _reopen(self, work: Work, issue: HotIssue, actor: str, cause: Cause, note: str | None = None) -> None:
        issue.forget_decision()
        self._ask_for_decision(work, issue)
        issue.take(IssueState.REOPENED, work.clock.now(), actor, cause, note)

    def _ask_for_decision(self, work: Work, issue: HotIssue) -> None:
        """The days to decide start now, not at the call: nobody could decide before."""
        now, days = work.clock.now(), self.rules.book().at(issue.confirmed_at).decision.working_days
        limit = self.calendar.after_working_days(now, days)
        issue.decide_by, issue.overdue = limit.due, False
        issue.decide_from = None if limit.calendar_known else now
        timers.start(work, DECIDE, issue.id, limit.due)
        if issue.decide_from:
            known = {"hot_issue": issue.id, "number": issue.number}
            log.warning("holidays not announced yet: a deadline counts plain weekdays", **known)

    def _take_members(
        self, work: Work, issue: HotIssue, calls: Sequence[Call], *, left: Sequence[str] = (), step_taken: bool = False
    ) -> None:
        """Makes the calls members; publishes the step or the correction, then each member that left or joined."""
        at = work.clock.now()
        members = {call.ticket_id: (call, reason_of(call.occurred_at, issue.confirmed_at)) for call in calls}
        changed = self.issues.add_members(work, issue, members, at)
        tally = self.issues.tally(work, issue)
        assert tally
        issue.tally(tally)
        issue.heat = self.measure_heat(work, issue, tally)
        if step_taken:
            self.publish.step(work, issue)
        else:
            self.publish.correction(work, issue)
        self.publish.leavers(work, issue, left)
        for ticket_id in changed:
            self.publish.member(work, issue, ticket_id, members[ticket_id][1], at)
        self.issues.save(work, issue)


def _set_window(issue: HotIssue, found: Fulfilment) -> None:
    issue.confirmed_at, issue.window_callers, issue.level = found.at, found.callers, found.level
    issue.window_days, issue.rules_version = found.window_days, found.rules_version


def _new(
    issue_id: str, number: str, cell: Cell, ordinal: int, counts_from: datetime | None, found: Fulfilment
) -> HotIssue:
    return HotIssue(
        id=issue_id,
        number=number,
        cell=cell,
        ordinal=ordinal,
        counts_from=counts_from,
        confirmed_at=found.at,
        first_at=found.at,
        last_at=found.at,
        decide_by=found.at,
    )
