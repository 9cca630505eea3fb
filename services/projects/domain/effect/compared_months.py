"""Which months are compared: before the works without what they were decided by, and the same ones after them."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from services.projects.domain.effect.rules import EffectRules
from services.projects.domain.months import Month


class Windows(NamedTuple):
    """`before`: whole months after the decision and before the works; never those of the burst that led to it.

    `first` and `second`: of the months after the acceptance up to each look, those with a calendar month of `before`.
    `short`: `before` is less than a year, so that only the same calendar months are compared.
    """

    before: tuple[Month, ...]
    first: tuple[Month, ...]
    second: tuple[Month, ...]
    short: bool


def windows(decided: date, works_start: date, accepted: date, rules: EffectRules) -> Windows:
    between = _between(decided, works_start)[-rules.most_before :]
    seasons = {month.month for month in between}
    after = [Month.on(accepted).plus(n) for n in range(1, rules.second + 1)]
    same = [month for month in after if month.month in seasons]
    first = tuple(month for month in same if month <= after[rules.first - 1])
    return Windows(tuple(between), first, tuple(same), short=len(seasons) < 12)


def look_over(accepted_at: datetime, months: int) -> datetime:
    """The moment from which so many whole months after the month of the acceptance are complete."""
    return Month.of(accepted_at).plus(months + 1).begin()


def _between(decided: date, works_start: date) -> list[Month]:
    """The whole months between two days, without the month of either."""
    month, months = Month.on(decided).plus(1), []
    while month < Month.on(works_start):
        months.append(month)
        month = month.plus(1)
    return months
