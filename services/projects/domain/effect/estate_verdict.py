"""What the comparison of one estate shows, at 12 months and once more at 24."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.contracts.effect import EffectVerdict
from services.projects.domain.effect.comparison import Floats, LogRatio, Shift, compare, is_too_few, shift_of
from services.projects.domain.effect.rules import EffectRules


class CallerCounts(NamedTuple):
    """Callers before the works, and after them up to each look; None while its months are not over.

    Of estates that are judged together: `before` is an array of them, that of the controls has one axis more.
    """

    before: Floats
    first: Floats | None
    second: Floats | None


class JudgedEstates(NamedTuple):
    """Of each estate its finding, at which look (index 0 or 1) it was found, and the comparison there."""

    findings: NDArray[np.str_]
    look: NDArray[np.int_]
    comparison: LogRatio
    shift: Shift


def judge(estate: CallerCounts, controls: CallerCounts, months: float, rules: EffectRules) -> JudgedEstates | None:
    """None before the first look. What was verified at the first look stays so: a relapse is another question.

    `months`: months up to the first look for each one before.
    """
    if estate.first is None or controls.first is None:
        return None
    alphas = [rules.looks[rules.first], rules.looks[rules.second]]
    shift = shift_of(controls.before, controls.first)
    comparison = compare(estate.before, estate.first, shift, rules.interval)
    findings = finding_of(comparison, alphas[0], EffectVerdict.NOT_SHOWN_YET, rules)
    look = np.zeros(findings.shape, dtype=int)
    too_few = is_too_few(estate.before, months, shift, rules.planned_fall, rules.planned_alpha)
    if estate.second is not None and controls.second is not None:
        later = shift_of(controls.before, controls.second)
        then = compare(estate.before, estate.second, later, rules.interval)
        open_ = findings != EffectVerdict.VERIFIED
        findings = np.where(open_, finding_of(then, alphas[1], EffectVerdict.NOT_SHOWN, rules), findings)
        look = np.where(open_, 1, 0)
        comparison = LogRatio(*(np.where(open_, b, a) for a, b in zip(comparison, then, strict=True)))
        level, variance, between = (np.where(open_, b, a) for a, b in zip(shift[:3], later[:3], strict=True))
        shift = Shift(level, variance, between, shift.controls)
    findings = np.where(too_few, EffectVerdict.TOO_FEW, findings)
    if shift.controls < rules.controls_for_verdict:
        findings = np.full(findings.shape, EffectVerdict.COUNTS_ONLY, dtype=findings.dtype)
    return JudgedEstates(findings, look, comparison, shift)


def withheld(judged: JudgedEstates, neighbours: LogRatio, rules: EffectRules) -> NDArray[np.str_]:
    """The findings, where a rise of the neighbours (other types, adjoining estates) withholds `verified`."""
    moved = (judged.findings == EffectVerdict.VERIFIED) & (neighbours.p_rose <= rules.migration_alpha)
    return np.where(moved, EffectVerdict.NOT_SHOWN, judged.findings)


def finding_of(one: LogRatio, alpha: float, otherwise: EffectVerdict, rules: EffectRules) -> NDArray[np.str_]:
    """At one look."""
    limit = np.log(rules.ratio_at_most)
    fell = (one.p_fell <= alpha) & (one.effect <= limit)
    rose = (one.p_rose <= alpha) & (one.effect >= -limit)
    return np.where(fell, EffectVerdict.VERIFIED, np.where(rose, EffectVerdict.WORSE, otherwise)).astype("U16")
