"""What somebody has planned to do, and when."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count

Act = Callable[[datetime], None]


class Diary:
    """Plans of the future, done in the order of their times at the first step of the clock that is late enough."""

    def __init__(self) -> None:
        self._plans: list[tuple[datetime, int, Act]] = []
        self._numbers = count()

    def plan(self, at: datetime, act: Act) -> None:
        heapq.heappush(self._plans, (at, next(self._numbers), act))

    def do(self, now: datetime) -> None:
        """Does what is due; what is planned while doing it waits for the next step."""
        due = []
        while self._plans and self._plans[0][0] <= now:
            due.append(heapq.heappop(self._plans)[2])
        for act in due:
            act(now)
