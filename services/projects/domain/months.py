"""Calendar arithmetic in months, in the district's own zone."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


class Month(NamedTuple):
    year: int
    month: int

    @classmethod
    def of(cls, moment: datetime) -> Self:
        local = moment.astimezone(ZONE)
        return cls(local.year, local.month)

    @classmethod
    def on(cls, day: date) -> Self:
        """The month of a day of the district."""
        return cls(day.year, day.month)

    def plus(self, months: int) -> Self:
        years, month = divmod(self.month - 1 + months, 12)
        return type(self)(self.year + years, month + 1)

    def begin(self) -> datetime:
        return datetime(self.year, self.month, 1, tzinfo=ZONE).astimezone(UTC)

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02}"


def months_later(moment: datetime, months: int) -> datetime:
    """The same day and time `months` later; the last of the month where it has no such day."""
    local = moment.astimezone(ZONE)
    then = Month.of(moment).plus(months)
    day = min(local.day, calendar.monthrange(*then)[1])
    return local.replace(year=then.year, month=then.month, day=day).astimezone(moment.tzinfo)


def months_later_day(day: date, months: int) -> date:
    """The same day `months` later; the last of the month where it has no such day."""
    then = Month.on(day).plus(months)
    return date(then.year, then.month, min(day.day, calendar.monthrange(*then)[1]))
