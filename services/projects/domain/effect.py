"""Whether the cure worked: the same calendar months before and after the works (docs/domain.md §3.4)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from services.contracts.hot_issue_events import Effect, EffectFinding
from services.projects.domain.months import Month
from services.projects.domain.rules import Observation


class Counts(NamedTuple):
    """Calls of the months compared; `nuisance` are those about the works while they lasted, which do not count."""

    before: int
    after: int
    nuisance: int


def months_after(accepted_at: datetime, rule: Observation) -> list[Month]:
    """The whole months after the month of acceptance."""
    return [Month.of(accepted_at).plus(n) for n in range(1, rule.months + 1)]


def observed_until(accepted_at: datetime, rule: Observation) -> datetime:
    """The moment from which the months after are complete."""
    return months_after(accepted_at, rule)[-1].plus(1).begin()


def months_before(works_started: datetime, after: list[Month]) -> list[Month]:
    """The same calendar months in the year before the month in which the works started, so that seasons compare."""
    year = [Month.of(works_started).plus(-n) for n in range(12, 0, -1)]
    return [month for month in year if month.month in {one.month for one in after}]


def judge(counts: Counts, before: list[Month], after: list[Month], rule: Observation) -> Effect:
    """What the comparison shows. A rise, or too few complaints to judge, shows no cure."""
    if counts.before < rule.least_before:
        finding = EffectFinding.TOO_FEW
    elif (counts.before - counts.after) / counts.before >= rule.fall_at_least:
        finding = EffectFinding.CURED
    else:
        finding = EffectFinding.NOT_SHOWN
    return Effect(
        finding=finding,
        **counts._asdict(),
        least_before=rule.least_before,
        months_before=tuple(map(str, before)),
        months_after=tuple(map(str, after)),
    )
