"""The cure of a hot issue: start it, finish it, judge its effect at each look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.chassis.database.work import Work
from services.chassis.messaging import timers
from services.chassis.messaging.timers import Timer
from services.chassis.metrics import DECISIONS_OVERDUE
from services.contracts.effect import EffectVerdict, JudgedEffect
from services.projects.app.effect.judge_effect import JudgeEffect
from services.projects.app.effect.watch_relapse import WatchRelapse
from services.projects.app.ports import HotIssues
from services.projects.app.publishing import PublishIssue
from services.projects.domain.causes import Cause, Why, judged_by
from services.projects.domain.effect.compared_months import look_over
from services.projects.domain.hot_issue import UNDECIDED, HotIssue, IssueState
from services.projects.domain.months import Month

OBSERVE = "observe"
CLOCK = "clock"

FINAL = frozenset({EffectVerdict.VERIFIED, EffectVerdict.TOO_FEW})
"""Findings that a later look does not change: it counts the same months before the works."""


@dataclass(frozen=True, slots=True)
class Cure:
    """The caller holds the lock of the issue. `on_decide_due` and `on_observe_due` handle timers."""

    issues: HotIssues
    publish: PublishIssue
    effect: JudgeEffect
    relapse: WatchRelapse

    def start(self, work: Work, issue: HotIssue, actor: str, at: datetime) -> None:
        issue.cure_started_at = at
        issue.take(IssueState.IN_CURE, work.clock.now(), actor)
        self.publish.step(work, issue)
        self.issues.save(work, issue)

    def finish(self, work: Work, issue: HotIssue, actor: str, at: datetime, note: str | None) -> None:
        """Starts the observation of whether complaints fall, up to the first look."""
        issue.accepted_at = at
        self._observe(work, issue, self.effect.rules.first)
        issue.take(IssueState.OBSERVING, work.clock.now(), actor, note=note)
        self.publish.step(work, issue)
        self.issues.save(work, issue)

    def on_observe_due(self, due: Sequence[Timer], work: Work) -> None:
        """Handles the timers OBSERVE: the months up to a look are over."""
        locked = self.issues.lock_all(work, {timer.subject for timer in due})
        waiting = {
            issue.id: issue
            for timer in due
            if (issue := locked.get(timer.subject))
            and issue.state is IssueState.OBSERVING
            and issue.observe_until == timer.due_at  # else reopened since: another observation has another timer
        }
        of_month: dict[Month, list[HotIssue]] = {}
        for issue in waiting.values():
            assert issue.observe_until
            of_month.setdefault(Month.of(issue.observe_until).plus(-1), []).append(issue)
        for through, issues in of_month.items():
            for case in self.effect.cases(work, issues, through):
                self._judged(work, case.issue, case.judged())

    def on_decide_due(self, timer: Timer, work: Work) -> None:
        issue = self.issues.lock(work, timer.subject)
        if issue is None or issue.state not in UNDECIDED or issue.decide_by != timer.due_at:
            return
        issue.overdue = True
        issue.remark(work.clock.now(), CLOCK, Cause(Why.TIME_TO_DECIDE_OVER))
        self.publish.overdue(work, issue)
        work.after_commit(DECISIONS_OVERDUE.inc)
        self.issues.save(work, issue)

    def _judged(self, work: Work, issue: HotIssue, judged: JudgedEffect) -> None:
        assert issue.accepted_at
        assert issue.observe_until
        issue.before, issue.after, issue.judged, issue.effect = judged.before, judged.after, judged, None
        last = issue.observe_until >= look_over(issue.accepted_at, self.effect.rules.second)
        now, cause = work.clock.now(), judged_by(judged)
        if judged.finding in FINAL or last:
            verified = judged.finding is EffectVerdict.VERIFIED
            issue.take(IssueState.VERIFIED if verified else IssueState.NOT_SHOWN, now, CLOCK, cause)
            self.publish.step(work, issue)
            if verified:
                self.relapse.start(work, issue)
        else:
            rules = self.effect.rules
            early = issue.observe_until < look_over(issue.accepted_at, rules.first)  # observed since before ADR 48
            self._observe(work, issue, rules.first if early else rules.second)
            issue.remark(now, CLOCK, cause)
            self.publish.looked(work, issue)
        self.issues.save(work, issue)

    def _observe(self, work: Work, issue: HotIssue, months: int) -> None:
        assert issue.accepted_at
        issue.observe_until = look_over(issue.accepted_at, months)
        timers.start(work, OBSERVE, issue.id, issue.observe_until)
