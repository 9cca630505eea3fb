"""A person decides on a hot issue, and says when the cure that needs no project is done."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis.work import Work
from services.contracts.hot_issue_events import DecisionKind
from services.projects.app.commands import Authorise, Conflict, Unfit, Unknown, must_be_at
from services.projects.app.cure import Cure
from services.projects.app.ports import HotIssues
from services.projects.app.repair import Repair
from services.projects.app.telling import tell, tell_corrected, tell_member
from services.projects.domain.hot_issue import OPEN, UNDECIDED, HotIssue, Reason, State
from services.projects.domain.repair_project import NO_PLAN, Plan

_BECOMES = {
    DecisionKind.SERVICE: State.DECIDED,
    DecisionKind.PROJECT: State.DECIDED,
    DecisionKind.RULE: State.DECIDED,
    DecisionKind.EXPLAIN: State.EXPLAINED,
    DecisionKind.MERGE: State.MERGED,
}
_CURED_AT_ONCE = frozenset({DecisionKind.SERVICE, DecisionKind.RULE})


@dataclass(frozen=True, slots=True)
class Decision:
    """`version` is the issue's as the person saw it. A project is joined (`project_id`) or opened by `plan`."""

    version: int
    kind: DecisionKind
    reason: str
    actor: str
    merge_into: str | None = None
    project_id: str | None = None
    plan: Plan = NO_PLAN


@dataclass(frozen=True, slots=True)
class Assignment:
    """`lead` takes the issue over; None: the department that leads already has taken note and goes to work."""

    version: int
    actor: str
    lead: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class CureDone:
    version: int
    actor: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Decide:
    """Of two who decide at once one wins; the other gets Conflict. Locks: project, then issues by id."""

    issues: HotIssues
    repair: Repair
    cure: Cure

    def __call__(self, work: Work, issue_id: str, decision: Decision, authorise: Authorise) -> HotIssue:
        project = self.repair.hold(work, decision.project_id) if decision.project_id else None
        locked = self.issues.lock_all(work, {issue_id, decision.merge_into or issue_id})
        issue = locked.get(issue_id)
        if issue is None:
            raise Unknown
        authorise(issue.lead)
        assert issue.state
        if issue.state not in UNDECIDED:
            raise Conflict(f"it is {issue.state}: there is nothing to decide", issue.version, issue.state)
        must_be_at(decision.version, issue.version, issue.state)
        issue.decision, issue.decision_reason, issue.decided_at = decision.kind, decision.reason, work.clock.now()
        if decision.kind is DecisionKind.MERGE:
            self._merge(work, issue, locked.get(decision.merge_into or ""), decision)
            return issue
        if decision.kind is DecisionKind.PROJECT:
            if project:
                self.repair.join(work, issue, project, decision.plan, decision.actor)
            else:
                project = self.repair.open(work, issue, decision.plan, decision.actor)
            issue.project_id = project.id
        self._take(work, issue, decision)
        if decision.kind in _CURED_AT_ONCE:
            self.cure.start(work, issue, decision.actor, issue.decided_at)
        elif project and project.started_at:
            self.cure.start(work, issue, decision.actor, project.started_at)
        return issue

    def assign(self, work: Work, issue_id: str, assignment: Assignment, authorise: Authorise) -> HotIssue:
        """Names who leads. The days to decide run on: they belong to the problem, not to a department."""
        issue = self.issues.lock(work, issue_id)
        if issue is None:
            raise Unknown
        authorise(issue.lead)
        assert issue.state
        if issue.state not in UNDECIDED:
            raise Conflict(f"it is {issue.state}: nobody has to decide on it", issue.version, issue.state)
        must_be_at(assignment.version, issue.version, issue.state)
        issue.lead = assignment.lead or issue.lead
        note = f": {assignment.note}" if assignment.note else ""
        issue.take(State.ASSIGNED, work.clock.now(), assignment.actor, f"{issue.lead}{note}")
        tell(work, issue)
        self.issues.save(work, issue)
        return issue

    def cure_done(self, work: Work, issue_id: str, done: CureDone, authorise: Authorise) -> HotIssue:
        """The service ordered, or the rule made, has done what it can: from now on the complaints are watched."""
        issue = self.issues.lock(work, issue_id)
        if issue is None:
            raise Unknown
        authorise(issue.lead)
        assert issue.state
        if issue.state is not State.IN_CURE:
            raise Conflict(f"it is {issue.state}: no cure is under way", issue.version, issue.state)
        if issue.project_id:
            raise Conflict("its project's acceptance tells that the cure is done", issue.version, issue.state)
        must_be_at(done.version, issue.version, issue.state)
        self.cure.finish(work, issue, done.actor, work.clock.now(), done.note)
        return issue

    def _take(self, work: Work, issue: HotIssue, decision: Decision) -> None:
        issue.take(_BECOMES[decision.kind], work.clock.now(), decision.actor, f"{decision.kind}: {decision.reason}")
        tell(work, issue)
        self.issues.save(work, issue)

    def _merge(self, work: Work, issue: HotIssue, target: HotIssue | None, decision: Decision) -> None:
        """The target takes all members over, so that whatever cures it is told to every caller of both."""
        if target is None or target.id == issue.id or target.state not in OPEN:
            raise Unfit("merge_into", "is no other issue that is still open; take one from GET /hot-issues")
        issue.merged_into, target.holds_others = target.id, True
        self._take(work, issue, decision)
        at = work.clock.now()
        members = {call.ticket_id: (call, Reason.MERGED) for call in self.issues.members(work, issue)}
        joined = self.issues.add_members(work, target, members, at)
        tally = self.issues.tally(work, target)
        assert tally
        target.tally(tally)
        tell_corrected(work, target)
        for ticket_id in joined:
            tell_member(work, target, ticket_id, Reason.MERGED, at)
        self.issues.save(work, target)
