"""What counting a batch of tickets needs from the database. The number of statements does not depend on its size."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from services.chassis.database.work import Work
from services.contracts.ticket_events import TypeCode
from services.projects.domain.citywide import Spread, TypeDay
from services.projects.domain.detection import Call, Sighted
from services.projects.domain.evidence import Cell
from services.projects.domain.hot_issue import HotIssue, Reason
from services.projects.domain.sighting import Sighting


class Sightings(Protocol):
    def lock(self, work: Work, ticket_ids: Collection[str]) -> dict[str, Sighting]:
        """Locks all of them in the order of their ids; creates the row of a ticket that was not known."""

    def save(self, work: Work, sightings: Collection[Sighting]) -> None:
        """Stores sightings that are locked."""


class Days(Protocol):
    def lock(self, work: Work, days: Collection[TypeDay]) -> dict[TypeDay, bool]:
        """Locks the days in one order; whether each is citywide."""

    def spreads(self, work: Work, days: Collection[TypeDay]) -> dict[TypeDay, Spread]:
        """How many estates and sub-districts call on each day."""

    def calls(self, work: Work, days: Mapping[TypeDay, int]) -> dict[TypeDay, list[Sighted]]:
        """All calls of so many days, beginning with each of these days; those of citywide events too."""

    def citywide(self, work: Work, types: Collection[TypeCode]) -> set[TypeDay]:
        """Every citywide day of these types."""

    def mark(self, work: Work, days: Mapping[TypeDay, bool]) -> None:
        """Stores whether each day is citywide. The caller holds their locks."""


class FirstCalls(NamedTuple):
    """The first calls of a cell after a moment. They are complete up to `until` (None: there are no more)."""

    calls: Sequence[Call]
    until: datetime | None


class CellCalls(Protocol):
    def lock(self, work: Work, cells: Collection[Cell]) -> None:
        """Locks the cells in one order; creates the row of a cell that was not known."""

    def after(self, work: Work, since: Mapping[Cell, datetime]) -> dict[Cell, FirstCalls]:
        """The calls of each cell after a moment, the earliest first; those of citywide events too.

        A cell may be missing, if too many of its calls share one moment.
        """


class NewMember(NamedTuple):
    issue_id: str
    call: Call
    reason: Reason
    joined_at: datetime


class KnownMembers(NamedTuple):
    """Those of the tickets and callers asked for that an issue has as members."""

    tickets: set[str]
    callers: set[str]


class IssueBatches(Protocol):
    def lock_of(self, work: Work, cells: Collection[Cell]) -> list[HotIssue]:
        """Locks the issues of the cells, and those they were merged into, in the order of their ids."""

    def known(
        self, work: Work, issue_ids: Collection[str], tickets: Collection[str], callers: Collection[str]
    ) -> dict[str, KnownMembers]:
        """Which of the tickets and callers are members, of each issue."""

    def add(self, work: Work, members: Sequence[NewMember]) -> None:
        """Stores new members."""

    def save_many(self, work: Work, issues: Collection[HotIssue]) -> None:
        """Stores issues whose history has not changed."""
