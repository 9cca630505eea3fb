"""The demo's time. It moves five working days at a time, which is the limit for settling a ticket.

A department that settles at each step the tickets of the step before is therefore always on time, and never instant.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.chassis.working_days import Calendar

ZONE = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
BEGIN = date(2023, 1, 3)
OFFICE_CLOSES = time(17)
STEP_WORKING_DAYS = 5


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


def steps(months: int) -> Iterator[datetime]:
    """The moments at which the clock stops: five o'clock on every fifth working day, for `months` months."""
    years, month = divmod(BEGIN.month - 1 + months, 12)
    end = midnight(BEGIN.replace(year=BEGIN.year + years, month=month + 1))
    now = datetime.combine(BEGIN, OFFICE_CLOSES, ZONE)
    while now < end:
        yield now
        closed = Calendar().after_working_days(now, STEP_WORKING_DAYS).due.astimezone(ZONE)
        now = datetime.combine(closed.date() - DAY, OFFICE_CLOSES, ZONE)
