"""What the use cases need from the outside. Each call works inside the transaction of `work` and commits nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from services.chassis.database.work import Work
from services.projects.domain.detection import Call
from services.projects.domain.evidence import Cell
from services.projects.domain.hot_issue import HotIssue, Reason, Tally
from services.projects.domain.rules import RuleBook
from services.projects.domain.works.repair_project import ProjectEntry, RepairProject


class CurrentRules(Protocol):
    """The rules in force, which may change while the service runs."""

    def book(self) -> RuleBook: ...


class Calls(Protocol):
    """The tickets that count in a cell, whose lock the caller holds."""

    def between(self, work: Work, cell: Cell, after: datetime, until: datetime | None) -> list[Call]:
        """Calls later than `after` and up to `until` of event time (None: no bound), the earliest first.

        Calls that belong to a citywide event are left out.
        """

    def count(self, work: Work, cells: Collection[Cell], begin: datetime, end: datetime) -> int:
        """How many calls the cells hold from `begin` up to, and without, `end`."""

    def latest(self, work: Work, cell: Cell) -> datetime | None:
        """When the cell's last call was."""

    def present(self, work: Work, cell: Cell, since: datetime, until: datetime) -> bool:
        """Whether a call that was not imported from the past lies in the span, ends included."""


class HotIssues(Protocol):
    def next_number(self, work: Work) -> int:
        """The running number of a new issue; numbers may be left out, and none comes twice."""

    def newest(self, work: Work, cell: Cell) -> HotIssue | None:
        """The cell's issue of the highest ordinal, locked until the transaction ends."""

    def lock(self, work: Work, issue_id: str) -> HotIssue | None:
        """The issue, locked against other writers until the transaction ends; None if there is none."""

    def lock_all(self, work: Work, issue_ids: Collection[str]) -> dict[str, HotIssue]:
        """Those of them that exist, by id, locked in the order of their ids."""

    def save(self, work: Work, issue: HotIssue) -> None:
        """Stores the issue's facts and the new lines of its history."""

    def save_growth(self, work: Work, issue: HotIssue) -> None:
        """Stores an issue of which nothing but the members changed; may be put off until the transaction ends."""

    def join(self, work: Work, issue: HotIssue, call: Call, reason: Reason, at: datetime) -> bool | None:
        """Makes the call a member. Whether it adds a new caller; None if it was a member before."""

    def add_members(
        self, work: Work, issue: HotIssue, members: Mapping[str, tuple[Call, Reason]], at: datetime
    ) -> list[str]:
        """Makes each a member, or corrects the reason of one that is. Returns the tickets changed, in order."""

    def drop_member(self, work: Work, issue: HotIssue, ticket_id: str) -> bool:
        """Removes one member; whether it was one."""

    def drop_members(self, work: Work, issue: HotIssue, until: datetime | None) -> list[str]:
        """Removes the members up to a moment of event time (None: all) and returns their tickets.

        Those merged in from other issues stay.
        """

    def dissatisfied(self, work: Work, issue: HotIssue) -> int:
        """How many members' callers said that it is not solved, or that the service was bad."""

    def members(self, work: Work, issue: HotIssue) -> list[Call]:
        """All members, the earliest first."""

    def cells(self, work: Work, issue_ids: Collection[str]) -> dict[str, list[Cell]]:
        """Of each issue its own cell and those of the issues merged into it."""

    def tally(self, work: Work, issue: HotIssue) -> Tally | None:
        """Counts the members; None if there are none."""


class DecisionsInDoubt(Protocol):
    def in_doubt(self, work: Work, until: datetime, after: str, most: int) -> list[HotIssue]:
        """Undecided issues whose days to decide end by `until` and count holidays that were not announced.

        Locked, at most `most`, those of higher ids than `after`, in their order.
        """

    def save(self, work: Work, issue: HotIssue) -> None:
        """Stores the issue's facts and the new lines of its history."""


class RepairProjects(Protocol):
    def next_number(self, work: Work) -> int:
        """The running number of a new project; numbers may be left out, and none comes twice."""

    def lock(self, work: Work, project_id: str) -> RepairProject | None:
        """The project, locked against other writers until the transaction ends; None if there is none."""

    def history(self, work: Work, project_id: str) -> list[ProjectEntry]:
        """Every line of its history, the oldest first."""

    def save(self, work: Work, project: RepairProject) -> None:
        """Stores the project's facts and the new lines of its history."""
