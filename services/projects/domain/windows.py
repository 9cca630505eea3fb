"""The spans of event time over which calls are counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Window:
    """The `days` that end at a moment. Event time decides, so a replay of last year gives last year's answer.

    The end belongs to it and the start does not: windows that follow each other share no call.
    """

    days: int

    def start(self, end: datetime) -> datetime:
        return end - timedelta(days=self.days)


def no_earlier(start: datetime, bound: datetime | None) -> datetime:
    return max(start, bound) if bound else start


WINDOWS = {days: Window(days) for days in (7, 30, 90, 365)}
"""By length: early warning, hot issue (short and long), a year's list (docs/domain.md §3.2)."""
