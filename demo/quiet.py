"""When the clock may move: everything published has been read, and reading it has led to nothing more (ADR 8)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.01, 0.08
"""Between two looks at a service that is not ready; what has taken long is looked at less often."""

Progress = dict[str, Any]
Ask = Callable[[], Progress]
Counts = Mapping[str, int]


class NeverQuiet(RuntimeError):
    """Nothing moved for too long, or something went on and on; the message says what."""


class Quiet:
    """`services` asks each for its `GET /progress`; `published` counts the records on each topic, as of now.

    A machine may be as slow as it likes: only when a service shows the same for `still_s`, or when all takes longer
    than `limit_s`, is waiting given up.
    """

    def __init__(
        self,
        services: Mapping[str, Ask],
        published: Callable[[], Counts],
        *,
        still_s: float = 120.0,
        limit_s: float = 900.0,
    ) -> None:
        self._services = services
        self._published = published
        self._still_s = still_s
        self._limit_s = limit_s

    def wait(self) -> None:
        """Returns when all is quiet; nobody may act meanwhile. Raises NeverQuiet.

        The records are counted; then every service settles all of them, fires what is due and empties its outbox. What
        that led to has by then been published: if the count is still the same, nothing can follow any more.
        """
        deadline = time.monotonic() + self._limit_s
        while True:
            counted = self._published()
            self._until_done(partial(_unfinished, counted), deadline)
            if self._published() == counted:
                return

    def deadlines(self) -> None:
        """Returns when all that has become due has had its effect; what follows from it may be under way."""
        self._until_done(_due, time.monotonic() + self._limit_s)

    def _until_done(self, unfinished: Callable[[Progress], str | None], deadline: float) -> None:
        """Asks the services in turns, for each question makes a service look at once, until each was done once."""
        pause, asked = FIRST_PAUSE_S, dict(self._services)
        moved_at, last = dict.fromkeys(asked, time.monotonic()), dict[str, Progress]()
        while asked:
            for service, ask in [*asked.items()]:
                progress = ask()
                if not (why := unfinished(progress)):
                    del asked[service]
                    continue
                now = time.monotonic()
                shown = {**progress, "read_until": None}
                if shown != last.get(service):
                    moved_at[service], last[service] = now, shown
                if now > min(deadline, moved_at[service] + self._still_s):
                    raise NeverQuiet(f"{service} {why}, and that for {now - moved_at[service]:.0f} s")
            if asked:
                time.sleep(pause)
                pause = min(pause * 1.5, LONGEST_PAUSE_S)


def _due(progress: Progress) -> str | None:
    return f"has {progress['timers_due']} deadlines due" if progress["timers_due"] else None


def _unfinished(counted: Counts, progress: Progress) -> str | None:
    """What a service has still to do about what was `counted`; None when nothing."""
    if progress["outbox"] or progress["timers_due"]:
        return f"has {progress['outbox']} events to publish and {progress['timers_due']} deadlines due"
    behind = [
        name
        for name, settled in progress["settled"].items()
        if any(offset < counted[topic] for topic, offset in settled.items())
    ]
    return f"still reads ({', '.join(behind)})" if behind else None
