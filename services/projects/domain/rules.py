"""The rules as data: when a problem is concentrated, by when to decide.

Their values are in data/rules.yaml alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise
from math import ceil
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt, model_validator

from services.contracts.hot_issue_events import DecisionKind
from services.contracts.ticket_events import DepartmentCode, Urgency
from services.projects.domain.months import ZONE

Days = Annotated[int, Field(ge=1, le=365)]
HUB, LEAD, PROJECT_LEAD = "hub", "lead", "project-lead"
"""Who may decide, beside departments by their code: the hub, who leads the issue, who leads the works."""


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Threshold(_Rule):
    """So many distinct callers within so many days of event time. One caller is a repeat, never a concentration."""

    window_days: Days
    distinct_callers: int = Field(ge=2)


class EarlyWarning(Threshold):
    """Level L1. Hysteresis: once given, a warning stands until no call has come for `quiet_days`."""

    quiet_days: Days


class Baseline(_Rule):
    """The relative trigger of L2: within the short window, `factor` times as many callers as is usual there.

    Usual is the mean of the `past_days` before that window. With fewer than `least_past_calls` in them nothing is
    usual yet; fewer than `least_callers` are never a concentration, however quiet the place was.
    """

    factor: float = Field(gt=1, allow_inf_nan=False)
    past_days: Days
    least_past_calls: PositiveInt
    least_callers: int = Field(ge=3)


class Citywide(_Rule):
    """Damping: a type that `estates` in `sub_districts` call about on one day is an event (storm, outage).

    Calls of that day and of the days after it, `lasts_days` in all, are tagged as event-driven and count for no level.
    """

    estates: int = Field(ge=3)
    sub_districts: int = Field(ge=1, le=8)
    lasts_days: int = Field(ge=1, le=14)


class FloorArea(_Rule):
    """Large estates have more callers: what L2 asks for grows with the registered floor area above `reference_m2`."""

    reference_m2: PositiveFloat
    at_most: float = Field(ge=1, le=10, allow_inf_nan=False)

    def scaled(self, callers: int, area_m2: float | None) -> int:
        return ceil(callers * min(self.at_most, max(1.0, area_m2 / self.reference_m2))) if area_m2 else callers


class Detection(_Rule):
    """Level L2 of docs/domain.md §3.2: `distinct_callers` within `window_days`, or one of the further triggers."""

    window_days: Days
    distinct_callers: int = Field(ge=2, description="One caller is a repeat, never a concentration.")
    long_window: Threshold | None = None
    baseline: Baseline | None = None
    early_warning: EarlyWarning | None = None
    citywide: Citywide | None = None
    floor_area: FloorArea | None = None

    @model_validator(mode="after")
    def _in_proportion(self) -> Self:
        if self.long_window:
            if self.long_window.window_days <= self.window_days:
                raise ValueError("long_window must be longer than window_days")
            if self.long_window.distinct_callers <= self.distinct_callers:
                raise ValueError("long_window must ask for more callers than distinct_callers")
        warning = self.early_warning
        if warning and (warning.window_days, warning.distinct_callers) >= (self.window_days, self.distinct_callers):
            raise ValueError("early_warning must come before the hot issue: a shorter window, fewer callers")
        if self.baseline and self.baseline.least_callers >= self.distinct_callers:
            raise ValueError("baseline.least_callers must be below distinct_callers, or it can never matter")
        return self

    @property
    def longest_days(self) -> int:
        return self.long_window.window_days if self.long_window else self.window_days


class EstateYear(_Rule):
    """Level L2y: an estate with so many complaints of all types in a year; a caller counts once for each type."""

    window_days: Days
    complaints: PositiveInt


class TypeProblem(_Rule):
    """Level L3: hot issues of one type in `estates` of `sub_districts` within `window_days`."""

    window_days: Days
    estates: int = Field(ge=2)
    sub_districts: int = Field(ge=1, le=8)


class DecisionRule(_Rule):
    """By when somebody must decide, and who may decide what: HUB, LEAD, PROJECT_LEAD, or departments by code."""

    working_days: PositiveInt
    made_by: Mapping[DecisionKind, Annotated[frozenset[str], Field(min_length=1)]]

    @model_validator(mode="after")
    def _all_kinds(self) -> Self:
        missing = sorted(set(DecisionKind) - self.made_by.keys())
        if missing:
            raise ValueError(f"made_by lacks {', '.join(missing)}: nobody could decide so")
        return self


class Reopening(_Rule):
    months: PositiveInt


class ProjectRule(_Rule):
    lead: DepartmentCode


class Rules(_Rule):
    """One edition. It applies to what happens, in event time, from `effective_from` on until the next edition does."""

    version: PositiveInt
    effective_from: date
    detection: Detection
    estate_year: EstateYear
    type_problem: TypeProblem
    severity: Mapping[Urgency, PositiveFloat]
    decision: DecisionRule
    reopening: Reopening
    project: ProjectRule

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.effective_from, time(), ZONE)


@dataclass(frozen=True, slots=True, eq=False)
class RuleBook:
    """All editions, the oldest first. Version and date rise from each to the next (ValueError if not)."""

    editions: Sequence[Rules]

    def __post_init__(self) -> None:
        for older, newer in pairwise(self.editions):
            if newer.version <= older.version:
                raise ValueError(f"version {newer.version} must be higher than {older.version} before it")
            if newer.effective_from <= older.effective_from:
                raise ValueError(f"version {newer.version} must begin after {older.effective_from}")

    def at(self, moment: datetime) -> Rules:
        """The edition that applies at this moment; before all of them, the oldest."""
        return next((one for one in reversed(self.editions) if one.begins <= moment), self.editions[0])

    def spans(self) -> Iterator[tuple[Rules, datetime | None, datetime | None]]:
        """Each edition with the moments from which and before which it applies; None: without bound."""
        begins = [None, *(one.begins for one in self.editions[1:]), None]
        yield from zip(self.editions, begins[:-1], begins[1:], strict=True)

    @property
    def newest(self) -> Rules:
        return self.editions[-1]

    @property
    def longest_days(self) -> int:
        """Days of the longest window of any edition."""
        return max(one.detection.longest_days for one in self.editions)

    @property
    def warning_days(self) -> int:
        early = (one.detection.early_warning for one in self.editions)
        return max((one.window_days for one in early if one), default=0)

    @property
    def event_days(self) -> int:
        """For how long a citywide event takes calls out of the count, at most; 0: there is no damping."""
        citywide = (one.detection.citywide for one in self.editions)
        return max((one.lasts_days for one in citywide if one), default=0)

    @property
    def reach_days(self) -> int:
        """Days for which a call may affect what is usual, and so whether later calls are a concentration."""
        past = max((one.detection.baseline.past_days for one in self.editions if one.detection.baseline), default=0)
        return past + self.longest_days


def book_of(rules: Rules) -> RuleBook:
    return RuleBook((rules,))
