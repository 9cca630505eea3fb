"""The bulletin (简报): news of concentrated problems in a week or a month, one for each kind of reader.

What each reader gets is one table, SECTIONS. A bulletin is read from what is kept for good, so one of a past period can
be made at any time and says the same, save for problems that late calls have withdrawn since.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple, Self

from services.projects.domain.months import ZONE, Month

_WEEK = re.compile(r"(2\d{3})-W(\d{2})")
_MONTH = re.compile(r"(2\d{3})-(\d{2})")


class BulletinReader(StrEnum):
    """Who a bulletin is written for."""

    HUB = "hub"
    SUB_DISTRICT = "sub-district"
    COMMITTEE = "committee"
    """The Standing Committee of the People's Congress, and whoever else supervises."""


class BulletinSection(StrEnum):
    HOT = "hot"
    DECIDED = "decided"
    OVERDUE = "overdue"
    WORKS = "works"
    VERIFIED = "verified"
    ROLLOUT = "rollout"
    SUPERVISION = "supervision"


SECTIONS: Mapping[BulletinReader, Sequence[BulletinSection]] = {
    BulletinReader.HUB: (
        BulletinSection.OVERDUE,
        BulletinSection.HOT,
        BulletinSection.DECIDED,
        BulletinSection.WORKS,
        BulletinSection.VERIFIED,
        BulletinSection.ROLLOUT,
        BulletinSection.SUPERVISION,
    ),
    BulletinReader.SUB_DISTRICT: (
        BulletinSection.HOT,
        BulletinSection.DECIDED,
        BulletinSection.OVERDUE,
        BulletinSection.WORKS,
        BulletinSection.VERIFIED,
        BulletinSection.ROLLOUT,
    ),
    BulletinReader.COMMITTEE: (
        BulletinSection.SUPERVISION,
        BulletinSection.VERIFIED,
        BulletinSection.ROLLOUT,
        BulletinSection.DECIDED,
        BulletinSection.WORKS,
        BulletinSection.OVERDUE,
    ),
}
"""In the order in which they are read: the hub begins with what it must do, the committee with what came of its own
opinions and what was achieved."""


class Span(NamedTuple):
    """From `begin` to before `end`."""

    begin: datetime
    end: datetime

    def until(self, now: datetime) -> Span:
        """As much of it as is over, `now` with it."""
        return Span(self.begin, min(self.end, now + timedelta(microseconds=1)))


@dataclass(frozen=True, slots=True)
class Period:
    """A week from Monday on or a calendar month of the district: the days from `first` to before `end`."""

    name: str
    first: date
    end: date

    @classmethod
    def week_of(cls, day: date) -> Self:
        monday = day - timedelta(days=day.weekday())
        year, week, _ = monday.isocalendar()
        return cls(f"{year}-W{week:02}", monday, monday + timedelta(days=7))

    @classmethod
    def month_of(cls, day: date) -> Self:
        month = Month.on(day)
        after = month.plus(1)
        return cls(str(month), day.replace(day=1), date(after.year, after.month, 1))

    @classmethod
    def named(cls, name: str) -> Self:
        """`2026-W48` or `2026-11`; ValueError for anything else."""
        if week := _WEEK.fullmatch(name):
            return cls.week_of(date.fromisocalendar(int(week[1]), int(week[2]), 1))
        if month := _MONTH.fullmatch(name):
            return cls.month_of(date(int(month[1]), int(month[2]), 1))
        raise ValueError(name)

    @property
    def is_week(self) -> bool:
        return (self.end - self.first).days == 7

    @property
    def last(self) -> date:
        return self.end - timedelta(days=1)

    def before(self) -> Self:
        day = self.first - timedelta(days=1)
        return self.week_of(day) if self.is_week else self.month_of(day)

    def span(self) -> Span:
        return Span(_midnight(self.first), _midnight(self.end))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE).astimezone(UTC)
