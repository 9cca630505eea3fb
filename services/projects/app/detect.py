"""Detection: what a ticket that begins or ceases to count in a cell means for the cell's hot issue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.chassis.timers import Timer
from services.chassis.work import Work
from services.projects.app.cure import CLOCK
from services.projects.app.opening import Opening
from services.projects.app.ports import Calls, HotIssues
from services.projects.app.telling import tell, tell_left, tell_member
from services.projects.domain.detection import CountPast, Fulfilment, Level, Sighted, first_hot, first_warning
from services.projects.domain.evidence import Cell
from services.projects.domain.hot_issue import (
    JUDGED,
    NO_ISSUE,
    OPEN,
    UNDECIDED,
    HotIssue,
    Reason,
    State,
    reason_of,
)
from services.projects.domain.months import months_later
from services.projects.domain.rules import RuleBook

BEGINNING = datetime(1, 1, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Detect:
    """Keeps each cell's hot issue what its calls make of it, whatever their order and however often they come.

    The caller holds the lock of the cell, so that two workers cannot both open its issue. What people have decided
    on stays: only an issue that is not decided yet loses members or is withdrawn. Costs a look at the windows round
    the call: the age of the data and the size of the issue do not matter. A correction may look a year further.
    """

    calls: Calls
    issues: HotIssues
    book: RuleBook
    opening: Opening

    def __call__(self, work: Work, before: Sighted | None, after: Sighted | None) -> None:
        """`before` and `after`: as what the ticket counted, and counts now."""
        if before == after:
            return
        if before:
            self._left(work, before)
        if after:
            self._came(work, after)

    def on_lapse_due(self, timer: Timer, work: Work) -> None:
        """Handles the timer LAPSE: a warning stands while calls come, and lapses when they have long ceased."""
        issue = self.issues.lock(work, timer.subject)
        if issue is None or issue.state is not State.SUSPECTED or issue.decide_by != timer.due_at:
            return
        early = self.book.at(issue.confirmed_at).detection.early_warning
        quiet = timedelta(days=early.quiet_days if early else 0)
        latest = self.calls.latest(work, issue.cell)
        if latest and latest > timer.due_at - quiet:
            self.opening.watch(work, issue, latest + quiet)
            return
        issue.take(State.LAPSED, work.clock.now(), CLOCK, f"no further call for {quiet.days} days")
        tell(work, issue)
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
        if issue.state is State.OBSERVING or issue.state in JUDGED:
            assert issue.accepted_at
            limit = months_later(issue.accepted_at, self.book.at(issue.accepted_at).reopening.months)
            # What was explained in a cell before its newest issue was merged into this one stays explained.
            since = self._after(issue.accepted_at, newest.counts_from)
            found = self._hot_near(work, sighted, since)
            if found and found.at <= limit:
                self.opening.reopen(work, issue, cell, found, since)
            elif issue.state in JUDGED and (found or call.occurred_at > limit):
                self._raise(work, sighted, newest.ordinal + 1, since, None)
        elif issue.state is State.EXPLAINED:
            self._raise(work, sighted, newest.ordinal + 1, issue.decided_at, None)
        elif issue.state in NO_ISSUE:
            self._raise(work, sighted, issue.ordinal, issue.counts_from, issue)

    def _taker(self, work: Work, issue: HotIssue) -> HotIssue:
        """The issue that takes this one's calls: the one it was merged into, if it was."""
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
        """Opens the cell's issue, or warns, if the calls round this one fulfil a rule. `gone`: it counts no more."""
        cell, call = sighted
        days = self.book.reach_days if gone else self.book.longest_days
        if counts_from and call.occurred_at <= counts_from:
            return
        until = call.occurred_at + timedelta(days=days)
        if (call.history or gone) and not self.calls.present(work, cell, call.occurred_at, until):
            return
        start = self._after(call.occurred_at - timedelta(days=self.book.longest_days), counts_from)
        calls = self.calls.between(work, cell, start, until)
        found = first_hot(calls, self.book, cell.estate, self._past(work, cell))
        if found:
            self.opening.open(work, cell, ordinal, counts_from, found)
            return
        suspected = known if known and known.state is State.SUSPECTED else None
        if gone or (suspected and call.occurred_at > suspected.confirmed_at):
            return
        since = call.occurred_at - timedelta(days=self.book.warning_days)  # what was before has been warned of
        warning = first_warning([one for one in calls if one.occurred_at > since], self.book)
        if warning and not (suspected and _stands(suspected, warning)):
            self.opening.suspect(work, cell, ordinal, counts_from, warning)

    def _hot_near(self, work: Work, sighted: Sighted, counts_from: datetime | None) -> Fulfilment | None:
        """The first fulfilment that this call takes part in: its moment is at most a window later than the call.

        What is usual there does not count: after a cure it speaks of the time before it.
        """
        cell, call = sighted
        if counts_from and call.occurred_at <= counts_from:
            return None
        span = timedelta(days=self.book.longest_days)
        until = call.occurred_at + span
        if call.history and not self.calls.present(work, cell, call.occurred_at, until):
            return None
        calls = self.calls.between(work, cell, self._after(call.occurred_at - span, counts_from), until)
        return first_hot(calls, self.book, cell.estate)

    def _join(self, work: Work, sighted: Sighted, issue: HotIssue) -> None:
        cell, call = sighted
        own = issue.cell == cell
        if own and issue.provisional and call.occurred_at <= issue.confirmed_at:
            self._review(work, issue, call.occurred_at)
            return
        if own and issue.state in UNDECIDED and call.occurred_at <= issue.confirmed_at:
            earlier = self._hot_near(work, sighted, issue.counts_from)
            if earlier and earlier.at < issue.confirmed_at:
                self.opening.move(work, issue, earlier)
                return
        if call.occurred_at <= self.opening.start(issue):
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
        tell_member(work, issue, call.ticket_id, reason, at)
        self.issues.save(work, issue)

    def _left(self, work: Work, sighted: Sighted) -> None:
        cell, call = sighted
        issue = self.issues.newest(work, cell)
        if issue is None:
            self._raise(work, sighted, 0, None, None, gone=True)
            return
        if issue.state is State.SUSPECTED and call.occurred_at <= issue.confirmed_at:
            self._review_warning(work, issue)
        if issue.state in NO_ISSUE:
            self._raise(work, sighted, issue.ordinal, issue.counts_from, issue, gone=True)
        elif issue.provisional:
            was_member = self.issues.drop_member(work, issue, call.ticket_id)
            if was_member:
                self._shrink(work, issue, call.ticket_id)
            if call.occurred_at <= issue.confirmed_at:
                self._review(work, issue, call.occurred_at)

    def _shrink(self, work: Work, issue: HotIssue, ticket_id: str) -> None:
        tally = self.issues.tally(work, issue)
        if tally:
            issue.tally(tally)
        else:
            issue.calls = issue.callers = 0
        tell_left(work, issue, [ticket_id])
        self.issues.save(work, issue)

    def _review(self, work: Work, issue: HotIssue, changed_at: datetime) -> None:
        """A call up to the moment of the fulfilment came or went: is it fulfilled then, at another time, or not?"""
        past, estate = self._past(work, issue.cell), issue.cell.estate
        span = timedelta(days=self.book.longest_days)
        start = self._after(changed_at - span, issue.counts_from)
        near = changed_at + span < issue.confirmed_at
        until = changed_at + span if near and issue.level is not Level.ABOVE_USUAL else issue.confirmed_at
        found = first_hot(self.calls.between(work, issue.cell, start, until), self.book, estate, past)
        if found is None and until < issue.confirmed_at:
            return  # too long before: the moment stands
        if found is None:
            found = first_hot(self.calls.between(work, issue.cell, start, None), self.book, estate, past)
        if found:
            self.opening.move(work, issue, found)
        elif not issue.holds_others:
            self.opening.withdraw(work, issue, "its tickets were corrected")
            self._warn_if_fulfilled(work, issue)

    def _review_warning(self, work: Work, issue: HotIssue) -> None:
        warning = self._first_warning(work, issue)
        if warning is None:
            self.opening.withdraw(work, issue, "its tickets were corrected")
        elif not _stands(issue, warning):
            self.opening.suspect(work, issue.cell, issue.ordinal, issue.counts_from, warning)

    def _warn_if_fulfilled(self, work: Work, issue: HotIssue) -> None:
        warning = self._first_warning(work, issue)
        if warning:
            self.opening.suspect(work, issue.cell, issue.ordinal, issue.counts_from, warning)

    def _first_warning(self, work: Work, issue: HotIssue) -> Fulfilment | None:
        """Over all that counts in the cell: corrections are few."""
        begin = issue.counts_from or BEGINNING
        return first_warning(self.calls.between(work, issue.cell, begin, None), self.book)

    def _past(self, work: Work, cell: Cell) -> CountPast:
        return lambda begin, end: self.calls.count(work, [cell], begin, end)

    def _after(self, start: datetime, counts_from: datetime | None) -> datetime:
        return max(start, counts_from) if counts_from else start


def _stands(issue: HotIssue, warning: Fulfilment) -> bool:
    """Whether the warning given says what these calls say."""
    given = (issue.confirmed_at, issue.callers, issue.calls, issue.window_days)
    return given == (warning.at, warning.callers, warning.calls, warning.window_days)
