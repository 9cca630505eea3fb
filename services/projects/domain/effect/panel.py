"""Callers month by month, of estates that were repaired and of those that were not, and what they show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from services.contracts.effect import EffectVerdict
from services.projects.domain.effect.compared_months import Windows, windows
from services.projects.domain.effect.comparison import Floats, Shift, compare, shift_of
from services.projects.domain.effect.estate_verdict import CallerCounts, finding_of, judge, withheld
from services.projects.domain.effect.placebo import placebo, rank_of
from services.projects.domain.effect.pooled import pooled
from services.projects.domain.effect.rules import EffectRules
from services.projects.domain.effect.verdict_facts import ClassVerdict, EstateVerdict, Left
from services.projects.domain.months import Month

Callers = Mapping[Month, int]
"""Distinct callers by month; a month that is not there had none."""
RANKED_FROM = 19
"""Controls from which a rank can be as low as 0.05."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """An estate with works. `neighbours`: callers of neighbouring types and adjoining estates, where they are known."""

    estate: str
    kind: str
    callers: Callers
    decided: date
    works_start: date
    accepted: date
    neighbours: Callers | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """`through`: the last month of which all calls are known; a look whose months go beyond it is not over."""

    controls: Sequence[Callers]
    through: Month
    rules: EffectRules

    def estate(self, one: Repaired) -> EstateVerdict:
        compared = self._windows(one)
        estate, controls = self._count([one.callers], compared), self._count(self.controls, compared, together=True)
        verdict = EstateVerdict(
            estate=one.estate,
            kind=one.kind,
            finding=EffectVerdict.NOT_SHOWN_YET if compared.before else EffectVerdict.TOO_FEW,
            before=int(estate.before.sum()),
            months_before=compared.before,
            short_before=compared.short,
            controls=len(self.controls),
            few_controls=len(self.controls) < self.rules.controls,
            rules_version=self.rules.version,
        )
        judged = judge(estate, controls, _months(compared), self.rules) if compared.before else None
        if judged is None:
            return verdict
        second = bool(judged.look[0])
        after, of_controls = _after(estate, second), _after(controls, second)
        findings = judged.findings
        if one.neighbours is not None:
            beside = self._count([one.neighbours], compared)
            rise = compare(beside.before, _after(beside, second), judged.shift, self.rules.interval)
            findings = withheld(judged, rise, self.rules)
        judged_at = replace(
            verdict,
            finding=EffectVerdict(findings[0]),
            look=self.rules.second if second else self.rules.first,
            after=int(after.sum()),
            months_after=compared.second if second else compared.first,
            moved=bool(findings[0] != judged.findings[0]),
        )
        if len(self.controls) < 2:
            return judged_at
        alone = controls.before[0], of_controls[0]
        ranked = len(self.controls) >= RANKED_FROM
        return replace(
            judged_at,
            left=Left.of(judged.comparison),
            level=float(np.exp(judged.shift.level[0])),
            between=float(judged.shift.between[0]),
            placebo=placebo(*alone, self.rules),
            rank=rank_of(judged.comparison.effect[0], *alone, self.rules) if ranked else None,
        )

    def of_class(self, estates: Sequence[Repaired]) -> ClassVerdict:
        """Estates of one class that have the same controls."""
        return class_verdict([(self, one) for one in estates])

    def counted(self, one: Repaired) -> tuple[CallerCounts, CallerCounts] | None:
        """Of the estate and of its controls; None before the first look, and where no month lies before the works."""
        compared = self._windows(one)
        estate = self._count([one.callers], compared)
        if not compared.before or estate.first is None:
            return None
        return estate, self._count(self.controls, compared, together=True)

    def _windows(self, one: Repaired) -> Windows:
        return windows(one.decided, one.works_start, one.accepted, self.rules)

    def _count(self, estates: Sequence[Callers], compared: Windows, *, together: bool = False) -> CallerCounts:
        """Callers in the windows; None of a look that is not over. `together`: as the controls of one case."""
        before, first, second = (_sums(estates, months) for months in compared[:3])
        if together:
            before, first, second = (one[None] for one in (before, first, second))
        over = [bool(months) and months[-1] <= self.through for months in compared[1:3]]
        return CallerCounts(before, first if over[0] else None, second if over[1] else None)


def class_verdict(cases: Sequence[tuple[Panel, Repaired]]) -> ClassVerdict:
    """Estates of one class together, each against its own controls: at the first look those that have reached it, at
    the second if all have.

    An estate with too few controls for a verdict is left out. Rules are those of the first; `cases` is not empty.
    """
    rules, kind = cases[0][0].rules, cases[0][1].kind
    enough = [one for one in cases if len(one[0].controls) >= rules.controls_for_verdict]
    counted = [one for one in (panel.counted(estate) for panel, estate in enough or cases) if one]
    verdict = ClassVerdict(
        kind=kind,
        finding=EffectVerdict.NOT_SHOWN_YET if enough else EffectVerdict.COUNTS_ONLY,
        estates=len(counted),
        before=int(sum(estate.before.sum() for estate, _ in counted)),
        controls=min(len(panel.controls) for panel, _ in enough or cases),
        rules_version=rules.version,
    )
    looks = [False, True] if all(estate.second is not None for estate, _ in counted) else [False]
    for second in looks if enough and counted else ():
        verdict = _class_at(verdict, counted, rules, second=second)
        if verdict.finding is EffectVerdict.VERIFIED:
            break
    return verdict


def _class_at(
    verdict: ClassVerdict, counted: Sequence[tuple[CallerCounts, CallerCounts]], rules: EffectRules, *, second: bool
) -> ClassVerdict:
    before = np.concatenate([estate.before for estate, _ in counted])
    after = np.concatenate([_after(estate, second) for estate, _ in counted])
    shifts = [shift_of(controls.before, _after(controls, second)) for _, controls in counted]
    level, variance, between = (np.concatenate([shift[side] for shift in shifts]) for side in range(3))
    one = pooled(before, after, Shift(level, variance, between, verdict.controls), rules.interval)
    look = rules.second if second else rules.first
    otherwise = EffectVerdict.NOT_SHOWN if second else EffectVerdict.NOT_SHOWN_YET
    finding = EffectVerdict(finding_of(one, rules.looks[look], otherwise, rules).item())
    return replace(verdict, finding=finding, look=look, after=int(after.sum()), left=Left.of(one))


def _months(compared: Windows) -> float:
    return len(compared.first) / len(compared.before)


def _after(counted: CallerCounts, second: bool) -> Floats:
    after = counted.second if second else counted.first
    assert after is not None
    return after


def _sums(estates: Sequence[Callers], months: Sequence[Month]) -> Floats:
    return np.array([sum(callers.get(month, 0) for month in months) for callers in estates], dtype=np.float64)
