"""Why a step was taken, as a code with its values. Texts are made where somebody reads them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from services.contracts.effect import JudgedEffect
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
    """Of verdicts from before there were controls (ADR 48)."""
    EFFECT_JUDGED = "effect_judged"
    RELAPSE_SUSPECTED = "relapse_suspected"


class Cause(NamedTuple):
    why: Why
    values: Mapping[str, Any] = {}


def fulfilled(why: Why, found: Fulfilment) -> Cause:
    return Cause(why, {"callers": found.callers, "window_days": found.window_days})


def judged_by(effect: JudgedEffect) -> Cause:
    """The verdict in whole numbers: what is left in percent, the months of the look as they were counted."""
    numbers = {
        "look": effect.look,
        "before": effect.before,
        "after": effect.after,
        "months_before": effect.months_before,
        "months_after": effect.months_after,
        "left_percent": _percent(effect.left),
        "low_percent": _percent(effect.left_low),
        "high_percent": _percent(effect.left_high),
        "controls": effect.controls,
        "nuisance": effect.nuisance,
    }
    flags = [name for name in ("moved", "few_controls", "short_before") if getattr(effect, name)]
    if effect.calibrated is False:
        flags.append("not_calibrated")
    known = {name: value for name, value in numbers.items() if value is not None}
    return Cause(Why.EFFECT_JUDGED, {"finding": effect.finding, **known, "remarks": tuple(flags)})


def _percent(share: float | None) -> int | None:
    return None if share is None else round(share * 100)
