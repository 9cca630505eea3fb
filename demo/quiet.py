"""When the clock may move: everything published has been read, and reading it has led to nothing more (DESIGN §4)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

LOOK_EVERY_S = 0.03

Progress = dict[str, Any]
Ask = Callable[[], Progress]


class NeverQuiet(RuntimeError):
    """Something went on, or stood still unfinished, for too long; the message says what."""


class Quiet:
    """`services` asks each for its `GET /progress`; `published` counts the records on each topic, as of now."""

    def __init__(
        self, services: Mapping[str, Ask], published: Callable[[], Mapping[str, int]], *, limit_s: float = 60.0
    ) -> None:
        self._services = services
        self._published = published
        self._limit_s = limit_s

    def wait(self) -> None:
        """Returns when all is quiet; nobody may act meanwhile. Raises NeverQuiet.

        Outboxes are empty and the records are counted; then every consumer reads to its end. What that led to would
        lie in an outbox or raise the count: if neither, there is nothing that could still become something.
        """
        deadline = time.monotonic() + self._limit_s
        while True:
            self._until(deadline, _nothing_waits)
            counted = self._published()
            self._until(deadline, partial(_reads_still, counted, time.time()))
            if all(_nothing_waits(ask()) is None for ask in self._services.values()) and self._published() == counted:
                return

    def _until(self, deadline: float, why_not: Callable[[Progress], str | None]) -> None:
        """Asks each service until it has no reason left, and then no more."""
        for service, ask in self._services.items():
            while why := why_not(ask()):
                if time.monotonic() > deadline:
                    raise NeverQuiet(f"not quiet within {self._limit_s:.0f} s: {service} {why}")
                time.sleep(LOOK_EVERY_S)


def _nothing_waits(progress: Progress) -> str | None:
    if progress["outbox"] or progress["timers_due"]:
        return f"has {progress['outbox']} events to publish and {progress['timers_due']} deadlines due"
    return None


def _reads_still(counted: Mapping[str, int], moment: float, progress: Progress) -> str | None:
    """A reader is known to be at the end by its counts at once, by the time of its last look a little later."""
    behind = [
        name
        for name, until in progress["read_until"].items()
        if until < moment and any(settled < counted[topic] for topic, settled in progress["settled"][name].items())
    ]
    return f"still reads ({', '.join(behind)})" if behind else None
