"""Root causes (根因) of a case, and the countermeasures (对策) against them (docs/domain.md §3.3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum


class RootKind(StrEnum):
    PROCESS = "process"
    DESIGN = "design"
    CONSTRUCTION = "construction"
    MANAGEMENT = "management"
    RULE_GAP = "rule_gap"


@dataclass(frozen=True, slots=True)
class Countermeasure:
    """A task of one unit. `due`: the last day of it; `overdue`: nobody had done it by then."""

    id: str
    unit: str
    what: str
    due: date
    done_on: date | None = None
    overdue: bool = False

    def done(self, day: date) -> Countermeasure:
        return replace(self, done_on=day, overdue=False)

    def late(self) -> Countermeasure:
        return replace(self, overdue=True)


@dataclass(frozen=True, slots=True)
class RootCause:
    """`tickets`: those that show it."""

    id: str
    kind: RootKind
    what: str
    tickets: tuple[str, ...]
    measures: tuple[Countermeasure, ...]

    def with_measure(self, measure: Countermeasure) -> RootCause:
        """With this one in place of the one of its id."""
        return replace(self, measures=tuple(measure if one.id == measure.id else one for one in self.measures))
