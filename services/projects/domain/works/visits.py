"""Visits before a warranty ends (保修到期前回访): residents of a block are asked once more what is still wrong.

One round of visits for the warranties of a block that end on the same day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from services.contracts.event import deterministic_id
from services.projects.domain.works.warranty import Warranty


class VisitResult(StrEnum):
    FINE = "fine"
    DEFECT = "defect"
    NOBODY_HOME = "nobody_home"


class VisitFault(ValueError):
    """What cannot be; `fact` names it."""

    def __init__(self, fact: str, fault: str) -> None:
        super().__init__(fault)
        self.fact = fact


class RoundKey(NamedTuple):
    """`block` None: the grounds. `ends`: the last day of the warranties."""

    project_id: str
    block: str | None
    ends: date

    @property
    def id(self) -> str:
        return str(deterministic_id("works", self.project_id, f"works.warranty_visit{self.block or ''}|{self.ends}"))


@dataclass(frozen=True, slots=True)
class HomeVisit:
    """`again_on`: when somebody comes again, where nobody was at home. `defect`: the one that it opened.

    `photographs`: their hashes. `by`: who was there for the unit.
    """

    id: str
    on: date
    result: VisitResult
    by: str
    again_on: date | None = None
    defect: str | None = None
    photographs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VisitRound:
    """`overdue`: the day for an answer, or for coming again, went by without one."""

    key: RoundKey
    visits: tuple[HomeVisit, ...] = ()
    overdue: bool = False
    version: int = 0

    @property
    def is_done(self) -> bool:
        """Somebody was at home."""
        return any(one.result is not VisitResult.NOBODY_HOME for one in self.visits)

    def answer_by(self, late_days: int) -> date:
        """The last day for a visit: the one that was promised, else so many days before the warranties end."""
        last = self.visits[-1].again_on if self.visits else None
        return last or before(self.key.ends, late_days)

    def visit(self, visit: HomeVisit, today: date, days: int) -> VisitRound:
        """`days`: how long before the warranties end the round begins. Raises VisitFault."""
        if visit.on > today:
            raise VisitFault("on", "is still to come; say it afterwards")
        if not before(self.key.ends, days) <= visit.on <= self.key.ends:
            raise VisitFault("on", f"is not in the {days} days before {self.key.ends}, when the warranties end")
        if (visit.result is VisitResult.NOBODY_HOME) is (visit.again_on is None):
            missing = "is missing: say when somebody comes again"
            raise VisitFault("again_on", "is for where nobody was at home" if visit.again_on else missing)
        if visit.again_on and not today <= visit.again_on <= self.key.ends:
            raise VisitFault("again_on", f"is not between today and {self.key.ends}, when the warranties end")
        return replace(self, visits=(*self.visits, visit), overdue=False, version=self.version + 1)

    def fall_due(self, today: date, late_days: int) -> VisitRound | None:
        """The round after its day went by without an answer; None if that changes nothing."""
        if self.is_done or self.overdue or today <= self.answer_by(late_days):
            return None
        return replace(self, overdue=True, version=self.version + 1)


def rounds_of(project_id: str, warranties: Iterable[Warranty]) -> list[RoundKey]:
    """The first to end first."""
    keys = {RoundKey(project_id, one.block, one.ends) for one in warranties if one.replaced_by is None}
    return sorted(keys, key=lambda key: (key.ends, key.block or ""))


def before(day: date, days: int) -> date:
    return date.fromordinal(day.toordinal() - days)
