"""A verdict as the facts that are published of it, rounded, so that they are the same wherever they are written."""

from __future__ import annotations

from services.contracts.effect import JudgedEffect
from services.projects.domain.effect.verdict_facts import EstateVerdict

DIGITS, DIGITS_OF_P = 4, 6


def facts_of(verdict: EstateVerdict, nuisance: int, floor_area_m2: float | None) -> JudgedEffect:
    left, placebo = verdict.left, verdict.placebo
    return JudgedEffect(
        finding=verdict.finding,
        look=verdict.look,
        before=verdict.before,
        after=verdict.after,
        months_before=tuple(map(str, verdict.months_before)),
        months_after=tuple(map(str, verdict.months_after)),
        short_before=verdict.short_before,
        left=left and rounded(left.ratio),
        left_low=left and rounded(left.low),
        left_high=left and rounded(left.high),
        p=left and rounded(left.p, DIGITS_OF_P),
        controls=verdict.controls,
        few_controls=verdict.few_controls,
        controls_ratio=rounded(verdict.level),
        tau_squared=rounded(verdict.between),
        placebo_share=placebo and rounded(placebo.share),
        calibrated=placebo and placebo.calibrated,
        rank=rounded(verdict.rank),
        moved=verdict.moved,
        nuisance=nuisance,
        floor_area_m2=floor_area_m2,
        rules_version=verdict.rules_version,
    )


def rounded(number: float | None, digits: int = DIGITS) -> float | None:
    return None if number is None else round(number, digits)
