"""After a verified verdict: each month, whether complaints come back (CUSUM, docs/effect.md).

An alarm changes no state: the lead is notified, and the rule of hot issues decides on reopening.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.chassis.database.work import Work
from services.chassis.messaging import timers
from services.chassis.messaging.timers import Timer
from services.projects.app.effect.judge_effect import JudgeEffect
from services.projects.app.ports import CurrentRules
from services.projects.app.publishing import PublishIssue
from services.projects.domain.causes import Cause, Why
from services.projects.domain.effect.relapse import alarm
from services.projects.domain.hot_issue import HotIssue, IssueState
from services.projects.domain.months import Month, months_later
from services.projects.domain.rules import RuleBook

RELAPSE = "relapse"
"""The kind of the timer at the end of each month; its subject is the issue."""
CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class WatchRelapse:
    """Watches as long as the same problem again would reopen the issue."""

    effect: JudgeEffect
    publish: PublishIssue
    rules: CurrentRules

    def start(self, work: Work, issue: HotIssue) -> None:
        """The caller holds the lock of an issue that was just verified, and saves it."""
        assert issue.observe_until
        self._look_at(work, issue, Month.of(issue.observe_until))

    def on_month_over(self, timer: Timer, work: Work) -> None:
        """Handles the timers RELAPSE."""
        issue = self.effect.issues.lock(work, timer.subject)
        if issue is not None and issue.state is IssueState.VERIFIED and issue.judged:
            self._look_at(work, issue, Month.of(timer.due_at))
            self.effect.issues.save(work, issue)

    def _look_at(self, work: Work, issue: HotIssue, month: Month) -> None:
        """Looks at the months before `month`; without an alarm looks again a month later."""
        assert issue.judged
        assert issue.accepted_at
        assert issue.observe_until
        first = Month.of(issue.accepted_at).plus(1)
        expected = (issue.judged.after or 0) / max(1, len(issue.judged.months_after))
        callers = self.effect.callers(work, issue, first, month.plus(-1))
        reached = alarm(callers, expected, self.effect.rules.relapse)
        if reached is not None:
            values = {
                "month": str(first.plus(reached)),
                "callers": callers[reached],
                "expected_hundredths": round(expected * 100),
            }
            issue.remark(work.clock.now(), CLOCK, Cause(Why.RELAPSE_SUSPECTED, values))
            self.publish.relapse_suspected(work, issue)
            return
        following = month.plus(1).begin()
        if following <= watched_until(issue.accepted_at, issue.observe_until, self.rules.book()):
            timers.start(work, RELAPSE, issue.id, following)


def watched_until(accepted_at: datetime, judged_at: datetime, book: RuleBook) -> datetime:
    """Until when the same problem again reopens an issue. `judged_at`: the moment of the look that verified it."""
    return months_later(judged_at, book.at(accepted_at).reopening.months)
