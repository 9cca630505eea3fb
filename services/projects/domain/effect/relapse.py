"""Whether complaints come back after a cure: a Poisson CUSUM, month by month (Page 1954; Lucas 1985).

An alarm reopens nothing: it asks for a look, and the rule of hot issues decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from services.projects.domain.effect.rules import RelapseRules

_PATHS, _SEED = 2000, 12345
_LEAST = 0.1
"""Callers a month: below it nearly every call would be an alarm."""


def alarm(callers: Sequence[int], expected: float, rules: RelapseRules) -> int | None:
    """The index of the first month with an alarm, None without one. `expected`: callers a month while it is cured."""
    expected = max(expected, _LEAST)
    allowed, limit = _allowed(expected, rules.factor), threshold(round(expected, 1), rules)
    reached = 0.0
    for month, count in enumerate(callers):
        reached = max(0.0, reached + count - allowed)
        if reached >= limit:
            return month
    return None


@lru_cache(maxsize=512)
def threshold(expected: float, rules: RelapseRules) -> float:
    """The limit that gives one false alarm in `false_alarm_months` on the average; by simulation, always the same."""
    expected = max(expected, _LEAST)
    months = rules.false_alarm_months * 8
    calls = np.random.default_rng(_SEED).poisson(expected, (_PATHS, months)) - _allowed(expected, rules.factor)
    reached, highest = np.zeros(_PATHS), np.zeros((_PATHS, months))
    for month in range(months):
        reached = np.maximum(0, reached + calls[:, month])
        highest[:, month] = np.maximum(reached, highest[:, month - 1]) if month else reached
    low, high = 0.0, float(highest.max()) + 1
    for _ in range(40):
        middle = (low + high) / 2
        waits = (highest < middle).sum(axis=1) + 1
        low, high = (middle, high) if waits.mean() < rules.false_alarm_months else (low, middle)
    return high


def _allowed(expected: float, factor: float) -> float:
    """Callers a month that prove neither the cure nor a relapse."""
    return expected * (factor - 1) / float(np.log(factor))
