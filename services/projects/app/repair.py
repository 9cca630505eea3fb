"""Repair projects: opens them, takes their steps, and passes each step on to their hot issues."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from services.chassis.commands import Conflict, Unfit, admitted, must_be_at
from services.chassis.database.work import Work
from services.chassis.messaging import timers
from services.chassis.messaging.timers import Timer
from services.contracts.districts import SHANGHAI
from services.contracts.numbers import ShortKind, short_number
from services.contracts.project_events import ProjectAdvanced, ProjectOpened, ProjectReviewDue
from services.contracts.taxonomy import Taxonomy
from services.contracts.ticket_events import Place
from services.projects.app.authority import Authority
from services.projects.app.cure import CLOCK, Cure
from services.projects.app.needs.meet_needs import MeetNeeds
from services.projects.app.ports import CurrentRules, HotIssues, RepairProjects
from services.projects.app.raise_issue import RaiseIssue
from services.projects.app.register.ports import FloorAreas
from services.projects.app.works.attach_complaints import works_moved
from services.projects.domain import hot_issue
from services.projects.domain.causes import Cause, Why
from services.projects.domain.hot_issue import HotIssue
from services.projects.domain.works.repair_project import (
    NO_PAUSE,
    NO_PLAN,
    WORKS_TO_COME,
    IllegalProjectStep,
    Pause,
    Plan,
    PlanFault,
    ProjectState,
    RepairProject,
)

TOPIC = "projects"
REVIEW = "review"
"""The kind of the timer until stopped works are looked at again."""


@dataclass(frozen=True, slots=True)
class ProjectStep:
    """`version` is the project's as the person saw it."""

    version: int
    to: ProjectState
    actor: str
    note: str | None = None
    plan: Plan = NO_PLAN
    pause: Pause = NO_PAUSE


@dataclass(frozen=True, slots=True)
class Repair:
    """Locks: the project first, then its hot issues by id."""

    projects: RepairProjects
    issues: HotIssues
    cure: Cure
    raise_issue: RaiseIssue
    rules: CurrentRules
    taxonomy: Taxonomy
    pass_gates: Callable[[Work, RepairProject], None]
    needs: MeetNeeds
    areas: FloorAreas
    pilots: Callable[[Work, RepairProject], None]
    new_id: Callable[[], str]

    def open(self, work: Work, issue: HotIssue, plan: Plan, actor: str) -> RepairProject:
        """Opens a project for the issue. The rules name who leads, the type of the issue its elements."""
        kind = self.taxonomy.types.get(issue.cell.type_code)
        project = self.begin(work, (issue.place,), kind.elements if kind else (), plan, actor, (issue.id,))
        self.needs.issue(work, issue.place, issue.id, project.elements, project)
        return project

    def begin(
        self,
        work: Work,
        places: Sequence[Place],
        elements: tuple[str, ...],
        plan: Plan,
        actor: str,
        hot_issues: tuple[str, ...] = (),
    ) -> RepairProject:
        """A new project of these estates. The rules name who leads. Raises Unfit."""
        now = work.clock.now()
        project = RepairProject(
            id=self.new_id(),
            number=short_number(ShortKind.PROJECT, now, self.projects.next_number(work)),
            place=places[0],
            lead=self.rules.book().at(now).project.lead,
            opened_at=now,
            hot_issues=hot_issues,
            estates=tuple(places) if len(places) > 1 else (),
            elements=elements,
        )
        self._plan(work, project, plan)
        project.take(ProjectState.NEED, now, actor)
        work.publish(TOPIC, ProjectOpened(**project_facts(project), **taken_by(project)))
        self.projects.save(work, project)
        works_moved(work, project.id, project.version)
        return project

    def join(self, work: Work, issue: HotIssue, project: RepairProject, plan: Plan, actor: str) -> None:
        """Adds the issue to works that are planned or under way in its estate."""
        if project.place.estate != issue.cell.estate:
            raise Unfit("project_id", "is a project of another estate; leave it out to open one")
        if project.state not in WORKS_TO_COME:
            raise Unfit("project_id", f"is a project that is {project.state}; leave it out to open one")
        self._plan(work, project, plan)
        project.join(issue.id, work.clock.now(), actor)
        self._advanced(work, project)
        kind = self.taxonomy.types.get(issue.cell.type_code)
        self.needs.issue(work, issue.place, issue.id, kind.elements if kind else (), project)

    def step(self, work: Work, project_id: str, step: ProjectStep, authority: Authority) -> RepairProject:
        """Raises Unknown, Forbidden, Unfit, Conflict for a step that the table lacks, MissingFacts for one that needs
        further facts, and what `pass_gates` raises where works are not as far."""
        project = admitted(self.projects.lock(work, project_id), authority.act_on)
        assert project.state
        must_be_at(step.version, project.version, project.state)
        cured = [
            issue
            for issue in self.issues.lock_all(work, set(project.hot_issues)).values()
            if issue.project_id == project.id
        ]
        self._plan(work, project, step.plan)
        shown = bool(cured) and all(issue.state is hot_issue.IssueState.VERIFIED for issue in cured)
        try:
            project.take(step.to, work.clock.now(), step.actor, step.note, effect_shown=shown, pause=step.pause)
        except IllegalProjectStep as error:
            allowed = ", ".join(sorted(project.may_become())) or "nothing"
            raise Conflict(f"{error}, only {allowed}", project.version, project.state) from None
        except PlanFault as fault:
            raise Unfit(fault.fact, str(fault)) from None
        self.pass_gates(work, project)
        self._advanced(work, project)
        self.needs.step(work, project)
        self.pilots(work, project)
        if project.review_on:
            timers.start(work, REVIEW, project.id, review_at(project.review_on))
        for issue in cured:
            self._pass_on(work, project, issue, step)
        return project

    def on_review_due(self, timer: Timer, work: Work) -> None:
        """Handles the timer REVIEW: says that the works are still stopped on the day of their review."""
        project = self.projects.lock(work, timer.subject)
        if project is None or project.review_on is None or review_at(project.review_on) != timer.due_at:
            return  # it went on since, or was stopped again: another review has another timer
        project.remark(work.clock.now(), CLOCK)
        work.publish(TOPIC, ProjectReviewDue(**project_facts(project), **taken_by(project)))
        self.projects.save(work, project)

    def _pass_on(self, work: Work, project: RepairProject, issue: HotIssue, step: ProjectStep) -> None:
        match project.state, issue.state:
            case ProjectState.STARTED, hot_issue.IssueState.DECIDED:
                assert project.started_at
                self.cure.start(work, issue, step.actor, project.started_at)
            case ProjectState.ACCEPTED, hot_issue.IssueState.IN_CURE:
                assert project.accepted_at
                self.cure.finish(work, issue, step.actor, project.accepted_at, step.note)
            case ProjectState.CANCELLED, hot_issue.IssueState.DECIDED | hot_issue.IssueState.IN_CURE:
                self.raise_issue.ask_again(work, issue, step.actor, Cause(Why.PROJECT_CANCELLED), step.note)

    def _plan(self, work: Work, project: RepairProject, plan: Plan) -> None:
        """Raises Unfit, for more floor area too than is registered of its estates; where one is not, any is taken."""
        try:
            project.plan(plan)
        except PlanFault as fault:
            raise Unfit(fault.fact, str(fault)) from None
        if plan.floor_area_m2 is None:
            return
        known = self.registered_area(work, project)
        if known is not None and plan.floor_area_m2 > known:
            asked = f"is {plan.floor_area_m2:.2f} m², and {known:.2f} m² are registered of its estates"
            raise Unfit("floor_area_m2", f"{asked}: correct it, or the register first")

    def registered_area(self, work: Work, project: RepairProject) -> float | None:
        """Of its estates together, in m²; None where it is not known of each."""
        total = 0.0
        for place in project.estates or (project.place,):
            area = self.areas.of(work, place.estate) if place.estate else None
            if area is None:
                return None
            total += area
        return total

    def _advanced(self, work: Work, project: RepairProject) -> None:
        taken = project.steps[-1]
        came_from = taken.from_state or taken.state
        facts = {**project_facts(project), **taken_by(project)}
        work.publish(
            TOPIC, ProjectAdvanced(**facts, previous_state=came_from, note=taken.note, joined_hot_issue=taken.joined)
        )
        self.projects.save(work, project)
        works_moved(work, project.id, project.version)


def project_facts(project: RepairProject) -> dict[str, Any]:
    """A project's public state, as each of its events carries it."""
    return {
        "version": project.version,
        "project_id": project.id,
        "number": project.number,
        "state": project.state,
        "hot_issues": project.hot_issues,
        "place": project.place,
        "estates": project.estates or None,
        "lead": project.lead,
        "elements": project.elements,
        "floor_area_m2": project.floor_area_m2,
        "planned_start": project.planned_start,
        "planned_end": project.planned_end,
        "started_at": project.started_at,
        "accepted_at": project.accepted_at,
        "opened_at": project.opened_at,
        "resume_to": project.resume_to,
        "responsible": project.responsible,
        "review_on": project.review_on,
    }


def taken_by(project: RepairProject) -> dict[str, Any]:
    """Who took the last step, and when."""
    return {"actor": project.steps[-1].actor, "step_at": project.steps[-1].at}


def review_at(day: date) -> datetime:
    """When the works that are stopped until a day are looked at again."""
    return datetime.combine(day, time.min, SHANGHAI)
