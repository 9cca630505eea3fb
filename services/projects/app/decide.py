"""A person decides on a hot issue, assigns it, or reports that a cure without a project is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.chassis.commands import Conflict, Unfit, admitted, must_be_at
from services.chassis.database.work import Work
from services.contracts.hot_issue_events import DecisionKind
from services.projects.app.authority import Authority
from services.projects.app.cure import Cure
from services.projects.app.decision_makers import DecisionMakers
from services.projects.app.ports import HotIssues
from services.projects.app.publishing import PublishIssue
from services.projects.app.repair import Repair
from services.projects.domain.causes import Cause, Why
from services.projects.domain.hot_issue import OPEN, UNDECIDED, HotIssue, IssueState, Reason
from services.projects.domain.works.repair_project import NO_PLAN, Plan

_BECOMES = {
    DecisionKind.SERVICE: IssueState.DECIDED,
    DecisionKind.PROJECT: IssueState.DECIDED,
    DecisionKind.RULE: IssueState.DECIDED,
    DecisionKind.EXPLAIN: IssueState.EXPLAINED,
    DecisionKind.MERGE: IssueState.MERGED,
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
    """`lead` takes the issue over. None: the department that leads already acknowledges it."""

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
    """Of two who decide at once one wins; the other gets Conflict. Locks: project, then issues by id.

    Each call raises Unknown, Forbidden, Conflict and Unfit.
    """

    issues: HotIssues
    publish: PublishIssue
    repair: Repair
    cure: Cure
    makers: DecisionMakers

    def __call__(self, work: Work, issue_id: str, decision: Decision, authority: Authority) -> HotIssue:
        project = self.repair.projects.lock(work, decision.project_id) if decision.project_id else None
        locked = self.issues.lock_all(work, {issue_id, decision.merge_into or issue_id})
        issue = _undecided(locked.get(issue_id), decision.version, authority, "there is nothing to decide")
        if decision.project_id:
            project = admitted(project, authority.act_on, _no_project())
        target = None
        if decision.merge_into:
            target = admitted(locked.get(decision.merge_into), authority.act_on, _no_target())
        self.makers.check(authority, decision.kind, issue, project, work.clock.now())
        issue.decision, issue.decision_reason, issue.decided_at = decision.kind, decision.reason, work.clock.now()
        if decision.kind is DecisionKind.MERGE:
            self._merge(work, issue, target, decision)
            return issue
        if decision.kind is DecisionKind.PROJECT:
            if project:
                self.repair.join(work, issue, project, decision.plan, decision.actor)
            else:
                project = self.repair.open(work, issue, decision.plan, decision.actor)
            issue.project_id = project.id
        self._take(work, issue, decision, project.planned_start if project else None)
        if decision.kind in _CURED_AT_ONCE:
            self.cure.start(work, issue, decision.actor, issue.decided_at)
        elif project and project.started_at:
            self.cure.start(work, issue, decision.actor, project.started_at)
        return issue

    def assign(self, work: Work, issue_id: str, assignment: Assignment, authority: Authority) -> HotIssue:
        """Assigns the department that leads. The deadline to decide stays: it belongs to the problem."""
        found = self.issues.lock(work, issue_id)
        issue = _undecided(found, assignment.version, authority, "nobody has to decide on it")
        issue.lead = assignment.lead or issue.lead
        cause = Cause(Why.ASSIGNED, {"lead": issue.lead})
        issue.take(IssueState.ASSIGNED, work.clock.now(), assignment.actor, cause, assignment.note)
        self.publish.step(work, issue)
        self.issues.save(work, issue)
        return issue

    def cure_done(self, work: Work, issue_id: str, done: CureDone, authority: Authority) -> HotIssue:
        """The service ordered, or the rule made, is in place: starts the observation of complaints."""
        issue = admitted(self.issues.lock(work, issue_id), authority.act_on)
        assert issue.state
        if issue.state is not IssueState.IN_CURE:
            raise Conflict(f"it is {issue.state}: no cure is under way", issue.version, issue.state)
        if issue.project_id:
            raise Conflict("its project's acceptance ends the cure", issue.version, issue.state, "project_ends_cure")
        must_be_at(done.version, issue.version, issue.state)
        self.cure.finish(work, issue, done.actor, work.clock.now(), done.note)
        return issue

    def _take(self, work: Work, issue: HotIssue, decision: Decision, planned_start: date | None = None) -> None:
        cause = Cause(Why.DECIDED, {"decision": decision.kind})
        issue.take(_BECOMES[decision.kind], work.clock.now(), decision.actor, cause, decision.reason)
        self.publish.decided(work, issue, planned_start)
        self.issues.save(work, issue)

    def _merge(self, work: Work, issue: HotIssue, target: HotIssue | None, decision: Decision) -> None:
        """The target takes over all members, so that the callers of both learn what became of it."""
        if target is None or target.id == issue.id or target.state not in OPEN:
            raise _no_target()
        issue.merged_into, target.holds_others = target.id, True
        self._take(work, issue, decision)
        at = work.clock.now()
        members = {call.ticket_id: (call, Reason.MERGED) for call in self.issues.members(work, issue)}
        joined = self.issues.add_members(work, target, members, at)
        tally = self.issues.tally(work, target)
        assert tally
        target.tally(tally)
        self.publish.correction(work, target)
        for ticket_id in joined:
            self.publish.member(work, target, ticket_id, Reason.MERGED, at)
        self.issues.save(work, target)


def _undecided(found: HotIssue | None, version: int, authority: Authority, otherwise: str) -> HotIssue:
    """The issue that the actor may act on, if somebody has to decide on it and nobody changed it since `version`."""
    issue = admitted(found, authority.act_on)
    assert issue.state
    if issue.state not in UNDECIDED:
        raise Conflict(f"it is {issue.state}: {otherwise}", issue.version, issue.state)
    must_be_at(version, issue.version, issue.state)
    return issue


def _no_project() -> Unfit:
    return Unfit("project_id", "is no project; take one from GET /projects, or leave it out to open one")


def _no_target() -> Unfit:
    return Unfit("merge_into", "is no other issue that is still open; take one from GET /hot-issues")
