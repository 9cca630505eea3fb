"""What the use cases of plans ask of the outside. Each call works inside the transaction of `work`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from services.chassis.database.work import Work
from services.contracts.ticket_events import Place
from services.projects.domain.fund_use import FundUse
from services.projects.domain.hot_issue import HotIssue
from services.projects.domain.yearly_plan import PlanEntry, YearlyPlan


@dataclass(frozen=True, slots=True)
class Candidate:
    """An estate with needs that can be planned, and what is known of it.

    `callers`: distinct ones about repair within a year. `repaired`: the year in which works were last accepted.
    """

    place: Place
    needs: tuple[str, ...]
    property_kind: str | None = None
    built: int | None = None
    callers: int = 0
    repaired: int | None = None
    issues: tuple[HotIssue, ...] = ()


class PlanBook(Protocol):
    """Locks come after those of projects and issues, and before those of needs."""

    def lock_year(self, work: Work, year: int) -> list[YearlyPlan]:
        """All versions of a year by their numbers; nobody else changes them until the transaction ends."""

    def year_of(self, work: Work, plan_id: str) -> int | None: ...

    def entries(self, work: Work, plan_id: str) -> list[PlanEntry]:
        """By estate."""

    def save(self, work: Work, plans: Sequence[YearlyPlan]) -> None: ...

    def save_entries(self, work: Work, entries: Sequence[PlanEntry]) -> None: ...

    def candidates(self, work: Work) -> list[Candidate]:
        """All estates with needs that can be planned, by their ids."""

    def begun(self, work: Work, year: int) -> Mapping[str, tuple[str, ...]]:
        """By estate the ids of the projects that are to meet needs which a version of this year's plan lists."""

    def needs_of(self, work: Work, plan_id: str) -> list[str]:
        """The ids of the needs that a version lists."""


class FundUses(Protocol):
    def lock(self, work: Work, fund_use_id: str) -> FundUse | None:
        """Locked until the transaction ends."""

    def save(self, work: Work, use: FundUse) -> None: ...
