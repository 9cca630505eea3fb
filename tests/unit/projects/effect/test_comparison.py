"""The comparison against controls: by a plain recount, and with each safeguard taken out, which must be noticed."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from services.projects.domain.effect import comparison
from services.projects.domain.effect.compared_months import Windows, windows
from services.projects.domain.effect.comparison import compare, is_too_few, shift_of
from services.projects.domain.months import Month
from services.projects.files.effect_rules import effect_rules
from services.projects.jobs.effect import worlds
from services.projects.jobs.effect.trial import result_of
from services.projects.jobs.effect.worlds import DECIDED, WORLDS, Draw, WorldCell

RULES = effect_rules()
RUNS = 1500
COUNT = st.integers(0, 300)
PAIRS = st.lists(st.tuples(COUNT, COUNT), min_size=3, max_size=40)


def by_hand(estate: tuple[int, int], controls: list[tuple[int, int]]) -> tuple[float, float, float]:
    """(effect, error, p) one number after the other."""
    ratios = [math.log((after + 0.5) / (before + 0.5)) for before, after in controls]
    variances = [1 / (after + 0.5) + 1 / (before + 0.5) for before, after in controls]
    weights = [1 / one for one in variances]
    mean = sum(w * r for w, r in zip(weights, ratios, strict=True)) / sum(weights)
    spread = sum(w * (r - mean) ** 2 for w, r in zip(weights, ratios, strict=True))
    scale = sum(weights) - sum(w * w for w in weights) / sum(weights)
    between = max(0.0, (spread - (len(controls) - 1)) / scale)
    weights = [1 / (one + between) for one in variances]
    level = sum(w * r for w, r in zip(weights, ratios, strict=True)) / sum(weights)
    before, after = estate
    effect = math.log((after + 0.5) / (before + 0.5)) - level
    error = math.sqrt(1 / (after + 0.5) + 1 / (before + 0.5) + between + 1 / sum(weights))
    return effect, error, float(stats.t.cdf(effect / error, len(controls) - 1))


@given(st.tuples(COUNT, COUNT), PAIRS)
def test_effect_error_and_chance_are_those_of_a_plain_recount(
    estate: tuple[int, int], controls: list[tuple[int, int]]
) -> None:
    before, after = (np.array([[one[side] for one in controls]], dtype=float) for side in (0, 1))
    found = compare(np.array([float(estate[0])]), np.array([float(estate[1])]), shift_of(before, after), 0.9)
    effect, error, p = by_hand(estate, controls)
    assert found.effect[0] == pytest.approx(effect, abs=1e-9)
    assert found.error[0] == pytest.approx(error, rel=1e-9)
    assert found.p_fell[0] == pytest.approx(p, abs=1e-9)
    assert found.p_fell[0] + found.p_rose[0] == pytest.approx(1)
    reach = stats.t.ppf(0.95, len(controls) - 1) * error
    assert (found.low[0], found.high[0]) == (pytest.approx(effect - reach), pytest.approx(effect + reach))


@given(PAIRS, st.integers(0, 200))
def test_more_callers_before_never_make_it_too_few(controls: list[tuple[int, int]], before: int) -> None:
    counts = (np.array([[one[side] for one in controls]], dtype=float) for side in (0, 1))
    shift = shift_of(*counts)
    few = [bool(is_too_few(np.array([float(n)]), 1.0, shift, 0.6, 0.04)[0]) for n in (before, before + 1)]
    assert few[0] or not few[1]


def wrong(world: str, yearly: int) -> float:
    """How often an estate where nothing changed is verified."""
    named = {one.name: one for one in WORLDS}
    cell = WorldCell(named[world], yearly, 30, 1.3)
    return result_of(cell, Draw(np.random.default_rng(3), RULES, RUNS)(cell), RULES).verified


@pytest.mark.parametrize(("world", "yearly"), [("drift", 120), ("chosen_by_burst", 30), ("works_spike", 120)])
def test_estates_where_nothing_changed_are_rarely_verified(world: str, yearly: int) -> None:
    assert wrong(world, yearly) <= 0.06


def test_without_the_variance_between_estates_drift_looks_like_a_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "between_estates", lambda ratio, variance: np.zeros(ratio.shape[:-1]))
    assert wrong("drift", 120) > 0.06


def moved(change: Callable[[Windows], Windows]) -> Callable[..., Windows]:
    return lambda *days: change(windows(*days))


def test_with_the_burst_among_the_months_before_a_usual_month_looks_like_a_cure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    burst = tuple(Month.on(DECIDED).plus(-n) for n in range(12, 0, -1))
    monkeypatch.setattr(worlds, "windows", moved(lambda months: months._replace(before=burst)))
    assert wrong("chosen_by_burst", 30) > 0.06


def test_one_month_too_late_counts_the_works_and_looks_like_a_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    shifted = moved(lambda months: months._replace(before=tuple(month.plus(1) for month in months.before)))
    monkeypatch.setattr(worlds, "windows", shifted)
    assert wrong("works_spike", 120) > 0.06
