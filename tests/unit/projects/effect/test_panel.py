"""Verdicts on estates and classes, from their callers month by month."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from services.contracts.effect import EffectVerdict
from services.projects.domain.effect.panel import Panel, Repaired
from services.projects.domain.effect.placebo import placebo
from services.projects.domain.effect.relapse import alarm, threshold
from services.projects.domain.months import Month
from services.projects.files.effect_rules import effect_rules

RULES = effect_rules()
BEGIN, ACCEPTED = Month(2022, 1), Month(2023, 8)
DAYS = (date(2022, 1, 20), date(2023, 2, 10), date(2023, 8, 25))


def callers(before: float, after: float | None = None, months: int = 48) -> dict[Month, int]:
    """As many each month, before and after the acceptance; a share of one comes every few months."""
    found = {}
    for n in range(months):
        rate = after if after is not None and BEGIN.plus(n) > ACCEPTED else before
        found[BEGIN.plus(n)] = int((n + 1) * rate) - int(n * rate)
    return found


def panel(controls: int = 30, through: Month = Month(2025, 12)) -> Panel:
    rng = np.random.default_rng(7)
    return Panel([{month: int(rng.poisson(4)) for month in callers(1)} for _ in range(controls)], through, RULES)


def estate(before: float, after: float | None = None, **other: object) -> Repaired:
    return Repaired("quyang-1", "roof", callers(before, after), *DAYS, **other)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "controls", "finding", "look"),
    [
        (estate(5, 1), 30, EffectVerdict.VERIFIED, 12),
        (estate(5), 30, EffectVerdict.NOT_SHOWN, 24),
        (estate(3, 8), 30, EffectVerdict.WORSE, 24),
        (estate(0.5, 0.1), 30, EffectVerdict.TOO_FEW, 24),
        (estate(5, 1), 4, EffectVerdict.COUNTS_ONLY, 12),
        (estate(5, 1), 0, EffectVerdict.COUNTS_ONLY, 24),
    ],
)
def test_what_an_estate_shows(one: Repaired, controls: int, finding: EffectVerdict, look: int) -> None:
    verdict = panel(controls).estate(one)
    assert (verdict.finding, verdict.look) == (finding, look)
    assert verdict.few_controls == (controls < RULES.controls)
    assert verdict.rules_version == RULES.version


def test_nothing_is_judged_before_the_months_are_over() -> None:
    early = panel(through=Month(2024, 7)).estate(estate(5, 1))
    assert (early.finding, early.look, early.after) == (EffectVerdict.NOT_SHOWN_YET, None, None)
    first = panel(through=Month(2024, 8)).estate(estate(5, 1))
    assert (first.finding, first.after) == (EffectVerdict.VERIFIED, 12)
    unchanged = panel(through=Month(2024, 8)).estate(estate(5))
    assert (unchanged.finding, unchanged.look) == (EffectVerdict.NOT_SHOWN_YET, 12)


def test_works_that_began_at_once_have_no_months_to_compare_with() -> None:
    day = date(2023, 2, 10)
    verdict = panel().estate(Repaired("quyang-1", "roof", callers(5, 1), day, day, date(2023, 8, 25)))
    assert (verdict.finding, verdict.months_before) == (EffectVerdict.TOO_FEW, ())


def test_a_rise_beside_the_fall_withholds_the_proof() -> None:
    moved = panel().estate(estate(5, 1, neighbours=callers(4, 9)))
    assert moved.finding is EffectVerdict.NOT_SHOWN
    assert panel().estate(estate(5, 1, neighbours=callers(4))).finding is EffectVerdict.VERIFIED


def test_a_class_shows_what_each_of_its_estates_is_too_small_for() -> None:
    small = [estate(1.25, 0.7) for _ in range(6)]
    assert panel().estate(small[0]).finding in (EffectVerdict.NOT_SHOWN, EffectVerdict.TOO_FEW)
    together = panel().of_class(small)
    assert (together.finding, together.estates, together.kind) == (EffectVerdict.VERIFIED, 6, "roof")
    assert panel(4).of_class(small).finding is EffectVerdict.COUNTS_ONLY
    assert panel().of_class([estate(1.25), estate(1.25)]).finding is EffectVerdict.NOT_SHOWN


def test_the_placebo_says_whether_these_data_can_be_trusted() -> None:
    rng = np.random.default_rng(1)
    calm = rng.poisson(40, (2, 200)).astype(float)
    found = placebo(*calm, RULES)
    assert found
    assert found.calibrated is True
    halves = np.array([[100.0] * 20, [100.0] * 17 + [10.0] * 3])
    broken = placebo(*halves, RULES)
    assert broken
    assert (broken.share, broken.calibrated) == (0.15, False)
    few = placebo(np.full(10, 40.0), np.full(10, 40.0), RULES)
    assert few
    assert few.calibrated is None
    assert placebo(np.ones(2), np.ones(2), RULES) is None


def test_a_relapse_is_seen_within_months_and_calm_is_not_taken_for_one() -> None:
    assert alarm([1, 1, 0, 1, 2, 1, 0, 1], 1.0, RULES.relapse) is None
    assert alarm([1, 1, 0, 4, 5, 4], 1.0, RULES.relapse) in (3, 4, 5)
    waits = []
    for seed in range(400):
        calls = np.random.default_rng([9, seed]).poisson(2.0, 600).tolist()
        found = alarm(calls, 2.0, RULES.relapse)
        waits.append(600 if found is None else found + 1)
    assert 45 < float(np.mean(waits)) < 90
    assert threshold(4.0, RULES.relapse) > threshold(1.0, RULES.relapse)
