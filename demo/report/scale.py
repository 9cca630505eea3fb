"""Scales of a chart, time horizontally and amounts vertically, with their ticks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class TimeScale:
    """Maps dates from `begin` to `end` to pixels from `left` to `right`."""

    begin: date
    end: date
    left: float
    right: float

    def x(self, day: date) -> float:
        part = (day - self.begin).days / max((self.end - self.begin).days, 1)
        return round(self.left + min(max(part, 0.0), 1.0) * (self.right - self.left), 1)

    def quarters(self) -> list[date]:
        """The first days of the quarters on the scale."""
        year, month = self.begin.year, (self.begin.month - 1) // 3 * 3 + 1
        found = []
        while (day := date(year, month, 1)) < self.end:
            if day >= self.begin:
                found.append(day)
            year, month = (year, month + 3) if month < 10 else (year + 1, 1)
        return found


@dataclass(frozen=True, slots=True)
class AmountScale:
    """Maps amounts from 0 to `most` to pixels from `bottom` to `top`."""

    most: float
    bottom: float
    top: float

    def y(self, amount: float) -> float:
        return round(self.bottom - amount / (self.most or 1) * (self.bottom - self.top), 1)

    def ticks(self) -> list[float]:
        """At most five round amounts."""
        step = next(base * 10**power for power in range(9) for base in (1, 2, 5) if self.most / (base * 10**power) <= 5)
        return [step * number for number in range(1, int(self.most / step) + 1)]


def day_of(time: str) -> date:
    """The day of an ISO time."""
    return datetime.fromisoformat(time).date()


def month_day(month: str) -> date:
    """The first day of `2024-05`."""
    return date.fromisoformat(f"{month}-01")


def next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def quarter_day(quarter: str) -> date:
    """The first day of `2024Q2`."""
    year, number = quarter.split("Q")
    return date(int(year), int(number) * 3 - 2, 1)
