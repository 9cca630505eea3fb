"""Whether the comparison can be trusted in these data: it is made for each control as if it had been repaired."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from services.projects.domain.proof.comparison import Floats, compare, shift_of
from services.projects.domain.proof.rules import ProofRules


class Placebo(NamedTuple):
    """`share`: of the controls, those that seem to have fallen. `calibrated`: None where they are too few to tell."""

    controls: int
    share: float
    calibrated: bool | None


def placebo(before: Floats, after: Floats, rules: ProofRules) -> Placebo | None:
    """Of one set of controls. None for fewer than three: each is compared with the others."""
    controls = before.shape[-1]
    if controls < 3:
        return None
    others = ~np.eye(controls, dtype=bool)
    rest_before = np.broadcast_to(before, (controls, controls))[others].reshape(controls, controls - 1)
    rest_after = np.broadcast_to(after, (controls, controls))[others].reshape(controls, controls - 1)
    comparison = compare(before, after, shift_of(rest_before, rest_after), rules.interval)
    share = float((comparison.p_fell < rules.placebo.alpha).mean())
    if rules.placebo.least <= share <= rules.placebo.most:
        return Placebo(controls, share, calibrated=True)
    few = share < rules.placebo.least or share * controls <= 2
    return Placebo(controls, share, calibrated=None if few and controls < rules.placebo.controls else False)


def rank_of(effect: float, before: Floats, after: Floats, rules: ProofRules) -> float:
    """The share of controls, the estate among them, whose effect is no higher than the estate's."""
    controls = before.shape[-1]
    others = ~np.eye(controls, dtype=bool)
    rest_before = np.broadcast_to(before, (controls, controls))[others].reshape(controls, controls - 1)
    rest_after = np.broadcast_to(after, (controls, controls))[others].reshape(controls, controls - 1)
    own = compare(before, after, shift_of(rest_before, rest_after), rules.interval).effect
    return float(((own <= effect).sum() + 1) / (controls + 1))
