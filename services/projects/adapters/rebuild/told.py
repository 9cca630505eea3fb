"""Folding what projects itself told, and so every human decision, into hot issues, projects and typical cases.

Each event carries its aggregate's whole state, its step of the history, and one member that joined or left.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, insert, text

from services.contracts.event import Envelope, Event
from services.contracts.hot_issue_events import HotIssueMemberJoined, HotIssueMemberLeft
from services.contracts.project_events import ProjectAdvanced, ProjectOpened, TypicalCaseProposed
from services.contracts.registry import HOT_ISSUE_EVENTS
from services.projects.adapters.tables import (
    hot_issue_history,
    hot_issues,
    repair_project_history,
    repair_projects,
    typical_cases,
)
from services.projects.domain.hot_issue import Reason, State

Row = dict[str, Any]


@dataclass(slots=True)
class Issue:
    row: Row = field(default_factory=dict)
    history: list[Row] = field(default_factory=list)
    members: dict[str, tuple[Any, str]] = field(default_factory=dict)


@dataclass(slots=True)
class Project:
    row: Row = field(default_factory=dict)
    history: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Told:
    """What has been folded so far. Events of a version that was folded before change nothing."""

    issues: dict[str, Issue] = field(default_factory=dict)
    projects: dict[str, Project] = field(default_factory=dict)
    cases: dict[str, Row] = field(default_factory=dict)
    choices: dict[tuple[str, str], bool] = field(default_factory=dict)
    """By ticket and matter, whether a person said that it is of it."""

    def fold(self, envelopes: Iterable[Envelope]) -> None:
        for envelope in envelopes:
            event = envelope.event
            if isinstance(event, HOT_ISSUE_EVENTS):
                self._issue(event)
            elif isinstance(event, ProjectOpened | ProjectAdvanced):
                self._project(event)
            elif isinstance(event, TypicalCaseProposed):
                known = self.cases.get(event.type_code)
                if known is None or known["version"] < event.version:
                    self.cases[event.type_code] = _columns(event, typical_cases.c) | {"id": event.case_id}

    def _issue(self, event: Event) -> None:
        issue = self.issues.setdefault(event.aggregate_id, Issue())
        if issue.row and issue.row["version"] >= event.version:
            return
        told: Any = event
        issue.row = _columns(event, hot_issues.c) | _place(told) | {"id": told.hot_issue_id}
        if told.actor is not None:
            line = {"version": told.version, "at": told.step_at, "state": told.state, "actor": told.actor}
            issue.history.append(line | {"hot_issue_id": told.hot_issue_id, "detail": told.detail})
        if isinstance(event, HotIssueMemberJoined | HotIssueMemberLeft) and told.actor and told.place.estate:
            self.choices[event.ticket_id, told.place.estate] = isinstance(event, HotIssueMemberJoined)
        if isinstance(event, HotIssueMemberJoined):
            joined_at = issue.members.get(event.ticket_id, (event.joined_at, ""))[0]
            issue.members[event.ticket_id] = (joined_at, event.reason)
        elif isinstance(event, HotIssueMemberLeft):
            issue.members.pop(event.ticket_id, None)
        elif told.state == State.WITHDRAWN and told.actor is not None:
            issue.members = {one: held for one, held in issue.members.items() if held[1] == Reason.MERGED}

    def _project(self, event: ProjectOpened | ProjectAdvanced) -> None:
        project = self.projects.setdefault(event.project_id, Project())
        if project.row and project.row["version"] >= event.version:
            return
        project.row = _columns(event, repair_projects.c) | _place(event) | {"id": event.project_id}
        came_from = event.previous_state if isinstance(event, ProjectAdvanced) else None
        project.history.append(
            {
                "project_id": event.project_id,
                "version": event.version,
                "at": event.step_at,
                "from_state": came_from,
                "state": event.state,
                "actor": event.actor,
                "note": getattr(event, "note", None),
            }
        )

    def write(self, connection: Connection) -> None:
        """Puts all of it in the place of what was written before; the sightings must be there."""
        for name in (
            *("hot_issue_history", "hot_issue_members", "hot_issues"),
            *("repair_project_history", "repair_projects", "typical_cases"),
        ):
            connection.execute(text(f"DELETE FROM {name}"))  # noqa: S608 - constants
        issues = list(self.issues.values())
        merged_last = sorted(issues, key=lambda one: one.row["merged_into"] is not None)
        _insert(connection, hot_issues, [one.row | {"merged_into": None} for one in merged_last])
        merged = [{"id": one.row["id"], "target": one.row["merged_into"]} for one in issues if one.row["merged_into"]]
        if merged:
            connection.execute(text("UPDATE hot_issues SET merged_into = :target WHERE id = :id"), merged)
        _insert(connection, hot_issue_history, [line for one in issues for line in one.history])
        members = [
            {"issue": one.row["id"], "ticket": ticket, "joined_at": joined_at, "reason": reason}
            for one in issues
            for ticket, (joined_at, reason) in one.members.items()
        ]
        if members:
            connection.execute(_MEMBERS, members)
        _insert(connection, repair_projects, [one.row for one in self.projects.values()])
        _insert(connection, repair_project_history, [line for one in self.projects.values() for line in one.history])
        _insert(connection, typical_cases, list(self.cases.values()))


_MEMBERS = text(
    """
    INSERT INTO hot_issue_members (hot_issue_id, ticket_id, caller_ref, occurred_at, joined_at, reason)
    SELECT :issue, ticket_id, caller_ref, occurred_at, :joined_at, :reason
      FROM ticket_sightings WHERE ticket_id = :ticket AND occurred_at IS NOT NULL
    """
)


def _columns(event: Event, columns: Any) -> Row:
    """Those of a table's columns that the event names."""
    told: Row = {}
    for one in columns:
        value = getattr(event, one.name, None)
        told[one.name] = list(value) if isinstance(value, tuple) else value
    return told


def _place(event: Any) -> Row:
    place = event.place
    return {"estate": place.estate, "estate_name": place.estate_name, "sub_district": place.sub_district}


def _insert(connection: Connection, table: Any, rows: list[Row]) -> None:
    if rows:
        connection.execute(insert(table), rows)
