"""The cure of a hot issue: start it, finish it, judge its effect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.chassis.database.work import Work
from services.chassis.messaging import timers
from services.chassis.messaging.timers import Timer
from services.chassis.metrics import DECISIONS_OVERDUE
from services.contracts.hot_issue_events import EffectFinding
from services.projects.app.ports import Calls, CurrentRules, HotIssues
from services.projects.app.publishing import PublishIssue
from services.projects.domain.causes import Cause, Why
from services.projects.domain.effect import Counts, judge, months_after, months_before, observed_until
from services.projects.domain.evidence import Cell
from services.projects.domain.hot_issue import UNDECIDED, HotIssue, IssueState

OBSERVE = "observe"
CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Cure:
    """The caller holds the lock of the issue. `on_decide_due` and `on_observe_due` handle timers."""

    calls: Calls
    issues: HotIssues
    publish: PublishIssue
    rules: CurrentRules

    def start(self, work: Work, issue: HotIssue, actor: str, at: datetime) -> None:
        issue.cure_started_at = at
        issue.take(IssueState.IN_CURE, work.clock.now(), actor)
        self.publish.step(work, issue)
        self.issues.save(work, issue)

    def finish(self, work: Work, issue: HotIssue, actor: str, at: datetime, note: str | None) -> None:
        """Starts the observation of whether complaints fall."""
        issue.accepted_at, issue.observe_until = at, observed_until(at, self.rules.book().at(at).observation)
        timers.start(work, OBSERVE, issue.id, issue.observe_until)
        issue.take(IssueState.OBSERVING, work.clock.now(), actor, note=note)
        self.publish.step(work, issue)
        self.issues.save(work, issue)

    def on_observe_due(self, timer: Timer, work: Work) -> None:
        issue = self.issues.lock(work, timer.subject)
        if issue is None or issue.state is not IssueState.OBSERVING or issue.observe_until != timer.due_at:
            return  # reopened since: another observation has another timer
        self._judge(work, issue)

    def on_decide_due(self, timer: Timer, work: Work) -> None:
        issue = self.issues.lock(work, timer.subject)
        if issue is None or issue.state not in UNDECIDED or issue.decide_by != timer.due_at:
            return
        issue.overdue = True
        issue.remark(work.clock.now(), CLOCK, Cause(Why.TIME_TO_DECIDE_OVER))
        self.publish.overdue(work, issue)
        work.after_commit(DECISIONS_OVERDUE.inc)
        self.issues.save(work, issue)

    def _judge(self, work: Work, issue: HotIssue) -> None:
        assert issue.accepted_at
        assert issue.cure_started_at
        rule = self.rules.book().at(issue.accepted_at).observation
        cells = [cell for cell in self.issues.cells(work, issue) if cell.type_code not in rule.apart] or [issue.cell]
        after = months_after(issue.accepted_at, rule)
        before = months_before(issue.cure_started_at, after)
        works = [Cell(issue.cell.estate, type_code) for type_code in sorted(rule.apart)]
        counts = Counts(
            before=sum(self.calls.count(work, cells, month.begin(), month.plus(1).begin()) for month in before),
            after=sum(self.calls.count(work, cells, month.begin(), month.plus(1).begin()) for month in after),
            nuisance=self.calls.count(work, works, issue.cure_started_at, issue.accepted_at),
        )
        effect = judge(counts, before, after, rule)
        issue.before, issue.after, issue.effect = counts.before, counts.after, effect
        state = IssueState.VERIFIED if effect.finding is EffectFinding.CURED else IssueState.NOT_SHOWN
        issue.take(state, work.clock.now(), CLOCK, Cause(Why.MONTHS_COMPARED, effect.model_dump(mode="json")))
        self.publish.step(work, issue)
        self.issues.save(work, issue)
