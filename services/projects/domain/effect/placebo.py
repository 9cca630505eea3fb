"""Whether the comparison can be trusted in these data: it is made for each control as if it had been repaired."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from services.projects.domain.effect.comparison import Floats, LogRatio, compare, shift_of
from services.projects.domain.effect.rules import EffectRules


class Placebo(NamedTuple):
    """`share`: of the controls, those that seem to have fallen. `calibrated`: None where they are too few to judge."""

    controls: int
    share: float
    calibrated: bool | None


def placebo(before: Floats, after: Floats, rules: EffectRules) -> Placebo | None:
    """Of one set of controls. None for fewer than three: each is compared with the others."""
    controls = before.shape[-1]
    if controls < 3:
        return None
    comparison = _each_against_the_rest(before, after, rules)
    share = float((comparison.p_fell < rules.placebo.alpha).mean())
    if rules.placebo.least <= share <= rules.placebo.most:
        return Placebo(controls, share, calibrated=True)
    few = share < rules.placebo.least or share * controls <= 2
    return Placebo(controls, share, calibrated=None if few and controls < rules.placebo.controls else False)


def rank_of(effect: float, before: Floats, after: Floats, rules: EffectRules) -> float:
    """The share of controls, the estate among them, whose effect is no higher than the estate's."""
    own = _each_against_the_rest(before, after, rules).effect
    return float(((own <= effect).sum() + 1) / (before.shape[-1] + 1))


def _each_against_the_rest(before: Floats, after: Floats, rules: EffectRules) -> LogRatio:
    controls = before.shape[-1]
    others = ~np.eye(controls, dtype=bool)
    rest = (np.broadcast_to(one, (controls, controls))[others].reshape(controls, -1) for one in (before, after))
    return compare(before, after, shift_of(*rest), rules.interval)
