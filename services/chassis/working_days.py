"""Working days of the State Council calendar, make-up weekends included (domain.md §2.2).

The calendar package knows the years announced so far. A year it does not know counts plain weekdays and is
reported as such, because holidays are announced only late in the year before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Limit:
    """When a limit ends, and whether all years in between were known to the calendar."""

    due: datetime
    calendar_known: bool


def is_working_day(day: date) -> tuple[bool, bool]:
    """(whether people work on `day`, whether the calendar knows its year)."""
    try:
        return chinese_calendar.is_workday(day), True
    except NotImplementedError:
        return day.weekday() < 5, False


def after_working_days(start: datetime, days: int) -> Limit:
    """The end of the `days`-th working day after `start`: midnight in Shanghai that closes it.

    The day of the start does not count (Civil Code art. 201). `start` must be aware, `days` at least 1.
    """
    if start.tzinfo is None:
        raise ValueError("start has no zone")
    if days < 1:
        raise ValueError("a limit has at least one working day")
    day = start.astimezone(SHANGHAI).date()
    known = True
    while days:
        day += timedelta(days=1)
        working, year_known = is_working_day(day)
        known &= year_known
        days -= working
    closes = datetime.combine(day + timedelta(days=1), datetime.min.time(), SHANGHAI)
    return Limit(closes.astimezone(start.tzinfo), known)
