"""The limits of supervision: which there are, how long each is, and one that runs (docs/domain.md §3.5)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import PositiveInt, model_validator

from services.contracts.data_files import DataRow


class SupervisionClockKind(StrEnum):
    HAND_OVER = "hand_over"
    RETURN = "return"
    ANSWER = "answer"
    REDO = "redo"
    PROMISE = "promise"


class ClockLength(DataRow):
    """Working days, or months; neither: it ends on a day that was promised. `warn_days` before its end it warns."""

    kind: SupervisionClockKind
    working_days: PositiveInt | None = None
    months: PositiveInt | None = None
    warn_days: PositiveInt | None = None

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        lengths = sum(one is not None for one in (self.working_days, self.months))
        if lengths != (0 if self.kind is SupervisionClockKind.PROMISE else 1):
            raise ValueError("give working_days or months; neither for a promise, which has its own day")
        return self


class SupervisionRules(DataRow):
    """`extension_months`: how much later than its limit an answer may be at most, once. `returns`: how often a clause
    may come back as "not my duty"; whom it is handed over to after that answers it."""

    version: PositiveInt
    returns: PositiveInt
    extension_months: PositiveInt
    clocks: tuple[ClockLength, ...]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if sorted(one.kind for one in self.clocks) != sorted(SupervisionClockKind):
            raise ValueError(f"clocks must have one row for each of {', '.join(SupervisionClockKind)}")
        return self

    def length(self, kind: SupervisionClockKind) -> ClockLength:
        return next(one for one in self.clocks if one.kind is kind)


@dataclass(frozen=True, slots=True)
class RunningClock:
    """A limit that runs; how it was computed is part of it. `moved_from`: its end before holidays were announced."""

    kind: SupervisionClockKind
    since: datetime
    due: datetime
    working_days: int | None = None
    months: int | None = None
    warn_at: datetime | None = None
    calendar_known: bool = True
    warned: bool = False
    overdue: bool = False
    moved_from: datetime | None = None

    def at(self, now: datetime) -> RunningClock:
        """As it is at a moment: warned and overdue once these moments are there. Both stay."""
        if self.kind in LAPSES:
            return self
        warned = self.warned or (self.warn_at is not None and now >= self.warn_at)
        return replace(self, warned=warned, overdue=self.overdue or now >= self.due)

    def recounted(self, other: RunningClock, now: datetime) -> RunningClock | None:
        """As `other` is by the calendar of today; None where nothing is new.

        An end that is over by the new count, too, or would be over at once stays where it was.
        """
        if other.due == self.due:
            known = other.calendar_known
            return replace(self, calendar_known=known) if known != self.calendar_known else None
        return replace(other, moved_from=self.due).at(now) if other.due > now else None


LAPSES = frozenset({SupervisionClockKind.RETURN})
"""What ends without anybody being late: after it, a clause cannot be returned."""
RUNS_FOR_THE_UNIT = frozenset({SupervisionClockKind.ANSWER, SupervisionClockKind.REDO})
"""The clocks within which a unit answers."""
