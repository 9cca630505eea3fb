"""The cure of a hot issue begins, is done, and shows an effect or none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.chassis import timers
from services.chassis.metrics import DECISIONS_OVERDUE
from services.chassis.timers import Timer
from services.chassis.work import Work
from services.projects.app.ports import Calls, HotIssues
from services.projects.app.telling import tell, tell_overdue
from services.projects.domain.effect import Effect, judge, months_after, months_before, observed_until
from services.projects.domain.evidence import Cell
from services.projects.domain.hot_issue import UNDECIDED, HotIssue, State
from services.projects.domain.rules import RuleBook

OBSERVE = "observe"
CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Cure:
    """The caller holds the issue. `on_decide_due` and `on_observe_due` handle timers."""

    calls: Calls
    issues: HotIssues
    book: RuleBook

    def start(self, work: Work, issue: HotIssue, actor: str, at: datetime) -> None:
        issue.cure_started_at = at
        issue.take(State.IN_CURE, work.clock.now(), actor)
        tell(work, issue)
        self.issues.save(work, issue)

    def finish(self, work: Work, issue: HotIssue, actor: str, at: datetime, note: str | None) -> None:
        """From now on it is watched whether the complaints fall."""
        issue.accepted_at, issue.observe_until = at, observed_until(at, self.book.at(at).observation)
        timers.start(work, OBSERVE, issue.id, issue.observe_until)
        issue.take(State.OBSERVING, work.clock.now(), actor, note)
        tell(work, issue)
        self.issues.save(work, issue)

    def on_observe_due(self, timer: Timer, work: Work) -> None:
        issue = self.issues.lock(work, timer.subject)
        if issue is None or issue.state is not State.OBSERVING or issue.observe_until != timer.due_at:
            return  # reopened since: another observation has another timer
        self._judge(work, issue)

    def on_decide_due(self, timer: Timer, work: Work) -> None:
        issue = self.issues.lock(work, timer.subject)
        if issue is None or issue.state not in UNDECIDED or issue.decide_by != timer.due_at:
            return
        issue.overdue = True
        issue.note(work.clock.now(), CLOCK, "the days to decide are over")
        tell_overdue(work, issue)
        work.after_commit(DECISIONS_OVERDUE.inc)
        self.issues.save(work, issue)

    def _judge(self, work: Work, issue: HotIssue) -> None:
        assert issue.accepted_at
        assert issue.cure_started_at
        rule = self.book.at(issue.accepted_at).observation
        cells = [cell for cell in self.issues.cells(work, issue) if cell.type_code not in rule.apart] or [issue.cell]
        after = months_after(issue.accepted_at, rule)
        before = months_before(issue.cure_started_at, after)
        works = [Cell(issue.cell.estate, type_code) for type_code in sorted(rule.apart)]
        effect = Effect(
            before=sum(self.calls.count(work, cells, month.begin(), month.plus(1).begin()) for month in before),
            after=sum(self.calls.count(work, cells, month.begin(), month.plus(1).begin()) for month in after),
            nuisance=self.calls.count(work, works, issue.cure_started_at, issue.accepted_at),
        )
        verdict = judge(effect, before, after, rule)
        issue.before, issue.after, issue.verdict = effect.before, effect.after, verdict.sentence
        issue.take(State.VERIFIED if verdict.verified else State.NOT_SHOWN, work.clock.now(), CLOCK, verdict.sentence)
        tell(work, issue)
        self.issues.save(work, issue)
