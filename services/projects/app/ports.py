"""What the use cases need of the world. Each call works inside the transaction of `work` and commits nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from services.chassis.work import Work
from services.projects.domain.detection import Call
from services.projects.domain.evidence import Cell
from services.projects.domain.hot_issue import HotIssue, Reason, Tally
from services.projects.domain.repair_project import RepairProject
from services.projects.domain.typical_case import Standing, TypicalCase


class Calls(Protocol):
    """The tickets that count in a cell, whose lock the caller holds."""

    def between(self, work: Work, cell: Cell, after: datetime, until: datetime | None) -> list[Call]:
        """Calls later than `after` and up to `until` of event time (None: no bound), the earliest first."""

    def count(self, work: Work, cells: Collection[Cell], begin: datetime, end: datetime) -> int:
        """How many calls the cells hold from `begin` up to, and without, `end`."""

    def latest(self, work: Work, cell: Cell) -> datetime | None:
        """When the cell's last call was."""

    def present(self, work: Work, cell: Cell, since: datetime, until: datetime) -> bool:
        """Whether a call that is not of the past lies in the span, ends included."""


class HotIssues(Protocol):
    def newest(self, work: Work, cell: Cell) -> HotIssue | None:
        """The cell's issue of the highest ordinal, held until the transaction ends."""

    def lock(self, work: Work, issue_id: str) -> HotIssue | None:
        """The issue, held against other writers until the transaction ends; None if there is none."""

    def lock_all(self, work: Work, issue_ids: Collection[str]) -> dict[str, HotIssue]:
        """Those of them that there are, by id, locked in the order of their ids."""

    def save(self, work: Work, issue: HotIssue) -> None:
        """Stores the issue's facts and the new lines of its history."""

    def join(self, work: Work, issue: HotIssue, call: Call, reason: Reason, at: datetime) -> bool | None:
        """Makes the call a member. None if it was one before, else whether it brings a caller not heard of before."""

    def add_members(
        self, work: Work, issue: HotIssue, members: Mapping[str, tuple[Call, Reason]], at: datetime
    ) -> list[str]:
        """Makes each a member, or corrects the reason of one that is; the tickets of which either is new, in order."""

    def drop_member(self, work: Work, issue: HotIssue, ticket_id: str) -> bool:
        """Takes one member out; whether it was one."""

    def drop_members(self, work: Work, issue: HotIssue, until: datetime | None) -> list[str]:
        """Takes out the members up to a moment of event time (None: all); those merged in from other issues stay.

        Returns their tickets.
        """

    def dissatisfied(self, work: Work, issue: HotIssue) -> int:
        """Of how many members the caller said that it is not solved, or that the service was bad."""

    def members(self, work: Work, issue: HotIssue) -> list[Call]:
        """All members, the earliest first."""

    def cells(self, work: Work, issue: HotIssue) -> list[Cell]:
        """The issue's own cell and those of the issues merged into it."""

    def tally(self, work: Work, issue: HotIssue) -> Tally | None:
        """Counts the members; None if there are none."""


class TypicalCases(Protocol):
    def lock(self, work: Work, type_code: str) -> TypicalCase | None:
        """The case of a type, held until the transaction ends: nobody else looks at this type until then."""

    def standing(self, work: Work, type_code: str) -> list[Standing]:
        """The hot issues of a type that are confirmed and not withdrawn, whatever was decided on them."""

    def save(self, work: Work, case: TypicalCase) -> None:
        """Stores the case."""


class Projects(Protocol):
    def lock(self, work: Work, project_id: str) -> RepairProject | None:
        """The project, held against other writers until the transaction ends; None if there is none."""

    def save(self, work: Work, project: RepairProject) -> None:
        """Stores the project's facts and the new lines of its history."""
