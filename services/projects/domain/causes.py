"""Why a step was taken, as a code with its values. Texts are made where somebody reads them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from services.projects.domain.detection import Fulfilment


class Why(StrEnum):
    RULE_FULFILLED = "rule_fulfilled"
    FULFILLED_AFTER_WORKS = "fulfilled_after_works"
    TICKETS_CORRECTED = "tickets_corrected"
    NO_FURTHER_CALL = "no_further_call"
    TIME_TO_DECIDE_OVER = "time_to_decide_over"
    HOLIDAYS_ANNOUNCED = "holidays_announced"
    ASSIGNED = "assigned"
    DECIDED = "decided"
    PROJECT_CANCELLED = "project_cancelled"
    STEP_REVERSED = "step_reversed"
    MONTHS_COMPARED = "months_compared"


class Cause(NamedTuple):
    why: Why
    values: Mapping[str, Any] = {}


def fulfilled(why: Why, found: Fulfilment) -> Cause:
    return Cause(why, {"callers": found.callers, "window_days": found.window_days})
