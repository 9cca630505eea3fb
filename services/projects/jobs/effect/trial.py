"""How often the comparison is right, world by world. Goals: docs/effect.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import product
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np

from services.contracts.effect import EffectVerdict
from services.projects.domain.effect.comparison import compare, shift_of
from services.projects.domain.effect.estate_verdict import judge, withheld
from services.projects.domain.effect.pooled import pooled
from services.projects.domain.effect.rules import EffectRules
from services.projects.files.effect_rules import effect_rules
from services.projects.jobs.effect.worlds import WORLDS, Draw, Drawn, World, WorldCell

YEARLY = (8, 15, 30, 45, 60, 120)
CONTROLS = (0, 5, 10, 30)
SCATTER = (1.15, 1.3, 1.6)
SEED = 12345
CLASS_ESTATES, CLASS_YEARLY = 6, 15
JUDGED = 400

GOALS: dict[str, tuple[str, float]] = {
    "wrong_max": ("at most", 0.06),
    "found_45": ("at least", 0.85),
    "found_30": ("at least", 0.85),
    "class_found": ("at least", 0.90),
    "too_few_right": ("at least", 0.95),
}
COVERAGE = (0.87, 0.93)


@dataclass(frozen=True, slots=True)
class CellResult:
    """Shares of the runs of one cell. `covered`: the interval holds the truth; None without controls."""

    world: str
    yearly: int
    controls: int
    scatter: float
    verified: float
    worse: float
    too_few: float
    covered: float | None


class EffectTrial(NamedTuple):
    cells: list[CellResult]
    figures: dict[str, Any]
    missed: list[str]


def cells() -> list[WorldCell]:
    return [WorldCell(*one) for one in product(WORLDS, YEARLY, CONTROLS, SCATTER)]


def evaluate(runs: int, advance: Callable[[], None], rules: EffectRules | None = None, seed: int = SEED) -> EffectTrial:
    """Runs every cell by the rules of the service, or by others. `advance` is called after each."""
    rules, results = rules or effect_rules(), []
    for number, cell in enumerate(cells()):
        results.append(result_of(cell, Draw(np.random.default_rng([seed, number]), rules, runs)(cell), rules))
        advance()
    figures = {
        "runs": runs,
        "rules_version": rules.version,
        **_figures(results),
        "class_found": _class_found(runs, rules, seed),
        f"judged_{JUDGED}_s": _time_to_judge(rules, seed),
    }
    return EffectTrial(results, figures, list(_missed(figures)))


def result_of(cell: WorldCell, drawn: Drawn, rules: EffectRules) -> CellResult:
    judged = judge(drawn.estate, drawn.controls, drawn.months, rules)
    assert judged
    assert drawn.neighbours.first is not None
    assert drawn.controls.first is not None
    findings = judged.findings
    if cell.world.moved:
        shift = shift_of(drawn.controls.before, drawn.controls.first)
        findings = withheld(
            judged, compare(drawn.neighbours.before, drawn.neighbours.first, shift, rules.interval), rules
        )
    truth = np.log(drawn.truth)
    covered = (judged.comparison.low <= truth) & (truth <= judged.comparison.high)
    return CellResult(
        cell.world.name,
        cell.yearly,
        cell.controls,
        cell.scatter,
        float((findings == EffectVerdict.VERIFIED).mean()),
        float((findings == EffectVerdict.WORSE).mean()),
        float((findings == EffectVerdict.TOO_FEW).mean()),
        float(covered.mean()) if cell.controls >= 2 else None,
    )


def _figures(results: list[CellResult]) -> dict[str, float]:
    null = {world.name for world in WORLDS if world.is_null}
    steady = {world.name for world in WORLDS if world.relapse is None}
    compared = [one for one in results if one.controls >= 10]
    wrong = [one.verified for one in compared if one.world in null]
    cured = [one for one in results if one.world == "cured_60" and one.controls >= 30]
    few = [one.too_few for one in compared if one.yearly <= 8]
    covered = [one.covered for one in compared if one.world in steady and one.covered is not None]
    of = {name: [one.verified for one in compared if one.world == name] for name in ("moved", "relapsed")}
    return {
        "wrong_max": _rounded(max(wrong)),
        "wrong_mean": _rounded(float(np.mean(wrong))),
        "found_45": _rounded(min(one.verified for one in cured if one.yearly >= 45 and one.scatter <= 1.3)),
        "found_30": _rounded(min(one.verified for one in cured if one.yearly >= 30 and one.scatter <= 1.15)),
        "coverage_90": _rounded(float(np.mean(covered))),
        "coverage_least": _rounded(min(covered)),
        "coverage_most": _rounded(max(covered)),
        "too_few_right": _rounded(float(np.mean(few))),
        "moved_verified": _rounded(float(np.mean(of["moved"]))),
        "relapsed_verified": _rounded(float(np.mean(of["relapsed"]))),
    }


def _class_found(runs: int, rules: EffectRules, seed: int) -> float:
    """Six estates of 15 callers a year that lost 60 %, found by either look."""
    cured = next(world for world in WORLDS if world.name == "cured_60")
    cell = WorldCell(World("class", left=cured.left), CLASS_YEARLY, 30, 1.3)
    drawn = Draw(np.random.default_rng([seed, 0]), rules, runs).of_class(CLASS_ESTATES, cell)
    found = np.zeros(runs, dtype=bool)
    for look, after, of_controls in (
        (rules.first, drawn.estate.first, drawn.controls.first),
        (rules.second, drawn.estate.second, drawn.controls.second),
    ):
        assert after is not None
        assert of_controls is not None
        one = pooled(drawn.estate.before, after, shift_of(drawn.controls.before, of_controls), rules.interval)
        found |= (one.p_fell <= rules.looks[look]) & (one.effect <= np.log(rules.ratio_at_most))
    return _rounded(float(found.mean()))


def _time_to_judge(rules: EffectRules, seed: int) -> float:
    """Seconds for estates one after the other, each with 30 controls, as the service judges them."""
    cell = WorldCell(WORLDS[0], 45, 30, 1.3)
    drawn = Draw(np.random.default_rng([seed, 1]), rules, JUDGED)(cell)
    began = perf_counter()
    for number in range(JUDGED):
        judge(
            type(drawn.estate)(*(one[number : number + 1] for one in drawn.estate if one is not None)),
            type(drawn.controls)(*(one[number : number + 1] for one in drawn.controls if one is not None)),
            drawn.months,
            rules,
        )
    return round(perf_counter() - began, 3)


def _missed(figures: dict[str, Any]) -> Iterator[str]:
    for name, (side, goal) in GOALS.items():
        if figures[name] > goal if side == "at most" else figures[name] < goal:
            yield f"{name} is {figures[name]}, to be {side} {goal}"
    least, most = COVERAGE
    if not least <= figures["coverage_90"] <= most:
        yield f"coverage_90 is {figures['coverage_90']}, to be from {least} to {most}"


def rows(trial: EffectTrial) -> list[dict[str, Any]]:
    return [asdict(one) for one in trial.cells]


def _rounded(share: float) -> float:
    return round(share, 4)
