"""Repair projects: opened by a decision, taken step by step, and what each step means for their hot issues."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.chassis.work import Work
from services.contracts.project_events import ProjectAdvanced, ProjectOpened
from services.contracts.taxonomy import Taxonomy
from services.projects.app.commands import Authorise, Conflict, Unfit, Unknown, must_be_at
from services.projects.app.cure import Cure
from services.projects.app.opening import Opening
from services.projects.app.ports import HotIssues, Projects
from services.projects.domain import hot_issue
from services.projects.domain.hot_issue import HotIssue
from services.projects.domain.repair_project import (
    NO_PLAN,
    WORKS_TO_COME,
    IllegalStep,
    Plan,
    PlanFault,
    RepairProject,
    State,
)
from services.projects.domain.rules import RuleBook

TOPIC = "projects"


@dataclass(frozen=True, slots=True)
class Step:
    """`version` is the project's as the person saw it."""

    version: int
    to: State
    actor: str
    note: str | None = None
    plan: Plan = NO_PLAN


@dataclass(frozen=True, slots=True)
class Repair:
    """Locks: the project first, then its hot issues by id."""

    projects: Projects
    issues: HotIssues
    cure: Cure
    opening: Opening
    book: RuleBook
    taxonomy: Taxonomy
    new_id: Callable[[], str]

    def hold(self, work: Work, project_id: str) -> RepairProject:
        project = self.projects.lock(work, project_id)
        if project is None:
            raise Unfit("project_id", "is no project; take one from GET /projects, or leave it out to open one")
        return project

    def open(self, work: Work, issue: HotIssue, plan: Plan, actor: str) -> RepairProject:
        """A project for the issue, led by the department that the rules name, with the elements its type asks for."""
        kind = self.taxonomy.types.get(issue.cell.type_code)
        project = RepairProject(
            id=self.new_id(),
            place=issue.place,
            lead=self.book.at(work.clock.now()).project.lead,
            opened_at=work.clock.now(),
            hot_issues=(issue.id,),
            elements=kind.elements if kind else (),
        )
        _plan(project, plan)
        project.take(State.NEED, work.clock.now(), actor)
        work.publish(TOPIC, ProjectOpened(**project_facts(project), **_taken(project)))
        self.projects.save(work, project)
        return project

    def join(self, work: Work, issue: HotIssue, project: RepairProject, plan: Plan, actor: str) -> None:
        """The issue is to be cured by works that are planned or under way in its estate."""
        if project.place.estate != issue.cell.estate:
            raise Unfit("project_id", "is a project of another estate; leave it out to open one")
        if project.state not in WORKS_TO_COME:
            raise Unfit("project_id", f"is a project that is {project.state}; leave it out to open one")
        _plan(project, plan)
        project.join(issue.id, work.clock.now(), actor)
        self._advanced(work, project)

    def step(self, work: Work, project_id: str, step: Step, authorise: Authorise) -> RepairProject:
        """Raises Conflict for a step the table has not, MissingFacts for one whose facts are not there."""
        project = self.projects.lock(work, project_id)
        if project is None:
            raise Unknown
        authorise(project.lead)
        assert project.state
        must_be_at(step.version, project.version, project.state)
        cured = [
            issue
            for issue in self.issues.lock_all(work, set(project.hot_issues)).values()
            if issue.project_id == project.id
        ]
        _plan(project, step.plan)
        shown = bool(cured) and all(issue.state is hot_issue.State.VERIFIED for issue in cured)
        try:
            project.take(step.to, work.clock.now(), step.actor, step.note, effect_shown=shown)
        except IllegalStep as error:
            allowed = ", ".join(sorted(project.may_become())) or "nothing"
            raise Conflict(f"{error}, only {allowed}", project.version, project.state) from None
        self._advanced(work, project)
        for issue in cured:
            self._pass_on(work, project, issue, step)
        return project

    def _pass_on(self, work: Work, project: RepairProject, issue: HotIssue, step: Step) -> None:
        match project.state, issue.state:
            case State.STARTED, hot_issue.State.DECIDED:
                assert project.started_at
                self.cure.start(work, issue, step.actor, project.started_at)
            case State.ACCEPTED, hot_issue.State.IN_CURE:
                assert project.accepted_at
                self.cure.finish(work, issue, step.actor, project.accepted_at, step.note)
            case State.CANCELLED, hot_issue.State.DECIDED | hot_issue.State.IN_CURE:
                self.opening.ask_again(work, issue, step.actor, f"its project was cancelled: {step.note}")

    def _advanced(self, work: Work, project: RepairProject) -> None:
        taken = project.steps[-1]
        came_from = taken.from_state or taken.state
        facts = {**project_facts(project), **_taken(project)}
        work.publish(TOPIC, ProjectAdvanced(**facts, previous_state=came_from, note=taken.note))
        self.projects.save(work, project)


def project_facts(project: RepairProject) -> dict[str, Any]:
    """A project's public state, as each of its events carries it."""
    return {
        "version": project.version,
        "project_id": project.id,
        "state": project.state,
        "hot_issues": project.hot_issues,
        "place": project.place,
        "lead": project.lead,
        "elements": project.elements,
        "floor_area_m2": project.floor_area_m2,
        "planned_start": project.planned_start,
        "planned_end": project.planned_end,
        "started_at": project.started_at,
        "accepted_at": project.accepted_at,
        "opened_at": project.opened_at,
        "resume_to": project.resume_to,
    }


def _taken(project: RepairProject) -> dict[str, Any]:
    """Who took the last step, and when."""
    return {"actor": project.steps[-1].actor, "step_at": project.steps[-1].at}


def _plan(project: RepairProject, plan: Plan) -> None:
    try:
        project.plan(plan)
    except PlanFault as error:
        raise Unfit("planned_end", f"{error}; correct one of them") from None
