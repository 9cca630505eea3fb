"""Recalculates the days to decide when the holidays of a year become known after the days began."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis.database.work import Work
from services.chassis.messaging import timers
from services.chassis.working_days import Calendar
from services.projects.app.cure import CLOCK
from services.projects.app.ports import CurrentRules, DecisionsInDoubt
from services.projects.app.publishing import PublishIssue
from services.projects.app.raise_issue import DECIDE
from services.projects.domain.causes import Cause, Why
from services.projects.domain.hot_issue import HotIssue

BATCH = 50
"""Hot issues that share a transaction; a district has few that wait for a decision."""


@dataclass(frozen=True, slots=True)
class RecountDecisions:
    """What the days are counted from stays the same, so a batch that runs again changes nothing more.

    An end that is over by the new count, too, or would be over at once stays where it was.
    """

    issues: DecisionsInDoubt
    publish: PublishIssue
    rules: CurrentRules
    calendar: Calendar

    def __call__(self, work: Work, after: str | None) -> str | None:
        """Takes the issues that follow the id `after`; returns the last one's, None when there are none left."""
        found = self.issues.in_doubt(work, self.calendar.known_until, after or "", BATCH)
        for issue in found:
            self._recount(work, issue)
        return found[-1].id if found else None

    def _recount(self, work: Work, issue: HotIssue) -> None:
        assert issue.decide_from
        days = self.rules.book().at(issue.confirmed_at).decision.working_days
        limit, now, was = self.calendar.after_working_days(issue.decide_from, days), work.clock.now(), issue.decide_by
        if limit.calendar_known:
            issue.decide_from = None
        if limit.due != was and limit.due > now:
            issue.decide_by, issue.overdue = limit.due, False
            timers.start(work, DECIDE, issue.id, limit.due)
            moved = {"was": was.isoformat(), "decide_by": limit.due.isoformat()}
            issue.remark(now, CLOCK, Cause(Why.HOLIDAYS_ANNOUNCED, moved))
            self.publish.moved(work, issue)
        elif limit.calendar_known:
            self.publish.correction(work, issue)
        else:
            return
        self.issues.save(work, issue)
