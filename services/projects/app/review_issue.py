"""Reviews an existing issue when late facts or corrections come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.chassis.database.work import Work
from services.projects.app.ports import Calls, CurrentRules, HotIssues
from services.projects.app.publishing import PublishIssue
from services.projects.app.raise_issue import RaiseIssue
from services.projects.app.register.ports import FloorAreas
from services.projects.domain.causes import Cause, Why
from services.projects.domain.detection import CountPast, Fulfilment, IssueLevel, first_hot, first_warning
from services.projects.domain.evidence import Cell
from services.projects.domain.hot_issue import HotIssue
from services.projects.domain.windows import no_earlier

BEGINNING = datetime(1, 1, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ReviewIssue:
    """The caller holds the lock of the cell and of the issue."""

    calls: Calls
    issues: HotIssues
    publish: PublishIssue
    rules: CurrentRules
    raise_issue: RaiseIssue
    areas: FloorAreas

    def evidence(self, work: Work, issue: HotIssue, changed_at: datetime) -> None:
        """A call up to `confirmed_at` was added or removed: confirms, moves or withdraws the issue."""
        book = self.rules.book()
        past, area = self.past(work, issue.cell), self.areas.of(work, issue.cell.estate)
        span = timedelta(days=book.longest_days)
        start = no_earlier(changed_at - span, issue.counts_from)
        near = changed_at + span < issue.confirmed_at
        until = changed_at + span if near and issue.level is not IssueLevel.ABOVE_USUAL else issue.confirmed_at
        found = first_hot(self.calls.between(work, issue.cell, start, until), book, area, past)
        if found is None and until < issue.confirmed_at:
            return  # too early to matter
        if found is None:
            found = first_hot(self.calls.between(work, issue.cell, start, None), book, area, past)
        if found:
            self.raise_issue.move(work, issue, found)
        elif not issue.holds_others:
            self.raise_issue.withdraw(work, issue, Cause(Why.TICKETS_CORRECTED))
            if warning := self._first_warning(work, issue):
                self._warn(work, issue, warning)

    def warning(self, work: Work, issue: HotIssue) -> None:
        """A call that led to the early warning was removed."""
        warning = self._first_warning(work, issue)
        if warning is None:
            self.raise_issue.withdraw(work, issue, Cause(Why.TICKETS_CORRECTED))
        elif not says_the_same(issue, warning):
            self._warn(work, issue, warning)

    def shrink(self, work: Work, issue: HotIssue, ticket_id: str) -> None:
        """Counts the members again after this ticket has left."""
        tally = self.issues.tally(work, issue)
        if tally:
            issue.tally(tally)
        else:
            issue.calls = issue.callers = 0
        self.publish.leavers(work, issue, [ticket_id])
        self.issues.save(work, issue)

    def past(self, work: Work, cell: Cell) -> CountPast:
        return lambda begin, end: self.calls.count(work, [cell], begin, end)

    def _warn(self, work: Work, issue: HotIssue, warning: Fulfilment) -> None:
        self.raise_issue.suspect(work, issue.cell, issue.ordinal, issue.counts_from, warning)

    def _first_warning(self, work: Work, issue: HotIssue) -> Fulfilment | None:
        """Over all that counts in the cell: corrections are few."""
        begin = issue.counts_from or BEGINNING
        return first_warning(self.calls.between(work, issue.cell, begin, None), self.rules.book())


def says_the_same(issue: HotIssue, warning: Fulfilment) -> bool:
    """Whether the warning that was given says what these calls say."""
    given = (issue.confirmed_at, issue.callers, issue.calls, issue.window_days)
    return given == (warning.at, warning.callers, warning.calls, warning.window_days)
