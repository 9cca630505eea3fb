"""Whether the cure worked: the same calendar months before and after the works (domain.md §3.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.projects.domain.months import Month
from services.projects.domain.rules import Observation


@dataclass(frozen=True, slots=True)
class Effect:
    """Calls of the months compared; `nuisance` are those about the works while they lasted, told beside."""

    before: int
    after: int
    nuisance: int


@dataclass(frozen=True, slots=True)
class Verdict:
    verified: bool
    sentence: str


def months_after(accepted_at: datetime, rule: Observation) -> list[Month]:
    """The whole months that follow the month of acceptance; what is left of that month is no full month to compare."""
    return [Month.of(accepted_at).plus(n) for n in range(1, rule.months + 1)]


def observed_until(accepted_at: datetime, rule: Observation) -> datetime:
    """The moment from which the months after are complete."""
    return months_after(accepted_at, rule)[-1].plus(1).begin()


def months_before(works_started: datetime, after: list[Month]) -> list[Month]:
    """The same calendar months in the year before the month in which the works started, so that seasons compare."""
    year = [Month.of(works_started).plus(-n) for n in range(12, 0, -1)]
    return [month for month in year if month.month in {one.month for one in after}]


def judge(effect: Effect, before: list[Month], after: list[Month], rule: Observation) -> Verdict:
    """What the comparison shows, in words with its numbers. A rise, or too few complaints to judge, shows no cure."""
    counts_cn = f"完工验收后{_span(after)}有{effect.after}件，施工前同月（{_span(before)}）有{effect.before}件"
    counts_en = f"{effect.after} complaints after the works, {effect.before} in the same months before"
    beside_cn = f"；施工期间另有扰民等诉求{effect.nuisance}件" if effect.nuisance else ""
    beside_en = f"; {effect.nuisance} about the works while they lasted" if effect.nuisance else ""
    if effect.before < rule.least_before:
        few_cn, few_en = f"不足{rule.least_before}件，无法判断", f"fewer than {rule.least_before}, too few to judge"
        return Verdict(False, f"{counts_cn}，{few_cn}{beside_cn}。{counts_en}: {few_en}{beside_en}.")
    fall = (effect.before - effect.after) / effect.before
    verified = fall >= rule.fall_at_least
    change_cn = f"下降{fall:.0%}" if fall >= 0 else f"上升{-fall:.0%}"
    change_en = f"a fall of {fall:.0%}" if fall >= 0 else f"a rise of {-fall:.0%}"
    found_cn, found_en = ("治理见效", "the cure is verified") if verified else ("未见成效", "no cure is shown")
    in_chinese = f"{counts_cn}，{change_cn}，{found_cn}{beside_cn}。"
    return Verdict(verified, f"{in_chinese}{counts_en}, {change_en}: {found_en}{beside_en}.")


def _span(months: list[Month]) -> str:
    return "、".join(f"{begin}至{end}" if begin != end else f"{begin}" for begin, end in _runs(months))


def _runs(months: list[Month]) -> list[tuple[Month, Month]]:
    """Months that follow each other, as (first, last)."""
    runs: list[tuple[Month, Month]] = []
    for month in months:
        if runs and runs[-1][1].plus(1) == month:
            runs[-1] = (runs[-1][0], month)
        else:
            runs.append((month, month))
    return runs
