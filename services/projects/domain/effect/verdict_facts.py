"""Verdicts as facts: numbers and codes. Words in two languages are made where somebody reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from services.contracts.effect import EffectVerdict
from services.projects.domain.effect.comparison import LogRatio
from services.projects.domain.effect.placebo import Placebo
from services.projects.domain.months import Month


class Left(NamedTuple):
    """What is left of the complaints, against the controls: 1 is no change, 0.4 a fall by 60 %. `p`: one-sided."""

    ratio: float
    low: float
    high: float
    p: float

    @classmethod
    def of(cls, one: LogRatio) -> Self:
        """Of a comparison of one case."""
        ratio, low, high = (float(np.exp(side).item()) for side in (one.effect, one.low, one.high))
        return cls(ratio, low, high, float(one.p_fell.item()))


@dataclass(frozen=True, slots=True)
class EstateVerdict:
    """`look`: months after the acceptance that it was judged at, None before the first; `after` goes up to it.

    `level` and `between`: what happened without works as a ratio, and tau squared. `rank`: the share of controls that
    fell as much, from 19 controls on. `moved`: a rise of neighbours withholds `verified`.
    `short_before`: less than a year before the works, so that only the same calendar months are compared.
    """

    estate: str
    kind: str
    finding: EffectVerdict
    before: int
    months_before: tuple[Month, ...]
    short_before: bool
    controls: int
    few_controls: bool
    rules_version: int
    look: int | None = None
    after: int | None = None
    months_after: tuple[Month, ...] = ()
    left: Left | None = None
    level: float | None = None
    between: float | None = None
    placebo: Placebo | None = None
    rank: float | None = None
    moved: bool = False


@dataclass(frozen=True, slots=True)
class ClassVerdict:
    """Of the `estates` of a class that have reached the look."""

    kind: str
    finding: EffectVerdict
    estates: int
    before: int
    controls: int
    rules_version: int
    look: int | None = None
    after: int | None = None
    left: Left | None = None
