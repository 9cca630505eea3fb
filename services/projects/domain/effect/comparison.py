"""How an estate moved against those that were not repaired, as a log rate ratio with its error.

Counts are of distinct callers a month. The variance between the controls' own ratios (tau squared, DerSimonian and
Laird 1986) is part of the error, so that drift and clusters of calls do not look like an effect. Everything takes
arrays: the last axis of controls is the control, all axes before it are cases that are judged together.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

EVEN = 0.5
"""Added to each count, so that none is zero."""


class Shift(NamedTuple):
    """What happened without works. `level`: the mean log ratio of the controls, `variance`: of that mean.

    `between`: tau squared, the variance of single estates around it.
    """

    level: Floats
    variance: Floats
    between: Floats
    controls: int


class LogRatio(NamedTuple):
    """`effect`: log of what is left of the complaints, against the controls. `p_fell`, `p_rose`: one-sided."""

    effect: Floats
    error: Floats
    p_fell: Floats
    p_rose: Floats
    low: Floats
    high: Floats


def shift_of(before: Floats, after: Floats) -> Shift:
    """Of at least two controls; with fewer everything is unknown (nan)."""
    controls = before.shape[-1]
    if controls < 2:
        unknown = np.full(before.shape[:-1], np.nan)
        return Shift(unknown, unknown, unknown, controls)
    ratio, variance = _log_ratio(before, after)
    between = between_estates(ratio, variance)
    weights = 1 / (variance + between[..., None])
    total = weights.sum(axis=-1)
    return Shift((weights * ratio).sum(axis=-1) / total, 1 / total, between, controls)


def between_estates(ratio: Floats, variance: Floats) -> Floats:
    """Tau squared by DerSimonian and Laird, at least 0."""
    weights = 1 / variance
    total = weights.sum(axis=-1)
    mean = (weights * ratio).sum(axis=-1) / total
    spread = (weights * (ratio - mean[..., None]) ** 2).sum(axis=-1)
    scale = total - (weights**2).sum(axis=-1) / total
    between: Floats = np.maximum(0, (spread - (ratio.shape[-1] - 1)) / scale)
    return between


def compare(before: Floats, after: Floats, shift: Shift, interval: float) -> LogRatio:
    ratio, own = _log_ratio(before, after)
    return compared(ratio - shift.level, np.sqrt(own + shift.between + shift.variance), shift.controls, interval)


def compared(effect: Floats, error: Floats, controls: int, interval: float) -> LogRatio:
    """By Student's t with one degree of freedom less than there are controls."""
    from scipy.special import stdtr, stdtrit  # a fifth of a second that every start of the service would wait for

    degrees = max(controls - 1, 1)
    p_fell = stdtr(degrees, effect / error)
    reach = stdtrit(degrees, (1 + interval) / 2) * error
    return LogRatio(effect, error, p_fell, 1 - p_fell, effect - reach, effect + reach)


def is_too_few(before: Floats, months: float, shift: Shift, fall: float, alpha: float) -> NDArray[np.bool_]:
    """Whether a fall by that share would be found with less than even odds.

    `months`: of the months after, how many there are for each one before.
    """
    from scipy.special import stdtrit

    left = 1 - fall
    expected = left * before * months
    error = np.sqrt(1 / (expected + EVEN) + 1 / (before + EVEN) + shift.between + shift.variance)
    needed = stdtrit(max(shift.controls - 1, 1), 1 - alpha)
    return np.asarray(-np.log(left) / error < needed)


def _log_ratio(before: Floats, after: Floats) -> tuple[Floats, Floats]:
    """With its variance by the counts alone."""
    return np.log((after + EVEN) / (before + EVEN)), 1 / (after + EVEN) + 1 / (before + EVEN)
