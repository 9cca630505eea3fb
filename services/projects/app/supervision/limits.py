"""Limits of supervision by the calendar: started, shown as computed, recalculated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from services.chassis.working_days import SHANGHAI, Calendar, months_later
from services.projects.domain.supervision.clocks import RunningClock, SupervisionClockKind, SupervisionRules


@dataclass(frozen=True, slots=True)
class Limits:
    rules: SupervisionRules
    calendar: Calendar

    def start(self, kind: SupervisionClockKind, since: datetime) -> RunningClock:
        """A clock of so many working days or months."""
        length = self.rules.length(kind)
        return self._clock(kind, since, length.working_days, length.months)

    def until(self, kind: SupervisionClockKind, since: datetime, day: date) -> RunningClock:
        """A clock that ends with a day that was promised or granted."""
        due = datetime.combine(day + timedelta(days=1), time(), SHANGHAI).astimezone(since.tzinfo)
        return RunningClock(kind, since, due, warn_at=self._warn_at(kind, due))

    def recounted(self, clock: RunningClock) -> RunningClock:
        """As it would have been begun with the calendar of today."""
        if clock.working_days is None and clock.months is None:
            return clock
        return self._clock(clock.kind, clock.since, clock.working_days, clock.months)

    def skipped(self, clock: RunningClock) -> list[date]:
        """The days off that its end was moved by."""
        last = (clock.due - timedelta(microseconds=1)).astimezone(SHANGHAI).date()
        first = clock.since.astimezone(SHANGHAI).date() + timedelta(days=1)
        if clock.working_days is not None:
            return [day for day in _days(first, last) if not self.calendar.is_working_day(day)[0]]
        if clock.months is None:
            return []
        nominal = months_later(clock.since.astimezone(SHANGHAI).date(), clock.months)
        return list(_days(nominal, last - timedelta(days=1)))

    def latest_extension(self, clock: RunningClock) -> date:
        """The last day for which more time may be asked."""
        limit = self.calendar.after_months(clock.due - timedelta(microseconds=1), self.rules.extension_months)
        return (limit.due - timedelta(microseconds=1)).astimezone(SHANGHAI).date()

    def _clock(
        self, kind: SupervisionClockKind, since: datetime, working_days: int | None, months: int | None
    ) -> RunningClock:
        if working_days is not None:
            limit = self.calendar.after_working_days(since, working_days)
        else:
            limit = self.calendar.after_months(since, months or 0)
        warn_at = self._warn_at(kind, limit.due)
        return RunningClock(kind, since, limit.due, working_days, months, warn_at, limit.calendar_known)

    def _warn_at(self, kind: SupervisionClockKind, due: datetime) -> datetime | None:
        days = self.rules.length(kind).warn_days
        return due - timedelta(days=days) if days else None


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)
