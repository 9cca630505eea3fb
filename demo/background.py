"""Isolated complaints all over the district, too few in any place to make a hot issue."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable, Iterator
from datetime import datetime, timedelta

from demo.calls import Call, call, phrases
from demo.district import District

CALLS_A_DAY = 1.15
MOST_IN_DAYS = {30: 3, 90: 7}
NOWHERE = "没说清在哪里，"
UNPLACED_SHARE = 0.05
NAMELESS_SHARE = 0.04


class CallLimit:
    """Limits the calls with one key: at most three within any thirty days, and seven within ninety.

    That is one below each rule for a hot issue, including the rule for a place far above its usual rate.
    """

    def __init__(self) -> None:
        self._calls: dict[Hashable, deque[datetime]] = defaultdict(deque)

    def admits(self, key: Hashable, at: datetime) -> bool:
        """Counts one more call, or returns False at the limit. Times may be out of order within a day."""
        calls = self._calls[key]
        while calls and calls[0] <= at - timedelta(days=max(MOST_IN_DAYS) + 1):
            calls.popleft()
        for days, most in MOST_IN_DAYS.items():
            if sum(one > at - timedelta(days=days + 1) for one in calls) >= most:
                return False
        calls.append(at)
        return True


class Background:
    """Few calls per estate, counting all types together, so that even misread ones never make a hot issue.

    `spared` are the cells (estate, type) of faults: no background call falls there.
    """

    def __init__(self, district: District, limit: CallLimit, spared: set[tuple[str, str]]) -> None:
        self._district = district
        self._limit = limit
        self._spared = spared
        self._dice = district.dice("background")
        self._due = 0.0

    def calls(self, day: datetime) -> Iterator[Call]:
        self._due += CALLS_A_DAY
        while self._due > 0:
            self._due -= self._dice.uniform(0.5, 1.5)
            one = self._call(day + timedelta(hours=self._dice.uniform(7, 22)))
            if one is not None:
                yield one

    def _call(self, at: datetime) -> Call | None:
        dice = self._dice
        estate, type_code = dice.choice(self._district.estates), dice.choice(sorted(phrases()["matters"]))
        caller, what = dice.choice(estate.residents), (dice.choice(phrases()["matters"][type_code]),)
        if (estate.id, type_code) in self._spared or not self._limit.admits(estate.id, at):
            return None
        if dice.random() < UNPLACED_SHARE:
            text = NOWHERE + what[0] + "。"
            return Call(at, None, type_code, None, text, None, "web", caller.name, caller.phone)
        one = call(dice, at, estate, caller, type_code, None, what)
        return one if dice.random() >= NAMELESS_SHARE else _nameless(one)


def _nameless(one: Call) -> Call:
    return Call(one.at, one.estate, one.type_code, one.cause, one.text, one.address, one.channel, None, None)
