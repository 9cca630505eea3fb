"""Simulated districts of which the truth is known (anchors: docs/effect.md, "How it was tried").

Each estate has calls by season (low to high 1 : 4), shocks of single months that the whole district shares, and a
drift of its own; the calls of a month scatter more than Poisson by `scatter` (variance over mean). Counts of windows
are drawn at once: sums of negative binomial months with one variance over mean are negative binomial.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from services.projects.domain.effect.compared_months import Windows, windows
from services.projects.domain.effect.comparison import Floats
from services.projects.domain.effect.estate_verdict import CallerCounts
from services.projects.domain.effect.rules import EffectRules
from services.projects.domain.months import Month

BEGIN = Month(2020, 1)
MONTHS = 72
DECIDED, WORKS, ACCEPTED = date(2022, 1, 20), date(2023, 2, 10), date(2023, 8, 25)
BURST = 3
CANDIDATES = 40
SHOCK, TREND, SIZES = 0.2, 0.1, 0.3
"""Standard deviations on the log scale: of a month for all, of the district's trend in a year, of estates' sizes."""


@dataclass(frozen=True, slots=True)
class World:
    """`left`: what the works leave of the complaints. `burst`: the estate was chosen for its last months.

    `relapse`: months after the acceptance from which complaints are as before. `moved`: what falls comes to a
    neighbouring type. `works`: complaints while the works last, times this. `drift`: of one estate in a year.
    """

    name: str
    left: float = 1.0
    burst: bool = False
    shocks: bool = True
    drift: float = 0.05
    campaign: float = 1.0
    relapse: int | None = None
    moved: bool = False
    works: float = 1.0

    @property
    def is_null(self) -> bool:
        return self.left == 1.0


WORLDS = (
    World("null"),
    World("chosen_by_burst", burst=True),
    World("season_only", shocks=False, drift=0.0),
    World("campaign", campaign=0.7),
    World("drift", drift=0.25),
    World("works_spike", works=3.0),
    World("cured_60", left=0.4),
    World("cured_40", left=0.6),
    World("moved", left=0.4, moved=True),
    World("relapsed", left=0.4, relapse=9),
)


@dataclass(frozen=True, slots=True)
class WorldCell:
    """`yearly`: distinct callers a year of the estate."""

    world: World
    yearly: int
    controls: int
    scatter: float


Seen = Mapping[int, Floats]
"""Counts of months that were drawn already."""


class Drawn(NamedTuple):
    """Counts of many runs at once. `months`: of the first look, for each one before. `truth`: what is left."""

    estate: CallerCounts
    controls: CallerCounts
    neighbours: CallerCounts
    months: float
    truth: float


@dataclass(slots=True)
class Draw:
    rng: np.random.Generator
    rules: EffectRules
    runs: int
    _season: Floats = field(default_factory=lambda: 1 + 0.6 * np.cos(2 * np.pi * np.arange(MONTHS) / 12))

    def __call__(self, cell: WorldCell) -> Drawn:
        world = cell.world
        compared = windows(DECIDED, WORKS, ACCEPTED, self.rules)
        common = self._common(world)
        estate, seen = (
            self._chosen(common, cell) if world.burst else (self._rates(common, cell.yearly, 1, world)[:, 0], {})
        )
        effect = _effect(world)
        treated = self._counted(estate * effect, compared, cell.scatter, seen)
        controls = self._counted(self._rates(common, cell.yearly, cell.controls, world, SIZES), compared, cell.scatter)
        beside = self._rates(common, cell.yearly, 1, world)[:, 0]
        taken = estate * (1 - effect) if world.moved else 0.0
        neighbours = self._counted(beside + taken, compared, cell.scatter)
        return Drawn(treated, controls, neighbours, len(compared.first) / len(compared.before), world.left)

    def of_class(self, estates: int, cell: WorldCell) -> Drawn:
        """That many repaired estates beside one set of controls; the estates are the last axis of `estate`."""
        compared = windows(DECIDED, WORKS, ACCEPTED, self.rules)
        common = self._common(cell.world)
        rates = self._rates(common, cell.yearly, estates, cell.world) * _effect(cell.world)
        treated = self._counted(rates, compared, cell.scatter)
        controls = self._counted(
            self._rates(common, cell.yearly, cell.controls, cell.world, SIZES), compared, cell.scatter
        )
        return Drawn(treated, controls, treated, len(compared.first) / len(compared.before), cell.world.left)

    def _common(self, world: World) -> Floats:
        """What all estates of a run share, month by month."""
        trend = self.rng.normal(0, TREND, (self.runs, 1)) * (np.arange(MONTHS) - _CENTRE) / 12
        shocks = self.rng.normal(0, SHOCK, (self.runs, MONTHS)) if world.shocks else np.zeros((self.runs, MONTHS))
        after = np.where(np.arange(MONTHS) > _index(Month.on(ACCEPTED)), world.campaign, 1.0)
        rates: Floats = self._season * np.exp(trend + shocks) * after
        return rates

    def _rates(self, common: Floats, yearly: int, estates: int, world: World, sizes: float = 0.0) -> Floats:
        """Callers a month: (run, estate, month). When it is decided they are `yearly` a year, by size and season."""
        shape = (self.runs, estates, MONTHS)
        drift = self.rng.normal(0, world.drift / np.sqrt(12), shape).cumsum(axis=2)
        size = self.rng.normal(0, sizes, (self.runs, estates, 1)) if sizes else 0.0
        rates: Floats = yearly / 12 * common[:, None, :] * np.exp(size + drift - drift[..., _CENTRE, None])
        return rates

    def _chosen(self, common: Floats, cell: WorldCell) -> tuple[Floats, Seen]:
        """Of many estates the one that was the loudest before the decision, with what was counted then."""
        rates = self._rates(common, cell.yearly, CANDIDATES, cell.world)
        months = [_CENTRE - n for n in range(1, BURST + 1)]
        seen = {month: self._drawn(rates[..., month], cell.scatter) for month in months}
        loudest = sum(seen.values(), np.zeros(rates.shape[:2])).argmax(axis=1)[:, None]
        one = np.take_along_axis(rates, loudest[..., None], axis=1)[:, 0]
        return one, {month: np.take_along_axis(counts, loudest, axis=1)[:, 0] for month, counts in seen.items()}

    def _counted(
        self, rates: Floats, compared: Windows, scatter: float, seen: Seen = MappingProxyType({})
    ) -> CallerCounts:
        before, first, second, _ = compared
        at_first = self._sum(rates, first, scatter, seen)
        later = self._sum(rates, [month for month in second if month not in first], scatter, seen)
        return CallerCounts(self._sum(rates, before, scatter, seen), at_first, at_first + later)

    def _sum(self, rates: Floats, months: Iterable[Month], scatter: float, seen: Seen) -> Floats:
        compared = list(map(_index, months))
        unseen = [month for month in compared if month not in seen]
        known = [seen[month] for month in compared if month in seen]
        return sum(known, self._drawn(rates[..., unseen].sum(axis=-1), scatter))

    def _drawn(self, mean: Floats, scatter: float) -> Floats:
        drawn: Floats = self.rng.negative_binomial(mean / (scatter - 1), 1 / scatter).astype(np.float64)
        return drawn


def _effect(world: World) -> Floats:
    """What is left of an estate's calls in each month."""
    month = np.arange(MONTHS)
    begun, ended = _index(Month.on(WORKS)), _index(Month.on(ACCEPTED))
    effect = np.where(month > ended, world.left, 1.0)
    if world.relapse is not None:
        effect = np.where(month > ended + world.relapse - 1, 1.0, effect)
    return np.where((month >= begun) & (month <= ended), world.works, effect)


def _index(month: Month) -> int:
    return (month.year - BEGIN.year) * 12 + month.month - BEGIN.month


_CENTRE = _index(Month.on(DECIDED))
