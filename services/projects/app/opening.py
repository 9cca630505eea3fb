"""Raising a hot issue, opening it again, and moving its window when late facts come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from services.chassis import timers
from services.chassis.work import Work
from services.chassis.working_days import after_working_days
from services.contracts.hot_issue_events import Heat
from services.contracts.taxonomy import Taxonomy
from services.contracts.ticket_events import Urgency
from services.projects.app.cases import Cases
from services.projects.app.ports import Calls, HotIssues
from services.projects.app.telling import tell, tell_corrected, tell_left, tell_member
from services.projects.domain.detection import Call, Fulfilment, hot_issue_id, place_of
from services.projects.domain.evidence import Cell
from services.projects.domain.heat import growth_of, heat_of
from services.projects.domain.hot_issue import HotIssue, State, Tally, reason_of
from services.projects.domain.rules import RuleBook
from services.projects.domain.windows import Window

log = structlog.get_logger(__name__)

ACTOR = "detection"
YEAR_DAYS = 365
DECIDE = "decide"
LAPSE = "lapse"
LEAD_OF_NOWHERE = "urban-operation"
"""Leads where the catalogue cannot name a department: the district's hub."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The caller holds the lock of the cell, and of the issue where there is one."""

    calls: Calls
    issues: HotIssues
    book: RuleBook
    taxonomy: Taxonomy
    cases: Cases

    def start(self, issue: HotIssue) -> datetime:
        """Where the window that fulfilled the rule begins: calls up to there are no members."""
        start = Window(issue.window_days).start(issue.confirmed_at)
        return max(start, issue.counts_from) if issue.counts_from else start

    def suspect(self, work: Work, cell: Cell, ordinal: int, counts_from: datetime | None, found: Fulfilment) -> None:
        """Gives an early warning. It has no members: who called is told when it becomes a hot issue."""
        issue = self._prepared(work, cell, ordinal, counts_from, found)
        held = self.calls.between(work, cell, self.start(issue), found.at)
        self._place(issue, held)
        issue.calls, issue.callers = found.calls, found.callers
        issue.first_at, issue.last_at = held[0].occurred_at, held[-1].occurred_at
        issue.decide_by = found.at + timedelta(days=self._quiet_days(found.at))
        if issue.state is State.SUSPECTED:
            tell_corrected(work, issue)
        else:
            issue.take(State.SUSPECTED, work.clock.now(), ACTOR, _why(found))
            tell(work, issue)
        timers.start(work, LAPSE, issue.id, issue.decide_by)
        self.issues.save(work, issue)

    def watch(self, work: Work, issue: HotIssue, until: datetime) -> None:
        """A warning that stands is looked at again then."""
        issue.decide_by = until
        timers.start(work, LAPSE, issue.id, until)
        tell_corrected(work, issue)
        self.issues.save(work, issue)

    def open(self, work: Work, cell: Cell, ordinal: int, counts_from: datetime | None, found: Fulfilment) -> None:
        """Confirms the cell's issue of this ordinal; it may have been suspected, or withdrawn, before."""
        issue = self._prepared(work, cell, ordinal, counts_from, found)
        calls = self.calls.between(work, cell, self.start(issue), None)
        self._place(issue, calls)
        self._ask_for_decision(work, issue)
        issue.take(State.CONFIRMED, work.clock.now(), ACTOR, _why(found))
        self.issues.save(work, issue)
        self._take_members(work, issue, calls, step_taken=True)
        self.cases.look(work, issue)

    def reopen(self, work: Work, issue: HotIssue, cell: Cell, found: Fulfilment, since: datetime) -> None:
        """The rule is fulfilled again by calls after `since`, the acceptance or later, in the issue's cell or in one
        merged into it."""
        issue.counts_from = issue.accepted_at
        _set_window(issue, found)
        self._reopen(work, issue, ACTOR, f"after the works: {_why(found)}")
        calls = self.calls.between(work, cell, max(self.start(issue), since), None)
        self._take_members(work, issue, calls, step_taken=True)

    def ask_again(self, work: Work, issue: HotIssue, actor: str, detail: str) -> None:
        """What was decided comes to nothing: somebody must decide once more."""
        self._reopen(work, issue, actor, detail)
        tell(work, issue)
        self.issues.save(work, issue)

    def move(self, work: Work, issue: HotIssue, found: Fulfilment) -> None:
        """Late facts: the rule was fulfilled at another moment, or by other callers, than it seemed."""
        until = max(issue.confirmed_at, found.at)  # calls later than both are members already, and stay what they are
        _set_window(issue, found)
        calls = self.calls.between(work, issue.cell, self.start(issue), until)
        left = self.issues.drop_members(work, issue, self.start(issue)) if issue.provisional else []
        self._take_members(work, issue, calls, left=left)
        self.cases.look(work, issue)

    def withdraw(self, work: Work, issue: HotIssue, why: str) -> None:
        """The rule was never fulfilled, as is known now; an early warning lapses."""
        issue.take(State.LAPSED if issue.state is State.SUSPECTED else State.WITHDRAWN, work.clock.now(), ACTOR, why)
        self.issues.drop_members(work, issue, None)
        issue.calls = issue.callers = 0
        tell(work, issue)
        self.issues.save(work, issue)
        self.cases.look(work, issue)

    def heat(self, work: Work, issue: HotIssue, members: Tally) -> Heat:
        """As of the issue's last call."""
        rules = self.book.at(issue.last_at)
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
        area = rule.floor_area.estates.get(issue.cell.estate) if rule.floor_area else None
        return heat_of(members, self.issues.dissatisfied(work, issue), growth, severity, area)

    def _prepared(
        self, work: Work, cell: Cell, ordinal: int, counts_from: datetime | None, found: Fulfilment
    ) -> HotIssue:
        issue_id = hot_issue_id(cell, ordinal)
        issue = self.issues.lock(work, issue_id) or _new(issue_id, cell, ordinal, counts_from, found)
        _set_window(issue, found)
        return issue

    def _place(self, issue: HotIssue, calls: Sequence[Call]) -> None:
        issue.place = place_of(issue.cell, calls)
        kind = self.taxonomy.types.get(issue.cell.type_code)
        issue.lead = (kind and kind.lead_at(issue.place.sub_district)) or LEAD_OF_NOWHERE

    def _quiet_days(self, moment: datetime) -> int:
        early = self.book.at(moment).detection.early_warning
        assert early
        return early.quiet_days

    def _reopen(self, work: Work, issue: HotIssue, actor: str, detail: str) -> None:
        issue.forget_decision()
        self._ask_for_decision(work, issue)
        issue.take(State.REOPENED, work.clock.now(), actor, detail)

    def _ask_for_decision(self, work: Work, issue: HotIssue) -> None:
        """The days to decide begin when the platform knows, not at the call: nobody could decide before."""
        limit = after_working_days(work.clock.now(), self.book.at(issue.confirmed_at).decision.working_days)
        issue.decide_by, issue.overdue = limit.due, False
        timers.start(work, DECIDE, issue.id, limit.due)
        if not limit.calendar_known:
            log.warning("holidays not announced yet: a deadline counts plain weekdays", hot_issue=issue.id)

    def _take_members(
        self, work: Work, issue: HotIssue, calls: Sequence[Call], *, left: Sequence[str] = (), step_taken: bool = False
    ) -> None:
        """Makes the calls members; tells of the step or the correction, then of each who left or joined."""
        at = work.clock.now()
        members = {call.ticket_id: (call, reason_of(call.occurred_at, issue.confirmed_at)) for call in calls}
        changed = self.issues.add_members(work, issue, members, at)
        tally = self.issues.tally(work, issue)
        assert tally
        issue.tally(tally)
        issue.heat = self.heat(work, issue, tally)
        if step_taken:
            tell(work, issue)
        else:
            tell_corrected(work, issue)
        tell_left(work, issue, left)
        for ticket_id in changed:
            tell_member(work, issue, ticket_id, members[ticket_id][1], at)
        self.issues.save(work, issue)


def _set_window(issue: HotIssue, found: Fulfilment) -> None:
    issue.confirmed_at, issue.window_callers, issue.level = found.at, found.callers, found.level
    issue.window_days, issue.rules_version = found.window_days, found.rules_version


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


def _why(found: Fulfilment) -> str:
    return f"{found.callers} distinct callers within {found.window_days} days"
