"""The life of one disturbance (扰民事项): announced, active, ended or cancelled; and what of it broke a rule.

An announcement that would break a rule is refused. What happened all the same is kept with what it broke: a finding.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from services.projects.domain.works.impact import TRANSITIONS, Breach, Impact, ImpactState, days_of

LONGEST = timedelta(days=1000)
"""No disturbance lasts longer; whoever means a longer one has mistyped a year."""


class IllegalImpactStep(ValueError):
    """The table has no such step from the disturbance's state."""


class OutOfOrder(ValueError):
    """It would end before it began."""


@dataclass(frozen=True, slots=True)
class Disturbance:
    """`impact`: as it was announced. `begun_at`, `ended_at`: as it happened. `found`: the rules that it broke."""

    id: str
    impact: Impact
    state: ImpactState = ImpactState.ANNOUNCED
    begun_at: datetime | None = None
    ended_at: datetime | None = None
    found: tuple[Breach, ...] = ()
    version: int = 1

    def take(self, to: ImpactState, at: datetime) -> Disturbance:
        """The disturbance after a step. Raises IllegalImpactStep, OutOfOrder."""
        if to not in TRANSITIONS[self.state]:
            raise IllegalImpactStep(f"a disturbance that is {self.state} cannot become {to}")
        if to is ImpactState.ENDED and self.begun_at and at <= self.begun_at:
            raise OutOfOrder("it would end before it began")
        return replace(
            self,
            state=to,
            begun_at=at if to is ImpactState.ACTIVE else self.begun_at,
            ended_at=at if to is ImpactState.ENDED else self.ended_at,
            version=self.version + 1,
        )

    def happened(self) -> Impact:
        """As it went, or as it is announced where that is not known yet. One that began too late ends too late."""
        starts = self.begun_at or self.impact.starts
        ends = self.ended_at or max(self.impact.ends, starts + timedelta(minutes=1))
        return replace(self.impact, starts=starts, ends=ends)


def by_day(
    disturbances: Iterable[Disturbance], blocks: Collection[str], first: date, days: int
) -> Mapping[str, Mapping[date, list[Disturbance]]]:
    """The calendar: for each block what disturbs it on which day, the earliest first; cancelled ones are in none."""
    window = {first + timedelta(days=n) for n in range(days)}
    found: dict[str, dict[date, list[Disturbance]]] = {block: defaultdict(list) for block in sorted(blocks)}
    for one in sorted(disturbances, key=lambda one: (one.happened().starts, one.id)):
        if one.state is ImpactState.CANCELLED:
            continue
        for day in window.intersection(days_of(one.happened())):
            for block in one.impact.blocks or blocks:
                if block in found:
                    found[block][day].append(one)
    return found
