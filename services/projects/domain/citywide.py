"""Citywide events: a storm, an outage. Many estates call about one type on one day (damping, docs/domain.md §3.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from services.contracts.ticket_events import TypeCode
from services.projects.domain.months import ZONE
from services.projects.domain.rules import Citywide


class TypeDay(NamedTuple):
    """The calls of one type on one day of the district, wherever they come from."""

    type_code: TypeCode
    day: date

    @property
    def begin(self) -> datetime:
        return datetime.combine(self.day, time(), ZONE)

    def end(self, days: int = 1) -> datetime:
        """The end of this day, or of the `days` that begin with it."""
        return datetime.combine(self.day + timedelta(days=days), time(), ZONE)


def type_day(type_code: TypeCode, moment: datetime) -> TypeDay:
    return TypeDay(type_code, moment.astimezone(ZONE).date())


def covered_by(one: TypeDay, lasts_days: int) -> Iterator[TypeDay]:
    """The days that, if citywide, make the calls of this one event-driven."""
    return (TypeDay(one.type_code, one.day - timedelta(days=n)) for n in range(lasts_days))


class Spread(NamedTuple):
    """How far the calls of a type spread on one day."""

    estates: int
    sub_districts: int

    def is_citywide(self, rule: Citywide | None) -> bool:
        return rule is not None and self.estates >= rule.estates and self.sub_districts >= rule.sub_districts
