"""Indicators of supervision: answered in time, satisfied, promises kept (anchors of docs/domain.md §3.5).

What is overdue and still open counts in the denominator: whoever never answers does not look better for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.projects.domain.supervision.opinions import SupervisionOpinion


@dataclass(frozen=True, slots=True)
class Ratio:
    """So many of so many; nothing of nothing is no ratio."""

    part: int = 0
    whole: int = 0

    def __add__(self, other: Ratio) -> Ratio:
        return Ratio(self.part + other.part, self.whole + other.whole)

    @property
    def percent(self) -> int | None:
        return round(100 * self.part / self.whole) if self.whole else None


@dataclass(frozen=True, slots=True)
class SupervisionIndicators:
    answered_in_time: Ratio = Ratio()
    satisfied: Ratio = Ratio()
    promises_kept: Ratio = Ratio()


def indicators(opinions: Iterable[SupervisionOpinion], now: datetime) -> SupervisionIndicators:
    """Over answers, ratings and promises of these opinions as of now, each counted by itself."""
    answered = satisfied = kept = Ratio()
    for one in opinions:
        answered += _counted(reply.in_time for reply in one.replies)
        satisfied += _counted(rating.satisfied for rating in one.ratings)
        kept += _counted(reply.kept for reply in one.replies if reply.kept is not None)
        if (clock := one.answer_clock) and clock.due <= now:
            answered += Ratio(0, 1)
        if one.promised_on and any(clock.due <= now for clock in one.clocks):
            kept += Ratio(0, 1)
    return SupervisionIndicators(answered, satisfied, kept)


def _counted(outcomes: Iterable[bool]) -> Ratio:
    found = list(outcomes)
    return Ratio(sum(found), len(found))


def by_unit(opinions: Sequence[SupervisionOpinion], now: datetime) -> list[tuple[str | None, SupervisionIndicators]]:
    """Of all units (None), then of each by its code."""
    units = sorted({one.lead for one in opinions})
    of_each = [(unit, indicators((one for one in opinions if one.lead == unit), now)) for unit in units]
    return [(None, indicators(opinions, now)), *of_each]
