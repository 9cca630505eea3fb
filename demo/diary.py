"""Actions planned for a later time."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count

Act = Callable[[datetime], None]


class Diary:
    """Planned actions. Each runs at the first step of the clock that has reached its time, in order."""

    def __init__(self) -> None:
        self._plans: list[tuple[datetime, int, Act]] = []
        self._numbers = count()

    def plan(self, at: datetime, act: Act) -> None:
        heapq.heappush(self._plans, (at, next(self._numbers), act))

    def do(self, now: datetime) -> None:
        """Runs what is due. Whatever is planned meanwhile waits for the next step."""
        due = []
        while self._plans and self._plans[0][0] <= now:
            due.append(heapq.heappop(self._plans)[2])
        for act in due:
            act(now)
