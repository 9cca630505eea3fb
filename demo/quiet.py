"""When the clock may move: everything published has been read, and reading it has led to nothing more (DESIGN §4)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

LOOK_EVERY_S = 0.01

Progress = dict[str, Any]


class NeverQuiet(RuntimeError):
    """Something went on, or stood still unfinished, for too long; the message says what."""


class Quiet:
    """`progress` asks each service (`GET /progress`); `published` counts the records on all topics, as of now."""

    def __init__(
        self,
        progress: Callable[[], Sequence[tuple[str, Progress]]],
        published: Callable[[], int],
        *,
        limit_s: float = 60.0,
    ) -> None:
        self._progress = progress
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
            self._until(deadline, partial(_unread_since, time.time()))
            if not any(map(_nothing_waits, self._progress())) and self._published() == counted:
                return

    def _until(self, deadline: float, why_not: Callable[[tuple[str, Progress]], str | None]) -> None:
        while reasons := [why for told in self._progress() if (why := why_not(told))]:
            if time.monotonic() > deadline:
                raise NeverQuiet(f"not quiet within {self._limit_s:.0f} s: {'; '.join(reasons)}")
            time.sleep(LOOK_EVERY_S)


def _nothing_waits(told: tuple[str, Progress]) -> str | None:
    service, progress = told
    if progress["outbox"] or progress["timers_due"]:
        return f"{service} has {progress['outbox']} events to publish and {progress['timers_due']} deadlines due"
    return None


def _unread_since(moment: float, told: tuple[str, Progress]) -> str | None:
    service, progress = told
    behind = [name for name, until in progress["read_until"].items() if until < moment]
    return f"{service} still reads ({', '.join(behind)})" if behind else None
