"""The rules of the loop, as data: when a problem is concentrated, by when to decide, what counts as a cure."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, PositiveInt

from services.contracts.ticket_events import DepartmentCode, TypeCode


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Detection(_Rule):
    """Level L2 of domain.md §3.2: `distinct_callers` within `window_days` of event time."""

    window_days: int = Field(ge=1, le=365)
    distinct_callers: int = Field(ge=2, description="One caller is a repeat, never a concentration.")


class Decision(_Rule):
    working_days: PositiveInt


class Observation(_Rule):
    """The effect check of domain.md §3.4; `apart` are the types that speak of the works, not of their cause."""

    months: int = Field(ge=1, le=12, description="More than a year would count a month before the works twice.")
    least_before: PositiveInt
    fall_at_least: float = Field(gt=0, le=1)
    apart: frozenset[TypeCode]


class Reopening(_Rule):
    months: PositiveInt


class ProjectRule(_Rule):
    lead: DepartmentCode


class Rules(_Rule):
    version: PositiveInt
    detection: Detection
    decision: Decision
    observation: Observation
    reopening: Reopening
    project: ProjectRule
