"""Detection: what it means for a cell's hot issue that a ticket starts or stops counting there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.chassis.database.work import Work
from services.chassis.messaging.timers import Timer
from services.projects.app.cure import CLOCK
from services.projects.app.effect.watch_relapse import watched_until
from services.projects.app.ports import Calls, CurrentRules, HotIssues
from services.projects.app.publishing import PublishIssue
from services.projects.app.raise_issue import RaiseIssue
from services.projects.app.register.ports import FloorAreas
from services.projects.app.review_issue import ReviewIssue, says_the_same
from services.projects.domain.causes import Cause, Why
from services.projects.domain.detection import Fulfilment, Sighted, first_hot, first_warning
from services.projects.domain.hot_issue import (
    JUDGED,
    NO_ISSUE,
    OPEN,
    UNDECIDED,
    HotIssue,
    IssueState,
    Reason,
    reason_of,
)
from services.projects.domain.windows import no_earlier


@dataclass(frozen=True, slots=True)
class Detect:
    """Keeps each cell's hot issue as its calls require, whatever their order and however often they come.

    The caller holds the lock of the cell, so that two workers cannot both raise its issue. What people have decided
    on stays: only an issue that is not decided yet loses members or is withdrawn. The cost is that of the windows
    around the call: the age of the data and the size of the issue do not matter. A correction may look a year further.
    """

    calls: Calls
    issues: HotIssues
    publish: PublishIssue
    rules: CurrentRules
    raise_issue: RaiseIssue
    review: ReviewIssue
    areas: FloorAreas

    def __call__(self, work: Work, before: Sighted | None, after: Sighted | None) -> None:
        """`before` and `after`: where the ticket counted, and where it counts now."""
        if before == after:
            return
        if before:
            self._left(work, before)
        if after:
            self._came(work, after)

    def on_lapse_due(self, timer: Timer, work: Work) -> None:
        """Handles the timer LAPSE: a warning stands while calls come and lapses after `quiet_days` without one."""
        issue = self.issues.lock(work, timer.subject)
        if issue is None or issue.state is not IssueState.SUSPECTED or issue.decide_by != timer.due_at:
            return
        early = self.rules.book().at(issue.confirmed_at).detection.early_warning
        quiet = timedelta(days=early.quiet_days if early else 0)
        latest = self.calls.latest(work, issue.cell)
        if latest and latest > timer.due_at - quiet:
            self.raise_issue.watch(work, issue, latest + quiet)
            return
        issue.take(IssueState.LAPSED, work.clock.now(), CLOCK, Cause(Why.NO_FURTHER_CALL, {"days": quiet.days}))
        self.publish.step(work, issue)
        self.issues.save(work, issue)

    def _came(self, work: Work, sighted: Sighted) -> None:
        cell, call = sighted
        newest = self.issues.newest(work, cell)
        if newest is None:
            self._raise(work, sighted, 0, None, None)
            return
        issue = self._taker(work, newest)
        if issue.state in OPEN:
            self._join(work, sighted, issue)
        if issue.state is IssueState.OBSERVING or issue.state in JUDGED:
            assert issue.accepted_at
            assert issue.observe_until
            limit = watched_until(issue.accepted_at, issue.observe_until, self.rules.book())
            # What was explained in a cell before its newest issue was merged stays explained.
            since = no_earlier(issue.accepted_at, newest.counts_from)
            found = self._hot_near(work, sighted, since)
            if found and found.at <= limit:
                self.raise_issue.reopen(work, issue, cell, found, since)
            elif issue.state in JUDGED and (found or call.occurred_at > limit):
                self._raise(work, sighted, newest.ordinal + 1, since, None)
        elif issue.state is IssueState.EXPLAINED:
            self._raise(work, sighted, newest.ordinal + 1, issue.decided_at, None)
        elif issue.state in NO_ISSUE:
            self._raise(work, sighted, issue.ordinal, issue.counts_from, issue)

    def _taker(self, work: Work, issue: HotIssue) -> HotIssue:
        """The issue that takes this one's calls: itself, or the one it was merged into."""
        while issue.merged_into:
            target = self.issues.lock(work, issue.merged_into)
            assert target
            issue = target
        return issue

    def _raise(
        self,
        work: Work,
        sighted: Sighted,
        ordinal: int,
        counts_from: datetime | None,
        known: HotIssue | None,
        *,
        gone: bool = False,
    ) -> None:
        """Raises the cell's issue, or warns, if the calls around this one fulfil a rule. `gone`: it counts no more."""
        cell, call = sighted
        book = self.rules.book()
        if counts_from and call.occurred_at <= counts_from:
            return
        until = call.occurred_at + timedelta(days=book.reach_days if gone else book.longest_days)
        if (call.history or gone) and not self.calls.present(work, cell, call.occurred_at, until):
            return
        start = no_earlier(call.occurred_at - timedelta(days=book.longest_days), counts_from)
        calls = self.calls.between(work, cell, start, until)
        found = first_hot(calls, book, self.areas.of(work, cell.estate), self.review.past(work, cell))
        if found:
            self.raise_issue.confirm(work, cell, ordinal, counts_from, found)
            return
        suspected = known if known and known.state is IssueState.SUSPECTED else None
        if gone or (suspected and call.occurred_at > suspected.confirmed_at):
            return
        since = call.occurred_at - timedelta(days=book.warning_days)  # earlier calls have been warned of
        warning = first_warning([one for one in calls if one.occurred_at > since], book)
        if warning and not (suspected and says_the_same(suspected, warning)):
            self.raise_issue.suspect(work, cell, ordinal, counts_from, warning)

    def _hot_near(self, work: Work, sighted: Sighted, counts_from: datetime | None) -> Fulfilment | None:
        """The first fulfilment that this call takes part in: its moment is at most a window later than the call.

        The usual rate is not considered: after a cure it describes the time before it.
        """
        cell, call = sighted
        if counts_from and call.occurred_at <= counts_from:
            return None
        span = timedelta(days=self.rules.book().longest_days)
        until = call.occurred_at + span
        if call.history and not self.calls.present(work, cell, call.occurred_at, until):
            return None
        calls = self.calls.between(work, cell, no_earlier(call.occurred_at - span, counts_from), until)
        return first_hot(calls, self.rules.book(), self.areas.of(work, cell.estate))

    def _join(self, work: Work, sighted: Sighted, issue: HotIssue) -> None:
        cell, call = sighted
        own = issue.cell == cell
        if own and issue.provisional and call.occurred_at <= issue.confirmed_at:
            self.review.evidence(work, issue, call.occurred_at)
            return
        if own and issue.state in UNDECIDED and call.occurred_at <= issue.confirmed_at:
            earlier = self._hot_near(work, sighted, issue.counts_from)
            if earlier and earlier.at < issue.confirmed_at:
                self.raise_issue.move(work, issue, earlier)
                return
        if call.occurred_at <= self.raise_issue.start(issue):
            return
        reason = reason_of(call.occurred_at, issue.confirmed_at) if own else Reason.MERGED
        at = work.clock.now()
        new_caller = self.issues.join(work, issue, call, reason, at)
        if new_caller is None:
            return
        issue.calls += 1
        issue.callers += new_caller
        issue.first_at = min(issue.first_at, call.occurred_at)
        issue.last_at = max(issue.last_at, call.occurred_at)
        self.publish.member(work, issue, call.ticket_id, reason, at)
        self.issues.save_growth(work, issue)

    def _left(self, work: Work, sighted: Sighted) -> None:
        cell, call = sighted
        issue = self.issues.newest(work, cell)
        if issue is None:
            self._raise(work, sighted, 0, None, None, gone=True)
            return
        if issue.state is IssueState.SUSPECTED and call.occurred_at <= issue.confirmed_at:
            self.review.warning(work, issue)
        if issue.state in NO_ISSUE:
            self._raise(work, sighted, issue.ordinal, issue.counts_from, issue, gone=True)
        elif issue.provisional:
            was_member = self.issues.drop_member(work, issue, call.ticket_id)
            if was_member:
                self.review.shrink(work, issue, call.ticket_id)
            if call.occurred_at <= issue.confirmed_at:
                self.review.evidence(work, issue, call.occurred_at)
