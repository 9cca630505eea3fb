"""Folds what projects itself published, every human decision included, into hot issues, projects and typical cases.

Each event carries its aggregate's whole state, its step of the history, and one member that joined or left.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from services.contracts.complaint_events import WorksComplaintChanged
from services.contracts.consultation_events import ConsultationEvent
from services.contracts.estate_events import EstateRegistered, EstateRemoved
from services.contracts.event import Envelope, Event
from services.contracts.hot_issue_events import HotIssueEvent, HotIssueMemberJoined, HotIssueMemberLeft
from services.contracts.need_events import NeedChanged, NeedsSurveyed, NeedsSurveyWithdrawn
from services.contracts.numbers import ShortKind, number_of_old
from services.contracts.project_events import ProjectEvent, ProjectOpened
from services.contracts.supervision_events import SupervisionEvent
from services.contracts.works_events import WorksEvent
from services.projects.domain.hot_issue import IssueState, Reason
from services.projects.domain.works.repair_project import ProjectState
from services.projects.jobs.rebuild.own_consultations import OwnConsultations
from services.projects.jobs.rebuild.own_estates import OwnEstates
from services.projects.jobs.rebuild.own_needs import OwnNeeds
from services.projects.jobs.rebuild.own_plans import OwnPlans, PlanFact
from services.projects.jobs.rebuild.own_standards import OwnStandards, StandardFact
from services.projects.jobs.rebuild.own_supervision import OwnSupervision
from services.projects.jobs.rebuild.own_works import OwnWorks
from services.projects.store.consultations_rebuilt import forget_consultations
from services.projects.store.rebuilt import replace_issues, replace_projects
from services.projects.store.tables import hot_issues, repair_projects
from services.projects.store.works_rebuilt import forget_works

Row = dict[str, Any]


@dataclass(slots=True)
class FoldedIssue:
    row: Row = field(default_factory=dict)
    history: list[Row] = field(default_factory=list)
    members: dict[str, tuple[Any, str]] = field(default_factory=dict)


@dataclass(slots=True)
class FoldedProject:
    row: Row = field(default_factory=dict)
    history: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class OwnEvents:
    """What has been folded so far. Events of a version that was folded before change nothing."""

    issues: dict[str, FoldedIssue] = field(default_factory=dict)
    projects: dict[str, FoldedProject] = field(default_factory=dict)
    works: OwnWorks = field(default_factory=OwnWorks)
    consultations: OwnConsultations = field(default_factory=OwnConsultations)
    estates: OwnEstates = field(default_factory=OwnEstates)
    needs: OwnNeeds = field(default_factory=OwnNeeds)
    plans: OwnPlans = field(default_factory=OwnPlans)
    supervision: OwnSupervision = field(default_factory=OwnSupervision)
    standards: OwnStandards = field(default_factory=OwnStandards)
    choices: dict[tuple[str, str], bool] = field(default_factory=dict)
    """By ticket and matter, whether a person said that it is of it."""

    def fold(self, envelopes: Iterable[Envelope]) -> None:
        for envelope in envelopes:
            event = envelope.event
            if isinstance(event, HotIssueEvent):
                self._issue(event)
            elif isinstance(event, ProjectEvent):
                self._project(event)
            elif isinstance(event, WorksEvent):
                self.works.fold(event)
            elif isinstance(event, ConsultationEvent):
                self.consultations.fold(event)
            elif isinstance(event, WorksComplaintChanged):
                self.works.complaint(event)
            elif isinstance(event, EstateRegistered | EstateRemoved):
                self.estates.fold(event)
            elif isinstance(event, NeedChanged | NeedsSurveyed | NeedsSurveyWithdrawn):
                self.needs.fold(event)
            elif isinstance(event, PlanFact):
                self.plans.fold(event)
            elif isinstance(event, SupervisionEvent):
                self.supervision.fold(event)
            elif isinstance(event, StandardFact):
                self.standards.fold(event)

    def write(self, connection: Connection) -> None:
        """Replaces what was written before; the sightings must be there."""
        issues, projects = self.issues.values(), self.projects.values()
        members = [
            {"hot_issue_id": one.row["id"], "ticket_id": ticket, "joined_at": joined_at, "reason": reason}
            for one in issues
            for ticket, (joined_at, reason) in one.members.items()
        ]
        replace_issues(
            connection, [one.row for one in issues], [line for one in issues for line in one.history], members
        )
        forget_works(connection)
        forget_consultations(connection)
        replace_projects(
            connection,
            [one.row for one in projects],
            [line for one in projects for line in one.history],
        )
        self.works.write(connection)
        self.consultations.write(connection)
        self.estates.write(connection)
        self.needs.write(connection)
        self.plans.write(connection)
        self.supervision.write(connection)
        self.standards.write(connection)

    def _issue(self, event: HotIssueEvent) -> None:
        issue = self.issues.setdefault(event.aggregate_id, FoldedIssue())
        if issue.row and issue.row["version"] >= event.version:
            return
        number = event.number or number_of_old(ShortKind.HOT_ISSUE, event.hot_issue_id)
        issue.row = _columns(event, hot_issues.c) | _place(event) | {"id": event.hot_issue_id, "number": number}
        if event.effect:
            issue.row |= {"effect": event.effect.model_dump(mode="json"), "verdict": None}
        if event.judged:
            issue.row |= {"judged": event.judged.model_dump(mode="json"), "verdict": None}
        if event.actor is not None:
            issue.history.append(_line(event))
        if isinstance(event, HotIssueMemberJoined | HotIssueMemberLeft) and event.actor and event.place.estate:
            self.choices[event.ticket_id, event.place.estate] = isinstance(event, HotIssueMemberJoined)
        if isinstance(event, HotIssueMemberJoined):
            joined_at = issue.members.get(event.ticket_id, (event.joined_at, ""))[0]
            issue.members[event.ticket_id] = (joined_at, event.reason)
        elif isinstance(event, HotIssueMemberLeft):
            issue.members.pop(event.ticket_id, None)
        elif event.state == IssueState.WITHDRAWN and event.actor is not None:
            issue.members = {one: held for one, held in issue.members.items() if held[1] == Reason.MERGED}

    def _project(self, event: ProjectEvent) -> None:
        project = self.projects.setdefault(event.project_id, FoldedProject())
        if project.row and project.row["version"] >= event.version:
            return
        number = event.number or number_of_old(ShortKind.PROJECT, event.project_id)
        estates = [one.model_dump(exclude_none=True) for one in event.estates or ()] or None
        project.row = _columns(event, repair_projects.c) | _place(event) | {"id": event.project_id, "number": number}
        project.row["estates"] = estates
        came_from = None if isinstance(event, ProjectOpened) else getattr(event, "previous_state", event.state)
        stopped = event.state == ProjectState.SUSPENDED and came_from != event.state
        project.history.append(
            {
                "project_id": event.project_id,
                "version": event.version,
                "at": event.step_at,
                "from_state": came_from,
                "state": event.state,
                "actor": event.actor,
                "note": getattr(event, "note", None),
                "joined": getattr(event, "joined_hot_issue", None),
                "reverses": getattr(event, "reverses", None),
                "responsible": event.responsible if stopped else None,
                "review_on": event.review_on if stopped else None,
            }
        )


def _line(event: HotIssueEvent) -> Row:
    """A step of the history. Events from before causes were kept have it all in `detail`."""
    return {
        "hot_issue_id": event.hot_issue_id,
        "version": event.version,
        "at": event.step_at,
        "state": event.state,
        "actor": event.actor,
        "detail": event.note if event.cause else event.detail,
        "cause": event.cause and event.cause.code,
        "cause_values": event.cause and event.cause.model_dump(mode="json")["values"],
    }


def _columns(event: Event, columns: Any) -> Row:
    """Those of a table's columns that the event names."""
    row: Row = {}
    for one in columns:
        value = getattr(event, one.name, None)
        row[one.name] = list(value) if isinstance(value, tuple) else value
    return row


def _place(event: Any) -> Row:
    place = event.place
    return {"estate": place.estate, "estate_name": place.estate_name, "sub_district": place.sub_district}
