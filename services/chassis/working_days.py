"""Working days of the State Council calendar, make-up weekends included (docs/domain.md §2.2).

A package knows the years announced so far; a district may bring the notice of a year as a file before the package has
it. In a year that neither knows, weekdays count as working days, except those that are holidays by law whatever the
notice will say (Regulation on Public Holidays, as of 2025: New Year, New Year's Eve to the third day of the Spring
Festival, Qingming, 1–2 May, Dragon Boat, Mid-autumn, 1–3 October); limits counted so are reported as such.
"""

from __future__ import annotations

import csv
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Literal

import chinese_calendar
from holidays import country_holidays

from services.contracts.data_files import DataRow, InvalidData, row_of
from services.contracts.districts import SHANGHAI as SHANGHAI


@dataclass(frozen=True, slots=True)
class Limit:
    """When a limit ends, and whether all years in between were known to the calendar."""

    due: datetime
    calendar_known: bool


class _Day(DataRow):
    date: date
    day: Literal["off", "work"]


@dataclass(frozen=True, slots=True)
class Calendar:
    """`announced` are the days of a year's notice that differ from the week: a weekday off, a weekend at work.

    A year with any such day is known by them alone, whatever the package holds for it.
    """

    announced: Mapping[date, bool] = field(default_factory=dict)
    _years: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_years", frozenset(day.year for day in self.announced))

    def is_working_day(self, day: date) -> tuple[bool, bool]:
        """(whether people work on `day`, whether the calendar knows its year)."""
        if day.year in self._years:
            return self.announced.get(day, day.weekday() < 5), True
        return _unless_announced(day)

    @property
    def known_until(self) -> datetime:
        """The midnight in Shanghai that closes the last year known without a gap."""
        year = min(day.year for day in chinese_calendar.holidays)
        while self.is_working_day(date(year, 1, 1))[1]:
            year += 1
        return datetime(year, 1, 1, tzinfo=SHANGHAI)

    def after_working_days(self, start: datetime, days: int) -> Limit:
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
            working, year_known = self.is_working_day(day)
            known &= year_known
            days -= working
        return Limit(_end_of(day).astimezone(start.tzinfo), known)

    def after_months(self, start: datetime, months: int) -> Limit:
        """The end of the same day of the month, so many months after `start`, or of the month's last day.

        A last day on which nobody works moves to the next working day (Civil Code art. 202, 203). `start` must be
        aware.
        """
        if start.tzinfo is None:
            raise ValueError("start has no zone")
        day, known = months_later(start.astimezone(SHANGHAI).date(), months), True
        while True:
            working, year_known = self.is_working_day(day)
            known &= year_known
            if working:
                return Limit(_end_of(day).astimezone(start.tzinfo), known)
            day += timedelta(days=1)


def calendar_of(file: Path | None) -> Calendar:
    """A district's calendar: a CSV file with the columns `date` (2027-02-09) and `day` (`off` or `work`).

    Give every day of a year's notice that differs from the week. Without a file: the years that the package knows.
    Raises InvalidData with the line and the remedy.
    """
    if file is None:
        return Calendar()
    announced: dict[date, bool] = {}
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise InvalidData(file, "the file", f"cannot be read ({error.strerror}); name one that can") from None
    except UnicodeDecodeError:
        raise InvalidData(file, "the file", "is not UTF-8; save it as UTF-8") from None
    for number, row in enumerate(csv.DictReader(lines), start=2):
        day = row_of(file, f"line {number}", _Day, row)
        if day.date in announced:
            raise InvalidData(file, f"line {number}", f"{day.date} stands twice; remove one")
        if day.day == "work" and day.date.weekday() < 5:
            raise InvalidData(file, f"line {number}", f"{day.date} is no weekend; correct the date or remove the line")
        announced[day.date] = day.day == "work"
    if not announced:
        raise InvalidData(file, "the file", "has no days; give a header `date,day` and a line for each day")
    _refuse_half_a_year(file, announced)
    return Calendar(announced)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), SHANGHAI)


def months_later(day: date, months: int) -> date:
    """The same day of the month, or the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _refuse_half_a_year(file: Path, announced: Mapping[date, bool]) -> None:
    """A year that lacks a holiday by law was not copied to its end, and would turn holidays into working days."""
    for year in sorted({day.year for day in announced}):
        lacking = sorted(day for day in _by_law(year) if day.weekday() < 5 and announced.get(day, True))
        if lacking:
            why = f"lacks `{lacking[0]},off`, a holiday by law; give every day of the year's notice"
            raise InvalidData(file, f"the year {year}", why)


@lru_cache(maxsize=4096)
def _unless_announced(day: date) -> tuple[bool, bool]:
    try:
        return chinese_calendar.is_workday(day), True
    except NotImplementedError:
        return day.weekday() < 5 and day not in _by_law(day.year), False


@lru_cache(maxsize=8)
def _by_law(year: int) -> frozenset[date]:
    return frozenset(country_holidays("CN", years=year, observed=False))
