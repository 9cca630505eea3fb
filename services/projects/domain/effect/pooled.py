"""The verdict on a class of problems: the estates that were repaired for it, together."""

from __future__ import annotations

import numpy as np

from services.projects.domain.effect.comparison import EVEN, Floats, LogRatio, Shift, compared


def pooled(before: Floats, after: Floats, shift: Shift, interval: float) -> LogRatio:
    """Estates on the last axis, with controls in common: `shift` is one for all of them, or one for each.

    The mean of their effects, weighted by their own error. The error of the controls' mean is shared, so it counts
    once and does not shrink with the number of estates.
    """
    level, variance, between = (np.asarray(one)[..., None] if one.ndim < before.ndim else one for one in shift[:3])
    effects = np.log((after + EVEN) / (before + EVEN)) - level
    weights = 1 / (1 / (after + EVEN) + 1 / (before + EVEN) + between)
    total = weights.sum(axis=-1)
    mean = (weights * effects).sum(axis=-1) / total
    shared = (weights * variance).sum(axis=-1) / total
    return compared(mean, np.sqrt(1 / total + shared), shift.controls, interval)
