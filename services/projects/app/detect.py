"""Detection: what a ticket that begins or ceases to count in a cell means for the cell's hot issue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.chassis.work import Work
from services.projects.app.opening import ACTOR, Opening
from services.projects.app.ports import Calls, HotIssues
from services.projects.app.telling import tell, tell_member
from services.projects.domain.detection import Fulfilment, Sighted, first_fulfilled
from services.projects.domain.hot_issue import JUDGED, OPEN, UNDECIDED, HotIssue, Reason, State, reason_of
from services.projects.domain.months import months_later
from services.projects.domain.rules import Rules


@dataclass(frozen=True, slots=True)
class Detect:
    """Keeps each cell's hot issue what its calls make of it, whatever their order and however often they come.

    The caller holds the lock of the cell, so that two workers cannot both open its issue. What people have decided
    on stays: only an issue that is confirmed and not decided yet loses members or is withdrawn. Costs a look at
    the window round the call, and no more: the age of the data and the size of the issue do not matter.
    """

    calls: Calls
    issues: HotIssues
    rules: Rules
    opening: Opening

    def __call__(self, work: Work, before: Sighted | None, after: Sighted | None) -> None:
        """`before` and `after`: as what the ticket counted, and counts now."""
        if before == after:
            return
        if before:
            self._left(work, before)
        if after:
            self._came(work, after)

    def _came(self, work: Work, sighted: Sighted) -> None:
        cell = sighted.cell
        newest = self.issues.newest(work, cell)
        if newest is None:
            self._open_if_fulfilled(work, sighted, 0, None)
            return
        issue = self._taker(work, newest)
        if issue.state in OPEN:
            self._join(work, sighted, issue)
        if issue.state is State.OBSERVING or issue.state in JUDGED:
            assert issue.accepted_at
            found = self._fulfilled(work, sighted, issue.accepted_at)
            if found and found.at <= months_later(issue.accepted_at, self.rules.reopening.months):
                self.opening.reopen(work, issue, cell, found)
            elif found and issue.state in JUDGED:
                self.opening.open(work, cell, newest.ordinal + 1, issue.accepted_at, found)
        elif issue.state is State.EXPLAINED:
            self._open_if_fulfilled(work, sighted, newest.ordinal + 1, issue.decided_at)
        elif issue.state is State.WITHDRAWN:
            self._open_if_fulfilled(work, sighted, issue.ordinal, issue.counts_from)

    def _taker(self, work: Work, issue: HotIssue) -> HotIssue:
        """The issue that takes this one's calls: the one it was merged into, if it was."""
        while issue.merged_into:
            target = self.issues.lock(work, issue.merged_into)
            assert target
            issue = target
        return issue

    def _open_if_fulfilled(self, work: Work, sighted: Sighted, ordinal: int, counts_from: datetime | None) -> None:
        found = self._fulfilled(work, sighted, counts_from)
        if found:
            self.opening.open(work, sighted.cell, ordinal, counts_from, found)

    def _fulfilled(self, work: Work, sighted: Sighted, counts_from: datetime | None) -> Fulfilment | None:
        """The first fulfilment that this call takes part in: its moment is at most a window later than the call."""
        cell, call = sighted
        if counts_from and call.occurred_at <= counts_from:
            return None
        window = timedelta(days=self.rules.detection.window_days)
        start, end = call.occurred_at - window, call.occurred_at + window
        if call.history and not self.calls.present(work, cell, call.occurred_at, end):
            return None
        start = max(start, counts_from) if counts_from else start
        return first_fulfilled(self.calls.between(work, cell, start, end), self.rules.detection)

    def _join(self, work: Work, sighted: Sighted, issue: HotIssue) -> None:
        cell, call = sighted
        own = issue.cell == cell
        if own and issue.state in UNDECIDED and call.occurred_at <= issue.confirmed_at:
            earlier = self._fulfilled(work, sighted, issue.counts_from)
            if earlier and earlier.at < issue.confirmed_at:
                self.opening.move(work, issue, earlier)
                return
        if call.occurred_at <= self.opening.start(issue):
            return
        reason = reason_of(call.occurred_at, issue.confirmed_at) if own else Reason.MERGED
        new_caller = self.issues.join(work, issue, call, reason)
        if new_caller is None:
            return
        issue.calls += 1
        issue.callers += new_caller
        issue.first_at = min(issue.first_at, call.occurred_at)
        issue.last_at = max(issue.last_at, call.occurred_at)
        tell_member(work, issue, call.ticket_id, reason)
        self.issues.save(work, issue)

    def _left(self, work: Work, sighted: Sighted) -> None:
        issue = self.issues.newest(work, sighted.cell)
        if issue is None or issue.state is not State.CONFIRMED or sighted.call.occurred_at <= self.opening.start(issue):
            return
        self.issues.drop_member(work, issue, sighted.call.ticket_id)
        found = self._fulfilled_yet(work, issue, issue.confirmed_at) or self._fulfilled_yet(work, issue, None)
        if found:
            self.opening.move(work, issue, found)
        elif not issue.holds_others:
            issue.take(State.WITHDRAWN, work.clock.now(), ACTOR, "its tickets were corrected")
            self.issues.drop_members(work, issue, issue.last_at)
            issue.calls = issue.callers = 0
            tell(work, issue)
            self.issues.save(work, issue)

    def _fulfilled_yet(self, work: Work, issue: HotIssue, until: datetime | None) -> Fulfilment | None:
        calls = self.calls.between(work, issue.cell, self.opening.start(issue), until)
        return first_fulfilled(calls, self.rules.detection)
