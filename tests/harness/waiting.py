"""Waiting for a condition instead of sleeping, and judging durations on a machine that has other work."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")

BUSIER = 10
"""A machine that does other work as well may take so many times as long. Whoever waits in vain only fails later."""
LONGEST_S = 600.0

_SHORTEST_PAUSE_S = 0.02
_SAMPLE_S = 0.02


def eventually(condition: Callable[[], Value], within: float, every: float | None = None, what: str = "") -> Value:
    """Returns the first truthy value of `condition`; fails when it has not come in time, naming the last value.

    `within` is what a machine at rest needs at most, in seconds; a busy one gets `BUSIER` times that, up to
    `LONGEST_S`. An AssertionError inside counts as "not yet", so a condition may assert; any other error is the
    test's own.

    `every` is the pause between two looks. Without it each pause is as long as the look took, and a twentieth of what
    has been waited for already: looking does not slow down what it waits for.
    """
    limit = max(within, min(within * BUSIER, LONGEST_S))
    began = time.monotonic()
    last: object = None
    while True:
        asked = time.monotonic()
        try:
            if value := condition():
                return value
            last = value
        except AssertionError as error:
            last = error
        now = time.monotonic()
        if now > began + limit:
            raise AssertionError(f"{what or 'the condition'} did not come within {limit:g} s; last seen: {last!r}")
        time.sleep(max(_SHORTEST_PAUSE_S, now - asked, (now - began) / 20) if every is None else every)


class Stopwatch:
    """Measures from its making how long something took, as it would have taken on a machine at rest."""

    def __init__(self) -> None:
        self._slowness = slowness()
        self._began = time.monotonic()

    def seconds(self) -> float:
        took = time.monotonic() - self._began
        return took / max(self._slowness, slowness())


def slowness() -> float:
    """How many times as long as alone a little work takes now, because others have their turns on the processor."""
    began, worked = time.perf_counter(), time.thread_time()
    while (done := time.thread_time() - worked) < _SAMPLE_S:
        pass
    return max(1.0, (time.perf_counter() - began) / done)
