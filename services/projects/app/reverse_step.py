"""Takes back a wrong step of a repair project, and what its hot issues followed by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.chassis.commands import Conflict, admitted, must_be_at
from services.chassis.database.work import Work
from services.contracts.project_events import ProjectStepReversed
from services.projects.app.authority import Authority
from services.projects.app.needs.meet_needs import MeetNeeds
from services.projects.app.ports import HotIssues, RepairProjects
from services.projects.app.publishing import PublishIssue
from services.projects.app.repair import TOPIC, project_facts, taken_by
from services.projects.app.works.attach_complaints import works_moved
from services.projects.domain.causes import Cause, Why
from services.projects.domain.hot_issue import JUDGED, HotIssue, IssueState
from services.projects.domain.works.project_reversal import NotReversible, last_standing
from services.projects.domain.works.repair_project import ProjectState, RepairProject

FOLLOWED: Mapping[ProjectState, tuple[IssueState, IssueState]] = {
    ProjectState.STARTED: (IssueState.IN_CURE, IssueState.DECIDED),
    ProjectState.ACCEPTED: (IssueState.OBSERVING, IssueState.IN_CURE),
}
"""By the step taken back: the state that hot issues had by it, and the one that they go back to."""


@dataclass(frozen=True, slots=True)
class Reversal:
    """`version`: the project's as the person saw it. `reason`: why the last step was wrong."""

    version: int
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReverseStep:
    """Locks: the project first, then its hot issues by id."""

    projects: RepairProjects
    issues: HotIssues
    publish: PublishIssue
    needs: MeetNeeds
    pilots: Callable[[Work, RepairProject], None]

    def __call__(self, work: Work, project_id: str, said: Reversal, authority: Authority) -> RepairProject:
        """Raises Unknown, Forbidden, and Conflict: for a step that is undone otherwise, and where the effect of the
        works was judged since. What was accepted, inspected and filed stays as it is."""
        project = admitted(self.projects.lock(work, project_id), authority.act_on)
        assert project.state
        must_be_at(said.version, project.version, project.state)
        try:
            wrong = last_standing(self.projects.history(work, project.id))
        except NotReversible as otherwise:
            why = f"its last step is not taken back: {otherwise}"
            raise Conflict(why, project.version, project.state, "not_reversible") from None
        issues = [
            issue
            for issue in self.issues.lock_all(work, set(project.hot_issues)).values()
            if issue.project_id == project.id
        ]
        if wrong.state in FOLLOWED and (judged := [issue.number for issue in issues if issue.state in JUDGED]):
            why = f"the effect of its works was judged since: {', '.join(judged)}"
            raise Conflict(why, project.version, project.state, "effect_judged")
        now = work.clock.now()
        project.reverse(wrong, now, said.actor, said.reason)
        facts = {"reverses": wrong.version, "previous_state": wrong.state, "note": said.reason}
        work.publish(TOPIC, ProjectStepReversed(**project_facts(project), **taken_by(project), **facts))
        self.projects.save(work, project)
        works_moved(work, project.id, project.version)
        self.needs.step(work, project)
        self.pilots(work, project)
        for issue in issues:
            self._take_back(work, issue, wrong.state, said)
        return project

    def _take_back(self, work: Work, issue: HotIssue, step: ProjectState, said: Reversal) -> None:
        followed, before = FOLLOWED.get(step, (None, None))
        if before is None or issue.state is not followed:
            return
        issue.take_back(before, work.clock.now(), said.actor, Cause(Why.STEP_REVERSED), said.reason)
        self.publish.taken_back(work, issue)
        self.issues.save(work, issue)
